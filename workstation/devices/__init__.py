"""Cameras and signature carriers as the settings name them."""
