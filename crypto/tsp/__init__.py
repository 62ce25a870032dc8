"""Time-stamps asked for over HTTP (RFC 3161)."""
