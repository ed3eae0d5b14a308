"""Computes the cosine that lrplot exports and writes it as CSV, with polars.

python polars_csv.py ROWS FILE.csv
"""

import sys


def write(rows: int, path: str) -> None:
    """`step` and `lr`, a row a step."""
    import numpy as np
    import polars as pl

    steps = np.arange(rows)
    values = 3e-4 * 0.5 * (1 + np.cos(np.pi * steps / rows))
    pl.DataFrame({"step": steps, "lr": values}).write_csv(path)


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
