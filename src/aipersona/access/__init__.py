"""Access: who asks, and what they may do. API keys of applications, and signed tokens of the people described."""
