"""Warmup and cosine evaluated in blocks; prints the seconds it took.

python blocks.py STEPS     none with 0 steps, which leaves the import
"""

import sys
from time import perf_counter


def evaluate(steps: int) -> float:
    """Seconds for a run of `steps` updates, a block at a time."""
    import lrplot
    from lrplot.engine.evaluate import blocks

    spec = {"steps": max(steps, 100), "lr": 3e-4, "schedule": {"kind": "cosine", "warmup": "1%"}}
    curve = lrplot.load(spec).run.tracks["lr"].curve
    start = perf_counter()
    for _ in blocks(curve, 0, steps):
        pass
    return perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(int(sys.argv[1]))}\n")
