"""Schedules: the algebra of curves, the native kinds, and the time base."""
