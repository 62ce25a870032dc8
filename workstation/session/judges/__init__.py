"""How the checks are judged that a session performs itself."""
