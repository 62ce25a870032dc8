"""The end of a shift, and what each teller did in a period; from the log alone."""
