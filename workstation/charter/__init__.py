"""The charter: what a station may be, as one document that head office or two people signed."""
