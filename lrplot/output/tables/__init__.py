"""Table formats, one file each; `shared` holds what several of them use."""
