"""What waits for a supervisor: cases that were put aside, and decisions drawn for a second look."""
