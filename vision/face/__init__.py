"""Where the face is, how it is turned, and whether the image is fit to judge it."""
