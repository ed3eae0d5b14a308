"""Checks: mistakes in a schedule that cost people their runs."""
