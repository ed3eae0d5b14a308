"""The spec language: its keys, overrides and sweeps, and a tree to a run."""
