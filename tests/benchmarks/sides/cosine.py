"""`np.cos` alone, from 0 to π in blocks of the engine's size; prints the seconds it took.

python cosine.py STEPS
"""

import sys
from time import perf_counter


def evaluate(steps: int) -> float:
    """Seconds for as many cosines, each block of arguments ready and from all over 0 … π."""
    import numpy as np

    from lrplot.engine.evaluate import BLOCK

    angles, values = np.linspace(0, np.pi, BLOCK), np.empty(BLOCK)
    start = perf_counter()
    for first in range(0, steps, BLOCK):
        count = min(BLOCK, steps - first)
        np.cos(angles[:count], out=values[:count])
    return perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(int(sys.argv[1]))}\n")
