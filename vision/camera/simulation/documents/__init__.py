"""Documents in the hand of the simulated customer."""
