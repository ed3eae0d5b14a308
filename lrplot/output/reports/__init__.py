"""Formats of comparisons as documents, one file each."""
