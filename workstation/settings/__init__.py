"""The station's TOML settings: fields, rules and faults in words."""
