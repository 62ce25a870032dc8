"""Ways of establishing liveness other than the commands."""
