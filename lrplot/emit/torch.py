"""PyTorch: `make_scheduler(optimizer)`, by its own schedulers or LambdaLR."""

from __future__ import annotations

from lrplot.emit import Request, emitter
from lrplot.emit.shared.module import module
from lrplot.emit.shared.torch_schedulers import torch_scheduler


@emitter
def torch(request: Request) -> str:
    """A scheduler of torch.optim.lr_scheduler."""
    written = torch_scheduler(request, "whose `step()` is called after each update")
    return module(written.comments, request, written.imports, written.constants, written.definitions)
