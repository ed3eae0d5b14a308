"""accelerate: `make_scheduler(optimizer)`, which is stepped by hand."""

from __future__ import annotations

from lrplot.emit import Request, emitter
from lrplot.emit.shared.module import module
from lrplot.emit.shared.torch_schedulers import torch_scheduler

USAGE = (
    "do not give it to `accelerator.prepare`, which would step it once for each process at each update",
    "after `optimizer.step()`: if accelerator.sync_gradients and not accelerator.optimizer_step_was_skipped: "
    "scheduler.step()",
)


@emitter
def accelerate(request: Request) -> str:
    """A scheduler of torch, stepped by hand, as accelerate steps one that it prepares once for each process."""
    written = torch_scheduler(request, "whose `step()` is called after each update")
    return module([*written.comments, *USAGE], request, written.imports, written.constants, written.definitions)
