"""Operators, their secrets and the counters that outlive a session."""
