"""Output: how to write what has been worked out."""
