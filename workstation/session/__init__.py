"""The pure session: states, events, evidence and the one decision."""
