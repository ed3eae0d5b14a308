"""Definitions of kinds and schedulers: a signature is the schema, a docstring the formula and the help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from lrplot.curves.curve import Curve
from lrplot.curves.roles import Role
from lrplot.curves.tracks import Tracks
from lrplot.lazy import dataclass
from lrplot.registry import section, summary
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.modifiers import Decaying, Placed
from lrplot.schema.resuming import Resuming

Builder = Callable[..., Curve | Tracks]
Length = Callable[..., int | None]
Caveat = Callable[[Mapping[str, Any]], str]
ADVICE = ("Good for", "Cost", "Recipe")  # of every native kind


@dataclass(eq=False)
class Definition:
    """A named kind of schedule, derived from one builder function.

    `builder(frame, **fields)` gives the curve, or the `Tracks` of all parameters that the schedule moves.
    If `decaying`, warmup, cooldown and floor are added to the builder's curve. `length(frame, **fields)`
    gives the length, in updates, of a schedule without `for`; None if it takes what is left.
    A `phased` one consists of phases, and holds the end value of the last one by itself.
    If it `rounds_up`, the program that builds the schedule rounds a run's partial epoch up to whole updates.
    `framework` is the name of the framework whose scheduler this is, empty for a native kind, and
    `checked` the version that its values were compared with. If it `accumulates`, the framework
    computes each value from the one before, with its rounding. `float32(arguments)` says how the values
    that are trained with differ visibly from those shown here, which are float64; it is empty if they do not.
    `glossary` has the help of fields that the docstring leaves out. `resuming` is how a scheduler goes on from
    a checkpoint; None: it has no state, and goes on at the trainer's step.
    """

    name: str
    builder: Builder
    decaying: bool = False
    length: Length | None = None
    phased: bool = False
    rounds_up: bool = False
    framework: str = ""
    checked: str = ""
    accumulates: bool = False
    float32: Caveat | None = None
    glossary: Mapping[str, str] = field(default_factory=dict)
    resuming: Resuming | None = None

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its own fields, in the order of the signature."""
        fields = fields_of(self.builder)
        if not self.glossary:
            return fields
        return tuple(replace(each, help=each.help or self.glossary.get(each.name, "")) for each in fields)

    @cached_property
    def shared_fields(self) -> tuple[Field, ...]:
        """The fields that it shares with other definitions."""
        placed = fields_of(Placed)
        if self.framework:  # its length as a phase is not the horizon that it was given
            placed = tuple(replace(each, role=None) if each.role is Role.HORIZON else each for each in placed)
        return (*placed, *(fields_of(Decaying) if self.decaying else ()))

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return summary(self.builder)

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names that others use for it: the docstring's `Also`."""
        return tuple(name.strip() for name in self.section("Also").split(",") if name.strip())

    @property
    def title(self) -> str:
        """The name without its framework."""
        return self.name.rpartition(".")[2]

    @property
    def advice(self) -> dict[str, str]:
        """Advice for choosing it, by heading: its uses, its cost, and a preset that has it; empty if none is given."""
        return {title.lower(): text for title in ADVICE if (text := self.section(title))}

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, such as `Formula` or `Source`."""
        return section(self.builder, title)
