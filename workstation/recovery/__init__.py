"""The way back when the log is refused: a next generation, begun by two people."""
