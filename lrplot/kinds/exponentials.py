"""Exponential decay, written in three ways."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.curve import Curve
from lrplot.curves.laws import Geometric, NaturalExponential
from lrplot.curves.ramps import geometric
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fault
from lrplot.kinds import kind
from lrplot.schema.annotations import FlagField, ValueField
from lrplot.schema.frame import Frame
from lrplot.schema.modifiers import since_start
from lrplot.schema.quantities import START
from lrplot.schema.types import Duration, Number, Value


@kind(decaying=True)
def exponential(
    frame: Frame,
    from_: Annotated[ValueField, Role.START] = START,
    to: Annotated[float | None, Value(), Role.FLOOR] = None,
    gamma: Annotated[float | None, Number(above=0)] = None,
    every: Annotated[int | None, Duration(at_least=1)] = None,
    staircase: FlagField = False,
    rate: Annotated[float | None, Number()] = None,
    inclusive: Annotated[FlagField, Role.INCLUSIVE] = False,
) -> Curve:
    """Exponential decay to a value, by a factor, or at a rate.

    Good for: decays that do not depend on the length (`gamma`), and range tests (`to` above `from`)
    Cost: never reaches 0; the mean is low: about a fifth of the peak for a decay to 1%
    Recipe: minicpm_wsd
    Formula: one of from·(to/from)^u with u = t/n; from·gamma^(t/every), where `staircase` floors t/every;
        from·e^(−rate·t)
    Source: torch ExponentialLR, keras ExponentialDecay; Smith 2017 (arXiv:1506.01186) for the rising range test
    Also: exponential_decay

    Args:
        from_: value at the first update
        to: value one update after the last
        gamma: factor per `every`
        every: the time that `gamma` refers to; one update if absent
        staircase: apply `gamma` all at once at the end of each `every`, counted from the phase's start, a `warmup` of
            its own included
        rate: exponent per update
        inclusive: the last update has `to`
    """
    given = [name for name, value in (("to", to), ("gamma", gamma), ("rate", rate)) if value is not None]
    if len(given) != 1:
        raise Fault(
            "`exponential` takes one of `to`, `gamma` and `rate`" + (f", not {len(given)}" if given else ""),
            field=given[1] if given else None,
            help="`to: 1%`, `gamma: 0.95` with `every: 1 epochs`, or `rate: 1e-4`",
            code="conflict" if given else "missing-field",
        )
    for name, used, needs in (
        ("every", every is not None, "gamma"),
        ("staircase", staircase, "gamma"),
        ("inclusive", inclusive, "to"),
    ):
        if used and needs not in given:
            raise Fault(f"`{name}` needs `{needs}`", field=name, code="conflict", help=f"remove `{name}`")
    if to is not None:
        return geometric(frame.length, from_, to, inclusive=inclusive)
    if rate is not None:
        return NaturalExponential(frame.length, from_, rate)
    assert gamma is not None
    curve = Geometric(frame.length, from_, gamma, every or 1, staircase)
    return since_start(frame, curve) if staircase else curve
