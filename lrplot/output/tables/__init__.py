"""Tables of values, one row a step."""
