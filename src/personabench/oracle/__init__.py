"""The oracle replay: gold operations through the real gate, against a replay that shares no code with it."""
