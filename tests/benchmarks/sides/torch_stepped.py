"""torch's `SequentialLR` of warmup and cosine, stepped without an optimizer's step; prints the seconds it took.

python torch_stepped.py STEPS
"""

import sys
import warnings
from time import perf_counter


def evaluate(steps: int) -> float:
    """Seconds for every learning rate of the run."""
    import torch
    from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

    warnings.simplefilter("ignore")  # it would have the optimizer stepped first
    warmup = steps // 100
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=3e-4)
    parts = [LinearLR(optimizer, 1e-9, total_iters=warmup), CosineAnnealingLR(optimizer, steps - warmup)]
    schedule = SequentialLR(optimizer, parts, [warmup])
    group = optimizer.param_groups[0]
    values = []
    start = perf_counter()
    for _ in range(steps):
        values.append(group["lr"])
        schedule.step()
    return perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(int(sys.argv[1]))}\n")
