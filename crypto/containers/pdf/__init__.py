"""PDF (ISO 32000-2) as far as a verdict about its signatures needs it."""
