"""Rows, and rows as lines of text."""
