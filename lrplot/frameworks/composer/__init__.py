"""Composer (MosaicML): composer.optim.scheduler."""

from lrplot.frameworks.composer.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
