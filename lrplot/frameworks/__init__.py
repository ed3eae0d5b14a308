"""The frameworks' schedulers, one file a framework, each read when it is first asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from lrplot.diagnostics import Fault
from lrplot.frameworks.shared.framework import Framework
from lrplot.schema.definition import Definition
from lrplot.wording import did_you_mean

__all__ = ["NAMES", "find", "framework", "frameworks", "is_path"]

NAMES = tuple(module.name for module in iter_modules(__path__) if module.name != "shared")


_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


def is_path(text: str) -> bool:
    """Whether a text reads as a scheduler's name, `torch.StepLR`, and not as a kind's or a duration."""
    return bool(_PATH.fullmatch(text))


@cache
def framework(name: str) -> Framework:
    """A framework by its file's name."""
    found: Framework = import_module(f"{__name__}.{name}").FRAMEWORK
    return found


def frameworks() -> Iterator[Framework]:
    """All of them, in the order of their names."""
    return map(framework, NAMES)


def find(path: str) -> Definition:
    """The scheduler `FRAMEWORK.Name`, or any import path it is known by; a `Fault` if there is none."""
    module, _, name = path.rpartition(".")
    top = module.partition(".")[0]
    # Its own file first: the others need not be read.
    for each in (top, *NAMES) if top in NAMES else NAMES:
        if framework(each).knows(module):
            return framework(each).find(name)
    if not module:
        homes = [f"`{each.name}.{name}`" for each in frameworks() if name in each.schedulers]
        help = f"write {' or '.join(homes)}" if homes else "write `use: torch.OneCycleLR`; `lrplot kinds` lists all"
        raise Fault(f"`use: {name}` does not say of which framework", code="unknown-framework", help=help)
    if top in NAMES:
        known = [pattern for pattern in (top, *framework(top).modules) if "*" not in pattern]
        raise Fault(
            f"{top} has no schedulers in `{module}`", code="unknown-framework", help=did_you_mean(module, known)
        )
    raise Fault(f"there is no framework `{top}`", code="unknown-framework", help=did_you_mean(top, NAMES))
