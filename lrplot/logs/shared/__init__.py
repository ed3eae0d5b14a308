"""What several log formats share: files in blocks, columns, printed digits, rows as runs."""
