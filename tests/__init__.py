"""A package, so that `python -m tests...` finds these and not a `tests` some library installed."""
