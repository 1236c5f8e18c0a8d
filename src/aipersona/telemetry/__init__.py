"""Telemetry: what is done as spans and metrics of OpenTelemetry, and logs as lines of JSON.

Nothing of it holds what was said or is known, or a user's id. Without an SDK spans and metrics go nowhere and cost
nothing. docs/observability.md names them all.
"""
