"""Reading a travel document's chip: access to it, secure messaging, its files (ICAO 9303-11)."""
