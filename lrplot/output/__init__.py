"""Output: results as text and as bytes."""
