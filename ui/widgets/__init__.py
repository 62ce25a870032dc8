"""Widgets shared by the screens; each is a function of what it is given."""
