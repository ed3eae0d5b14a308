"""Charts, independent of the program that draws them."""
