"""Analysis: what a schedule amounts to, in numbers."""
