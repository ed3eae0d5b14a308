"""From the place of a spec or a config to its run: read, translated if it is a config, overridden, compiled."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lrplot.diagnostics import Source, SpecError
from lrplot.lazy import dataclass
from lrplot.runs.run import Run
from lrplot.spec.compile import compile_run
from lrplot.spec.overrides import override
from lrplot.spec.source import read_source
from lrplot.spec.texts import read_tree
from lrplot.text.tree import Mapping as Branches
from lrplot.text.tree import Node
from lrplot.wording import check_text

if TYPE_CHECKING:
    from lrplot.runs.log import Log

Spec: TypeAlias = str | os.PathLike[str] | Mapping[str, Any]


@dataclass(eq=False)
class SpecText:
    """The tree of a spec's text, the folder of its file and its stem.

    `spec_like` is whether it can be a spec, not only a config, and `file` whether it is a file in that folder.
    """

    tree: Node
    folder: Path
    stem: str
    spec_like: bool
    file: bool = False


def text_of(spec: Spec) -> SpecText:
    """The text of a spec: of a file, of standard input, of a preset, or of a mapping as YAML would hold it."""
    if isinstance(spec, Mapping):
        from lrplot.text.objects import read_mapping  # which no file needs

        return SpecText(read_mapping(spec), Path(), "schedule", True)
    return text_in(*read_source(spec), file=spec != "-")


def text_in(source: Source, folder: Path, stem: str, *, file: bool = True) -> SpecText:
    """The text of a source: of a file called `stem` in a folder, unless `file` is false."""
    tree, spec_like = read_tree(source)
    return SpecText(tree, folder, stem, spec_like, file)


def listed(overrides: Iterable[str]) -> tuple[str, ...]:
    """The settings of a spec; a text is one of them."""
    if not isinstance(overrides, Iterable):
        raise TypeError(f"overrides must be texts such as `lr=1e-3`, not {type(overrides).__name__}")
    settings = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    for each in settings:
        check_text("an override", each)
    return settings


def run_of(text: SpecText, overrides: tuple[str, ...], format: str, log: Log | None = None) -> tuple[Branches, Run]:
    """The tree of a spec and its run, as `compiled`.

    Facts that a config lacks are those that `log` states, or else the log in the config's folder.
    """
    try:
        return compiled(text, overrides, format)
    except SpecError as error:
        if any(each.code != "missing-fact" for each in error.diagnostics):
            raise
        log = log or (_log_beside(text.folder) if text.file else None)
        if log is None:
            raise
        for key, value in log.stated.items():
            with suppress(SpecError):
                tree, run = compiled(text, (*overrides, f"{key}={value}"), format)
                return tree, _with_fact(run, f"{value:,} {key.replace('_', ' ')}, as {Path(log.source).name} states")
        raise


def compiled(text: SpecText, overrides: tuple[str, ...], format: str) -> tuple[Branches, Run]:
    """The tree of a spec, or of a config as a spec, and its run; `format` is as for `lrplot.load`."""
    tree, reading = text.tree, None
    check_text("format", format)
    if format or not text.spec_like or _may_be_config(tree):
        from lrplot.spec.configs import translate  # which no spec needs

        if translated := translate(tree, overrides, text.folder, format, text.spec_like):
            tree, reading = translated
    if overrides and reading is None:
        tree = override(tree, overrides)
    run = compile_run(tree, text.stem, text.folder)
    assert isinstance(tree, Branches)
    return tree, replace(run, reading=reading) if reading else run


def _may_be_config(tree: Node) -> bool:
    """Whether a tree lacks what every spec has."""
    return isinstance(tree, Branches) and tree.get("schedule") is None


def _log_beside(folder: Path) -> Log | None:
    """The log in the folder of a config; None if there is none that can be read."""
    from lrplot.logs.shared.reading import read_log  # which a whole config does not need
    from lrplot.spec.logs import log_in

    found = log_in(str(folder))
    with suppress(SpecError):
        return read_log(found) if found else None
    return None


def _with_fact(run: Run, line: str) -> Run:
    assert run.reading is not None
    return replace(run, reading=replace(run.reading, derivation=(line, *run.reading.derivation)))
