"""PaddlePaddle: paddle.optimizer.lr."""

from lrplot.frameworks.paddle.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
