"""The version of the rules that a station works under, and what is built of it."""
