"""The desktop: screens that are a function of the session's state. Nothing decides here."""
