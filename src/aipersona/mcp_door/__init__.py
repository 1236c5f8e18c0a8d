"""The MCP door: what is known of one user, as tools and resources for a model that runs elsewhere.

The credential says whose persona it is; no argument does. A model's call is no evidence of what the user said: what it
wants kept, corrected or forgotten is done when the user says yes to it, and otherwise at most noted as a tool's word.
"""
