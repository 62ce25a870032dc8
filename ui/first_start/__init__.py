"""The assistant that leads from an empty folder to a station, step by step."""
