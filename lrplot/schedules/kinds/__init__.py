"""The native kinds. Importing this package registers every kind defined in it."""

from importlib import import_module
from pkgutil import iter_modules

from lrplot.schedules.kind import KINDS

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["KINDS"]
