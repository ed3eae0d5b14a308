"""lrsched's warmup and cosine, a call a step; prints the seconds it took.

python lrsched_sampled.py STEPS
"""

import sys
from time import perf_counter


def evaluate(steps: int) -> float:
    """Seconds for every learning rate of the run."""
    import lrsched

    warmup = steps // 100
    decay = lrsched.cosine(base_lr=3e-4, min_lr=0.0, total_steps=steps - warmup)
    schedule = lrsched.with_warmup(decay, warmup_steps=warmup, start_lr=0.0)
    start = perf_counter()
    lrsched.sample(schedule, num_steps=steps)
    return perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(int(sys.argv[1]))}\n")
