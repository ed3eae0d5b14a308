"""fairseq: fairseq.optim.lr_scheduler."""

from lrplot.frameworks.fairseq.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
