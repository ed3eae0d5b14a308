"""The place of a schedule in a run: everything a builder gets besides its own arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lrplot.diagnostics import Fault
from lrplot.runs.timebase import Timebase


@dataclass(eq=False)
class Frame:
    """The part of a run that a schedule fills.

    `length` is in updates. `offset` is the run's step at local time 0; None in a repetition, which has
    several. `base` is the parameter's base value (100%) and `start` the value at which the phase before
    ended; both are None if they are not known. `warmup` is the length, in updates, of a warmup directly
    before. `parameter` is the name of what is scheduled, and `beside` holds the constant values of the
    run's other parameters. If a scheduler is stepped only once in `every` updates, its frame is in its
    own steps.
    """

    timebase: Timebase
    length: int
    offset: int | None = 0
    base: float | None = None
    start: float | None = None
    warmup: int = 0
    parameter: str = "lr"
    beside: Mapping[str, float] = field(default_factory=dict)
    every: int = 1

    def part(self, skip: int, length: int, start: float | None) -> Frame:
        """The frame of a phase that begins `skip` updates into this one."""
        offset = None if self.offset is None else self.offset + skip
        return replace(self, offset=offset, length=length, start=start)

    def base_value(self) -> float:
        """The base value, or a `Fault` that names the missing key."""
        return self._known(self.base)

    def start_value(self) -> float:
        """The value at which the phase before ended (the base value in the first phase), or a `Fault`."""
        return self._known(self.base if self.start is None else self.start)

    def epoch(self) -> int:
        """Steps of the scheduler per epoch: 1 if it is stepped once per epoch."""
        return 1 if self.every > 1 else self.timebase.epoch()

    def beside_value(self, parameter: str) -> float:
        """The constant value of another parameter of the run, or a `Fault` that names the parameter."""
        if parameter not in self.beside:
            raise Fault(
                f"`{parameter}` is missing: this scheduler starts from it",
                help=f"add `{parameter}: 0.9` to the spec",
                code="missing-field",
            )
        return self.beside[parameter]

    def _known(self, value: float | None) -> float:
        if value is not None:
            return value
        if self.parameter == "lr":
            raise Fault(
                "`lr`, the base learning rate, is missing", help="add `lr: 1e-3`", code="missing-field", once=True
            )
        raise Fault(
            f"a schedule of `{self.parameter}` has no base value to start from or to be relative to",
            help="give `from` and `to` as numbers",
            code="missing-field",
        )
