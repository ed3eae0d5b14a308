"""Parts that several frameworks share."""
