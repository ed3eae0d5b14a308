"""The reference of training programs' configs and logs, derived from their readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lrplot.emit import Emitter
from lrplot.logs import LogFormat
from lrplot.output.terminal.reference import field_data, field_lines, fill, listed
from lrplot.output.terminal.style import paint
from lrplot.registry import summary
from lrplot.schema.fields import fields_of
from lrplot.trainers import Trainer
from lrplot.trainers.shared.config import Facts

CONFIGS = "configs: each takes the place of a spec in every command, and is recognised by its keys"
LOGS = "logs: recognised by what they hold"
ELSE = "`--as NAME` says which it is, and `--as NAME@VERSION` whose rules hold. `lrplot formats NAME` lists the keys."

WRITTEN = "code that is written: `lrplot convert SPEC --to NAME`, with its difference in the first line"


def format_formats(
    trainers: Sequence[Trainer], logs: Sequence[LogFormat], emitters: Mapping[str, Emitter], width: int, color: bool
) -> str:
    """A line for each program's config, for each format of logs, and for each target that is written."""
    lines: list[str] = []
    for title, rows in (
        (CONFIGS, [(each.name, each.description) for each in trainers]),
        (LOGS, [(each.name, each.description) for each in logs]),
        (WRITTEN, [(name, summary(emitter)) for name, emitter in emitters.items()]),
    ):
        lines += [*(paint(line, "dim", color) for line in fill(title, width, "")), *listed(rows, width, color), ""]
    return "\n".join([*lines, *fill(ELSE, width, "")]) + "\n"


def format_format(trainer: Trainer | None, log: LogFormat | None, width: int, color: bool) -> str:
    """The details of one format: of its configs, its logs, or both."""
    parts = [] if trainer is None else [_format_config(trainer, width, color)]
    return "\n".join([*parts, *([] if log is None else [_format_log(log, width, color)])])


def _format_config(trainer: Trainer, width: int, color: bool) -> str:
    """The details of a program's configs: source, versions, marks, keys, and the facts they may leave open."""
    lines = [paint(trainer.name, "bold", color), *fill(trainer.description, width, "  ")]
    marks = ", ".join(trainer.marks)
    found = f"at least {trainer.least} of {marks}" if trainer.least > 1 else f"one of {marks}"
    parts = {"source": trainer.source, "recognised by": found}
    if trainer.versions:
        parts["rules changed at"] = f"{', '.join(trainer.versions)}; those of {trainer.versions[-1]} hold by default"
    lines += _paragraphs(parts, width, color)
    lines += ["", paint("keys that are read", "dim", color), *field_lines(trainer.keys, width, color)]
    lines += ["", paint("facts of the run, by `--set`", "dim", color)]
    return "\n".join([*lines, *field_lines(fields_of(Facts), width, color)]) + "\n"


def _format_log(log: LogFormat, width: int, color: bool) -> str:
    """The details of a format of logs: what is read, the names of its files, its source."""
    lines = [paint(log.name, "bold", color), *fill(log.description, width, "  ")]
    parts = {"what is read": log.keys, "source": log.source}
    if log.files:
        parts["found in a run's folder as"] = ", ".join(log.files)
    return "\n".join([*lines, *_paragraphs(parts, width, color)]) + "\n"


def _paragraphs(parts: dict[str, str], width: int, color: bool) -> list[str]:
    return [
        line for title, text in parts.items() for line in ("", paint(title, "dim", color), *fill(text, width, "  "))
    ]


def formats_data(
    trainers: Sequence[Trainer], logs: Sequence[LogFormat], emitters: Mapping[str, Emitter]
) -> dict[str, Any]:
    """Formats of configs and of logs, and targets, as data for JSON."""
    return {
        "targets": [{"name": name, "summary": summary(emitter)} for name, emitter in emitters.items()],
        "formats": [
            {
                "name": each.name,
                "summary": each.description,
                "source": each.source,
                "marks": list(each.marks),
                "versions": list(each.versions),
                "fields": [*map(field_data, each.keys)],
            }
            for each in trainers
        ],
        "logs": [
            {
                "name": each.name,
                "summary": each.description,
                "source": each.source,
                "keys": each.keys,
                "files": list(each.files),
            }
            for each in logs
        ],
    }
