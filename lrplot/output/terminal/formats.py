"""The reference of training programs' configs, derived from their readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lrplot.emit import Emitter
from lrplot.output.terminal.reference import field_data, field_lines, fill, listed
from lrplot.output.terminal.style import paint
from lrplot.registry import summary
from lrplot.schema.fields import fields_of
from lrplot.trainers import Trainer
from lrplot.trainers.shared.config import Facts

READ = "A config of one of these programs takes the place of a spec in every command. It is recognised by its keys;"
ELSE = "`--as NAME` says which it is, and `--as NAME@VERSION` whose rules hold. `lrplot formats NAME` lists the keys."

WRITTEN = "`lrplot convert SPEC --to NAME` writes a schedule as one of these, with its difference in the first line."


def format_formats(trainers: Sequence[Trainer], emitters: Mapping[str, Emitter], width: int, color: bool) -> str:
    """A line for each program whose configs are read, and for each whose code or config is written."""
    rows = [(each.name, each.description) for each in trainers]
    written = [(name, summary(emitter)) for name, emitter in emitters.items()]
    lines = [*listed(rows, width, color), "", *fill(f"{READ} {ELSE}", width, "")]
    lines += ["", paint("code that is written", "dim", color), *listed(written, width, color)]
    return "\n".join([*lines, "", *fill(WRITTEN, width, "")]) + "\n"


def format_format(trainer: Trainer, width: int, color: bool) -> str:
    """The details of one program: its source, versions, marks, keys, and the facts it may leave open."""
    lines = [paint(trainer.name, "bold", color), *fill(trainer.description, width, "  ")]
    marks = ", ".join(trainer.marks)
    found = f"at least {trainer.least} of {marks}" if trainer.least > 1 else f"one of {marks}"
    parts = {"source": trainer.source, "recognised by": found}
    if trainer.versions:
        parts["rules changed at"] = f"{', '.join(trainer.versions)}; those of {trainer.versions[-1]} hold by default"
    for title, text in parts.items():
        lines += ["", paint(title, "dim", color), *fill(text, width, "  ")]
    lines += ["", paint("keys that are read", "dim", color), *field_lines(trainer.keys, width, color)]
    lines += ["", paint("facts of the run, by `--set`", "dim", color)]
    return "\n".join([*lines, *field_lines(fields_of(Facts), width, color)]) + "\n"


def formats_data(trainers: Sequence[Trainer], emitters: Mapping[str, Emitter]) -> dict[str, Any]:
    """Programs as data for JSON."""
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
    }
