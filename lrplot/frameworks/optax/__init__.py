"""optax: the schedules of optax.schedules."""

from lrplot.frameworks.optax.schedules import FRAMEWORK

__all__ = ["FRAMEWORK"]
