"""Scenarios of the sandbox: a scripted customer and what must come of it."""
