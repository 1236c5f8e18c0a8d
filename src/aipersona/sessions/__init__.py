"""Sessions, and the readers of the formats in which they come."""
