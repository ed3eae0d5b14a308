"""optax's warmup and cosine, vectorised and compiled; prints the seconds it took once compiled.

python optax_vmapped.py STEPS
"""

import sys
from time import perf_counter


def evaluate(steps: int) -> float:
    """Seconds for every learning rate of the run, in optax's own float32."""
    import jax
    import jax.numpy as jnp
    import optax

    schedule = jax.jit(jax.vmap(optax.warmup_cosine_decay_schedule(0.0, 3e-4, steps // 100, steps)))
    counts = jnp.arange(steps)
    schedule(counts).block_until_ready()
    start = perf_counter()
    schedule(counts).block_until_ready()
    return perf_counter() - start


if __name__ == "__main__":
    sys.stdout.write(f"{evaluate(int(sys.argv[1]))}\n")
