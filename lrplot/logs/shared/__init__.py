"""Parts of several log formats: files in blocks, columns, printed digits, rows as runs."""
