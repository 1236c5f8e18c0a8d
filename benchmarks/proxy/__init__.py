"""What the proxy adds to a call, against the same call made directly."""
