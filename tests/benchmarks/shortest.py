"""Compare the vectorised float texts with `repr` on tens of millions of values: a long check, run by hand.

`python tests/benchmarks/shortest.py [MILLIONS] [SEED]` takes about a minute for each 20
million. It uses the distributions of the default test, with another seed for each round.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import numpy as np

ROWS = 100_000


def check(millions: int, seed: int) -> int:
    """Print how many values were compared; 1 if any differed, else 0."""
    test = runpy.run_path(str(Path(__file__).parents[1] / "output" / "tables" / "shared" / "test_shortest.py"))
    rng = np.random.default_rng(seed)
    compared, different = 0, 0
    while compared < millions * 1_000_000:
        for distribution in test["DISTRIBUTIONS"]:
            values = distribution(rng, ROWS)
            found = test["differences"](values)
            compared += len(values)
            different += len(found)
            for value, text in found[:5]:
                sys.stdout.write(f"{distribution.__name__}: {value!r} was written as {text.decode()}\n")
    sys.stdout.write(f"{compared:,} values compared with repr, {different:,} different (seed {seed})\n")
    return 1 if different else 0


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(check(*(arguments + [40, 0][len(arguments) :])))
