"""A customer who is not there: real pixels, real movements, nobody in front of a camera."""
