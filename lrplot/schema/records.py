"""Records: classes whose annotated fields are keys of a mapping."""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

from lrplot.lazy import dataclass

T = TypeVar("T")


@dataclass_transform(eq_default=False)
def record(cls: type[T]) -> type[T]:
    """Make a class a dataclass, each of whose objects equals only itself."""
    return dataclass(eq=False)(cls)
