"""A case that frees the seat and goes on later."""
