"""The smart-card service of the operating system."""
