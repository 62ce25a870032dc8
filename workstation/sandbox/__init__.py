"""The demo profile's world on the loopback interface: authorities, NCALayer, registries.

Everything it issues is marked SANDBOX, its authorities are made on the spot and trusted by
nobody else, and it refuses to exist under another profile than demo and test.
"""
