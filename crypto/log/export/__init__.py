"""A log as a directory of tiles that anybody can verify without the database."""
