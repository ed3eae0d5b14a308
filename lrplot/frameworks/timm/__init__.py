"""PyTorch Image Models: timm.scheduler."""

from lrplot.frameworks.timm.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
