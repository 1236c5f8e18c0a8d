"""Measurements, each printed by a command: `python -m benchmarks.NAME`. Never tests: machines have company."""
