"""Loopback services of the sandbox: NCALayer, eGov Mobile, registries."""
