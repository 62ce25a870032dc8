"""Identity documents before the camera: the machine-readable zone, the card and its portrait."""
