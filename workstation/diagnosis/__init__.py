"""What surrounds a station, tried: cameras, carriers, registries, lists, this computer."""
