"""The frameworks' schedulers, one file or folder per framework, imported on first use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from lrplot.diagnostics import Fault
from lrplot.registry import module_names
from lrplot.schema.definition import Definition
from lrplot.wording import did_you_mean, nearest, one_of

if TYPE_CHECKING:
    from lrplot.frameworks.shared.framework import Framework

__all__ = ["NAMES", "find", "framework", "frameworks", "is_path"]

NAMES = tuple(module_names(__name__))

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")


def is_path(text: str) -> bool:
    """Whether a text has the form of a scheduler's name, such as `torch.StepLR`."""
    return bool(_PATH.fullmatch(text))


@cache
def framework(name: str) -> Framework:
    """A framework by the name of its file or folder."""
    found: Framework = import_module(f"{__name__}.{name}").FRAMEWORK
    return found


def frameworks() -> Iterator[Framework]:
    """All frameworks, in alphabetical order."""
    return map(framework, NAMES)


def find(path: str) -> Definition:
    """The scheduler `FRAMEWORK.Name`, also by its import path; `Fault` if there is none."""
    module, _, name = path.rpartition(".")
    top = module.partition(".")[0]
    # Its own file first, so that the others are not imported.
    for each in (top, *NAMES) if top in NAMES else NAMES:
        if framework(each).matches(module):
            return framework(each).find(name)
    homes = [f"{each.name}.{name}" for each in frameworks() if name in each.schedulers]
    if not module:
        help = f"write {one_of(homes)}" if homes else "write `use: torch.OneCycleLR`; `lrplot kinds` lists all"
        raise Fault(f"`use: {name}` does not name a framework", code="unknown-framework", help=help)
    if top in NAMES:
        known = [pattern for pattern in (top, *framework(top).modules) if "*" not in pattern]
        raise Fault(
            f"{top} has no schedulers in `{module}`", code="unknown-framework", help=did_you_mean(module, known)
        )
    raise Fault(f"there is no framework `{top}`", code="unknown-framework", help=_instead(top, name, homes))


def _instead(top: str, name: str, homes: list[str]) -> str:
    """The cure for an unknown framework: the one that is meant, or others that have the scheduler, or a formula."""
    near = [each.name for each in frameworks() if top.lower() in each.aliases] or nearest(top, NAMES, 1, 0.75)
    if near and f"{near[0]}.{name}" in homes:
        return f"did you mean `{near[0]}.{name}`?"
    if homes:
        return f"write {one_of(homes)}"
    if near:
        return f"did you mean `{near[0]}`?"
    return "take a native kind (`lrplot kinds`), or write its formula: `{kind: expression, value: 'base * (1 - u)'}`"
