"""Picture formats, one file each, and `figure`, which draws them."""
