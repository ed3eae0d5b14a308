"""The engine: from curves to arrays, in blocks."""
