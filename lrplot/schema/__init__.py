"""Signatures as schemas: field types with roles, reading a mapping by them, values that wait for a frame."""
