"""PyTorch: torch.optim.lr_scheduler and torch.optim.swa_utils."""

from lrplot.frameworks.torch.schedulers import FRAMEWORK

__all__ = ["FRAMEWORK"]
