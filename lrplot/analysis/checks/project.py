"""The settings of a project: the table `[tool.lrplot]` in the nearest `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from lrplot.analysis.checks.rule import RULES
from lrplot.diagnostics import Diagnostic, Diagnostics, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.schema.arguments import NO_FRAME, Arguments, Items
from lrplot.schema.binder import Binder
from lrplot.schema.fields import fields_of
from lrplot.schema.types import Many, Text
from lrplot.text.tree import Mapping, Node, describe
from lrplot.wording import did_you_mean

NAME = "pyproject.toml"
TABLE = "`[tool.lrplot]`"
LISTED = "`lrplot check --explain all` lists the findings"
TextsField = Annotated[tuple[str, ...] | None, Many(Text())]


@dataclass(frozen=True)
class Settings:
    """The keys of the table.

    Args:
        select: findings that are reported; all if absent
        ignore: findings that are not reported
        include: the specs of the project, as patterns of paths such as `train/**/*.yaml`
    """

    select: TextsField = None
    ignore: TextsField = None
    include: TextsField = None


@dataclass(frozen=True)
class Project:
    """A project's settings: the codes selected (None for all) and ignored, and its specs if it says which they are."""

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    specs: tuple[Path, ...] | None = None

    def specs_in(self, folder: str) -> list[str] | None:
        """The project's specs in a folder, by their paths from it; None if the project does not say which they are."""
        if self.specs is None:
            return None
        whole = os.path.abspath(folder)
        inside = [path for path in self.specs if path.is_relative_to(whole)]
        return [os.path.normpath(os.path.join(folder, os.path.relpath(path, whole))) for path in inside]


def project_at(folder: Path) -> Project:
    """The settings that hold in a folder: those of the nearest file, there or above, that has the table.

    `SpecError` if that file cannot be read, or for every fault in the table.
    """
    for place in (folder, *folder.parents):
        path = place / NAME
        if path.is_file() and (table := _table(path)) is not None:
            return _project(table, place)
    return Project()


def _table(path: Path) -> Node | None:
    """The table of a file; None if it has none."""
    name = os.path.relpath(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SpecError(Diagnostic("unreadable", f"cannot read `{name}`: {reason}")) from None
    if "lrplot" not in text:
        return None
    from lrplot.text.toml import read_toml  # most folders have no such file

    node: Node | None = read_toml(Source(name, text))
    for key in ("tool", "lrplot"):
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _project(table: Node, folder: Path) -> Project:
    report = Diagnostics()
    if not isinstance(table, Mapping):
        raise SpecError(Diagnostic("bad-type", f"{TABLE} is a table, this is {describe(table)}", table.span))
    given = Binder(report, folder).arguments(TABLE, fields_of(Settings), table)
    select, ignore = (_codes(given, name, report) for name in ("select", "ignore"))
    specs = _specs(given, folder, report)
    report.raise_any()
    return Project(select, ignore or frozenset(), specs)


def _texts(given: Arguments, name: str) -> list[tuple[str, Span]] | None:
    """The texts of a list, each with its place; None if the list is absent or faulty."""
    argument = given.given.get(name)
    if argument is None or not isinstance(argument.quantity, Items):
        return None
    items = argument.quantity.items
    return [(text, item.span) for item, text in zip(items, given.known(NO_FRAME).get(name, ()), strict=False)]


def _codes(given: Arguments, name: str, report: Diagnostics) -> frozenset[str] | None:
    texts = _texts(given, name)
    for code, span in texts or ():
        if code not in RULES:
            report.error("unknown-code", f"there is no finding `{code}`", span, did_you_mean(code, RULES, LISTED))
    return None if texts is None else frozenset(code for code, _ in texts)


def _specs(given: Arguments, folder: Path, report: Diagnostics) -> tuple[Path, ...] | None:
    texts = _texts(given, "include")
    if texts is None:
        return None
    found: set[Path] = set()
    for pattern, span in texts:
        try:
            if ".." in Path(pattern).parts:
                raise ValueError(pattern)
            found.update(_files([folder] if not Path(pattern).parts and pattern else folder.glob(pattern)))
        except (NotImplementedError, ValueError):  # an absolute path, one that leads out, or none at all
            help = f"write a path from the folder of {NAME}, such as `train/*.yaml`"
            report.error("bad-value", f"`{pattern}` is not a pattern of paths in the project", span, help)
    return tuple(sorted(found))


def _files(paths: Iterable[Path]) -> Iterable[Path]:
    from lrplot.spec.folder import specs_in

    for path in paths:
        yield from specs_in(path) if path.is_dir() else [path]
