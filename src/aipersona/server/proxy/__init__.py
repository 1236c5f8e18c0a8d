"""The proxy: calls of OpenAI clients go on to an upstream, with what is known of their user added, and are recorded."""
