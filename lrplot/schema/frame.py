"""The place of a schedule in a run: everything a builder gets besides its own arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.runs.timebase import Timebase


@dataclass(eq=False)
class Frame:
    """The part of a run that a schedule fills.

    `length` is in updates. `offset` is the run's step at local time 0; None in a repetition, which has
    several. `base` is the parameter's base value (100%) and `start` the value at which the phase before
    ended; both are None if they are not known. `default` is the base value of the whole run, the
    optimizer's default, and `own` says that `base` is a parameter group's own. `before` is the value
    from which a warmup of the schedule's own climbs; None means `start`, or 0 if that is not known.
    `warmup` is the length, in updates, of a warmup directly before, and `lead` that of the schedule's own
    one, from whose start milestones are counted. `parameter` is the name of what is scheduled, and
    `beside` holds the constant values of the run's other parameters. If a scheduler is stepped only once
    in `every` updates, its frame is in its own steps; each of them is `times` steps of its clock.
    """

    timebase: Timebase
    length: int
    offset: int | None = 0
    base: float | None = None
    default: float | None = None
    own: bool = False
    start: float | None = None
    before: float | None = None
    warmup: int = 0
    lead: int = 0
    parameter: str = "lr"
    beside: Mapping[str, float] = field(default_factory=dict)
    every: int = 1
    times: int = 1

    def part(self, skip: int, length: int, start: float | None) -> Frame:
        """The frame of a phase that begins `skip` updates into this one."""
        offset = None if self.offset is None else self.offset + skip
        return replace(self, offset=offset, length=length, start=start)

    def warmed(self) -> Frame:
        """The frame of a schedule with a warmup of its own: from where the phase before ended up to the base."""
        return replace(self, start=None, before=(self.start or 0.0) if self.before is None else self.before)

    def base_value(self) -> float:
        """The base value, or a `Fault` that names the missing key."""
        return self._known(self.base)

    def default_value(self) -> float:
        """The optimizer's default, or a `Fault` that names the missing key."""
        return self._known(self.base if self.default is None else self.default)

    def start_value(self) -> float:
        """The value at which the phase before ended (the base value in the first phase), or a `Fault`."""
        return self._known(self.base if self.start is None else self.start)

    def epoch(self) -> int:
        """Steps of the scheduler's clock per epoch: 1 if it is stepped once per epoch."""
        return (1 if self.every > 1 else self.timebase.epoch()) * self.times

    @property
    def clock_length(self) -> int:
        """The length in steps of the scheduler's clock."""
        return self.length * self.times

    @property
    def epochs(self) -> int:
        """Epochs that begin in the frame."""
        return -(-self.clock_length // self.epoch())

    def clock_offset(self, help: str, field: str | None = None) -> int:
        """The offset in steps of the scheduler's clock, or a `Fault` in a repetition, which has several."""
        if self.offset is None:
            raise Fault("repetitions do not start with an epoch", field=field, help=help)
        return self.offset * self.times

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
