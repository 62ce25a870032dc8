"""What conditions of a policy are about, and what of it can be of a case."""
