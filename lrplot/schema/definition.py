"""Definitions of kinds and schedulers: a signature is the schema, a docstring the formula and the help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lrplot.curves.curve import Curve
from lrplot.curves.tracks import Tracks
from lrplot.registry import section, summary
from lrplot.schema.fields import Field, fields_of
from lrplot.schema.modifiers import Decaying, Placed

Builder = Callable[..., Curve | Tracks]
Length = Callable[..., int | None]


@dataclass(frozen=True)
class Definition:
    """A named kind of schedule, all of it derived from one builder function.

    `builder(frame, **fields)` gives the curve, with those of other parameters that it moves. The
    builder of a `decaying` kind leaves warmup, cooldown and floor to the modifiers. `length(frame,
    **fields)` gives the length that a schedule has without `for`; None if it takes what is left.
    `framework` is the one whose scheduler this is, empty for a native kind, and `checked` the
    version its values were compared with. A framework that computes each value from the one before
    `accumulates` rounding. `glossary` has the help of fields that the docstring leaves out.
    """

    name: str
    builder: Builder
    decaying: bool = False
    length: Length | None = None
    framework: str = ""
    checked: str = ""
    accumulates: bool = False
    glossary: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its own fields, in the signature's order."""
        fields = fields_of(self.builder)
        if not self.glossary:
            return fields
        return tuple(replace(each, help=each.help or self.glossary.get(each.name, "")) for each in fields)

    @property
    def shared_fields(self) -> tuple[Field, ...]:
        """The fields that it has in common with other definitions."""
        decaying = fields_of(Decaying) if self.decaying else ()
        return (*fields_of(Placed), *decaying)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return summary(self.builder)

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, such as `Formula` or `Source`."""
        return section(self.builder, title)
