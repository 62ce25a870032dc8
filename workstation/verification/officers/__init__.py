"""What a second person does about a session: compares, vouches, overrides or refuses."""
