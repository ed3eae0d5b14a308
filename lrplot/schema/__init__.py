"""Signatures as schemas: field types, the mapping read by them, and values that wait for a frame."""
