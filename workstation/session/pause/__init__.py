"""What a case keeps while it waits, and what a supervisor may do about it then."""
