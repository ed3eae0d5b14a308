"""Parts of several emitters: a run as pieces with formulas, the text of functions and calls, their comparison."""
