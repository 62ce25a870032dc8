"""What waits for a supervisor: cases that were put aside."""
