"""A run: its length, what its units are worth, and the track of each parameter."""
