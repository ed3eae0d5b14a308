"""Charts: what to draw, whoever draws it."""
