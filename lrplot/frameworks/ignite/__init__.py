"""PyTorch-Ignite: ignite.handlers.param_scheduler."""

from lrplot.frameworks.ignite.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
