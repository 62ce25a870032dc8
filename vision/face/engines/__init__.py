"""The networks, each behind what the rest of the room asks of it."""
