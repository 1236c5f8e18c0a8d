"""Where sessions and revisions are kept: one protocol, an SQL backend and an in-memory twin."""
