"""mmengine: mmengine.optim.scheduler, and the `param_scheduler` list of its configs."""

from lrplot.frameworks.mmengine.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
