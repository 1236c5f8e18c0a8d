"""Consolidation: from claims to inferred patterns, merged fields and faded inferences. It reads no sessions."""
