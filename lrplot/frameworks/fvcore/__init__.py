"""fvcore: fvcore.common.param_scheduler."""

from lrplot.frameworks.fvcore.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
