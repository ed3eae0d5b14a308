"""The algebra of curves: anneals, staircases, power laws and cycles, and what combines them."""
