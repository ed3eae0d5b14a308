"""Formats of findings for machines, one a file."""
