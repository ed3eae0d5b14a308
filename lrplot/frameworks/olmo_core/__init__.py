"""OLMo-core: olmo_core.optim."""

from lrplot.frameworks.olmo_core.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
