"""What the emitters share: a run as pieces with formulas, the text of functions and calls, and their comparison."""
