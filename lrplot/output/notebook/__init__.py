"""Results as a notebook shows them, one file a result: a picture, tables and lines, as HTML and as plain text."""
