"""Documents that carry signatures in a form of their own: PDF and ASiC."""
