"""Annotations of arguments that many frameworks' schedulers have, a field type and a role; helps that they share."""

from __future__ import annotations

from typing import Annotated

from lrplot.curves.roles import Role
from lrplot.schema.annotations import (
    CountField,
    IntegerField,
    IntegersField,
    NumberField,
    OptionalCount,
    OptionalNumber,
)
from lrplot.schema.fields import Example

A_WARMUP = Example("100")  # shorter than the example of a horizon

HorizonField = Annotated[CountField, Role.HORIZON]
IntegerHorizonField = Annotated[IntegerField, Role.HORIZON]
OptionalHorizonField = Annotated[OptionalCount, Role.HORIZON]
WarmupField = Annotated[CountField, Role.WARMUP, A_WARMUP]
IntegerWarmupField = Annotated[IntegerField, Role.WARMUP, A_WARMUP]
EveryField = Annotated[CountField, Role.EVERY]
MilestonesField = Annotated[IntegersField, Role.MILESTONES]
HandoversField = Annotated[IntegersField, Role.HANDOVERS]

StartField = Annotated[NumberField, Role.START, Example("0.01")]  # below the example of a peak
PeakField = Annotated[NumberField, Role.PEAK]
FloorField = Annotated[NumberField, Role.FLOOR]
OptionalFloorField = Annotated[OptionalNumber, Role.FLOOR]
ShrinkField = Annotated[NumberField, Role.SHRINK]
GrowthField = Annotated[NumberField, Role.GROWTH]
CyclesField = Annotated[NumberField, Role.CYCLE_COUNT]

FRESH = "only -1, the start of a run"  # the help of `last_epoch`
METRIC = "it follows a metric: write `use: torch.ReduceLROnPlateau` with the metric's values as `metrics`"
