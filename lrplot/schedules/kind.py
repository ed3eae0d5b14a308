"""Definitions of kinds: a signature is the schema, a docstring the formula and the help."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lrplot.docstrings import section, summary
from lrplot.frozen import field, frozen, replace
from lrplot.registry import Registry
from lrplot.schedules.curve import Curve
from lrplot.schedules.fields import Field, fields_of
from lrplot.schedules.modifiers import Decaying, Placed

Builder = Callable[..., Curve]
Length = Callable[..., int | None]


@frozen
class Kind:
    """A named kind of schedule, all of it derived from one builder function."""

    name: str
    builder: Builder
    decaying: bool
    length: Length | None = None
    origin: str = ""  # the framework whose scheduler this is, with the version checked
    accumulates: bool = False  # whether that scheduler accumulates rounding from step to step
    glossary: Mapping[str, str] = field(default_factory=dict)  # help for fields the docstring leaves out

    @property
    def dialect(self) -> bool:
        """Whether this is a framework's scheduler, not a native kind."""
        return bool(self.origin)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its own fields, in the signature's order."""
        fields = fields_of(self.builder)
        if not self.glossary:
            return fields
        return tuple(replace(each, help=each.help or self.glossary.get(each.name, "")) for each in fields)

    @property
    def shared_fields(self) -> tuple[Field, ...]:
        """The fields it has in common with other kinds."""
        decaying = fields_of(Decaying) if self.decaying else ()
        return (*fields_of(Placed), *decaying)

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return summary(self.builder)

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, such as `Formula` or `Source`."""
        return section(self.builder, title)


KINDS: Registry[Kind] = Registry()


def kind(*, decaying: bool = False, length: Length | None = None) -> Callable[[Builder], Builder]:
    """Register a builder `(frame, **fields) -> Curve` as a kind, under the function's own name.

    `decaying` kinds also take `warmup`, `cooldown` and `min`. `length(frame, **fields)`
    gives the length a schedule has of itself, without `for`.
    """

    def register(builder: Builder) -> Builder:
        name = builder.__name__.rstrip("_")
        KINDS.add(name, Kind(name, builder, decaying, length))
        return builder

    return register
