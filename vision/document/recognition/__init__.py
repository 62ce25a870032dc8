"""The characters of a machine-readable zone in a picture: found, straightened, told apart."""
