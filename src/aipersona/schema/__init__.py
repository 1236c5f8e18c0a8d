"""The declared fields of a persona: built in, from YAML, or from a Pydantic model."""
