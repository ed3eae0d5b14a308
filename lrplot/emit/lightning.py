"""Lightning: `make_scheduler(optimizer)` and the mapping that `configure_optimizers` returns for it."""

from __future__ import annotations

from lrplot.emit import Request, emitter
from lrplot.emit.shared.module import module
from lrplot.emit.shared.torch_schedulers import torch_scheduler

CONFIG = '''\
def lr_scheduler_config(optimizer):
    """What `configure_optimizers` returns under "lr_scheduler": stepped at each update, not at each epoch."""
    return {"scheduler": make_scheduler(optimizer), "interval": "step", "frequency": 1}
'''


@emitter
def lightning(request: Request) -> str:
    """A scheduler of torch, with the mapping that `configure_optimizers` returns."""
    written = torch_scheduler(request, "which Lightning steps after each update")
    usage = 'in configure_optimizers: return {"optimizer": optimizer, "lr_scheduler": lr_scheduler_config(optimizer)}'
    definitions = [*written.definitions, CONFIG]
    return module([*written.comments, usage], request, written.imports, written.constants, definitions)
