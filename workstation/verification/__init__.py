"""One case from the form to the record."""
