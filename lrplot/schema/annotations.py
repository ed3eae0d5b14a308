"""Annotations of arguments: a Python type for the type checker and a field type for specs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from lrplot.curves.expression import OneArgument
from lrplot.curves.roles import Role
from lrplot.schema.types import (
    Count,
    Duration,
    File,
    Flag,
    Fresh,
    Function,
    Many,
    Metrics,
    Number,
    Table,
    Text,
    Value,
)

PowerField = Annotated[float | None, Number(above=0)]

ValueField = Annotated[float, Value()]
PeriodField = Annotated[int, Duration(at_least=1)]
FlagField = Annotated[bool, Flag()]
SkipField = Annotated[bool, Flag(), Role.SKIP_ZERO]
TextField = Annotated[str, Text()]
FileField = Annotated[Path, File()]
PositiveField = Annotated[float, Number(above=0)]
NonNegativeField = Annotated[float, Number(at_least=0)]
NumberField = Annotated[float, Number()]
ShareField = Annotated[float, Number(at_least=0, at_most=1)]
StepsListField = Annotated[tuple[int, ...], Many(Duration())]
TableField = Annotated[Mapping[int, float], Table()]

# For frameworks, whose times are plain numbers of the scheduler's own steps.
CountField = Annotated[int, Count(at_least=0)]
IntegerField = Annotated[int, Count(at_least=None)]
NumbersField = Annotated[tuple[float, ...], Many(Number())]
IntegersField = Annotated[tuple[int, ...], Many(Count(at_least=None))]
FunctionField = Annotated[OneArgument, Function()]
MetricsField = Annotated[tuple[float, ...] | Path, Metrics()]
FreshField = Annotated[int, Fresh()]
OptionalCount = Annotated[int | None, Count(at_least=0)]
OptionalNumber = Annotated[float | None, Number()]
