"""The logical data structure of a travel document's chip (ICAO Doc 9303 parts 10 to 12)."""
