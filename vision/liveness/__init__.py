"""Presentation attack detection: random commands, one file per signal, one file that fuses them."""
