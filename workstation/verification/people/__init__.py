"""Two people in one session: what is asked about the second one, and the sides of each."""
