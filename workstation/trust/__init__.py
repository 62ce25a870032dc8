"""Trust anchors and revocation of this station, and how they are changed."""
