"""NVIDIA NeMo: nemo.core.optim."""

from lrplot.frameworks.nemo.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
