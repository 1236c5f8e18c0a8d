"""The persona and everything that changes it, pure: no store, no clock, no model."""
