"""DeepSpeed: deepspeed.runtime.lr_schedules."""

from lrplot.frameworks.deepspeed.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
