"""What no policy can do, however it is written and whoever signed it."""
