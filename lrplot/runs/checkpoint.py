"""The states of schedules in a checkpoint's files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lrplot.lazy import dataclass


@dataclass(frozen=True)
class Saved:
    """The parts of a checkpoint: numbers and words only, whatever else is in its files.

    `update` counts the updates that are done, None if it is not known. `groups` are the optimizer's parameter groups,
    and `states` the state dicts of schedulers, in order; None if the checkpoint has none.
    """

    place: str
    update: int | None = None
    groups: tuple[Mapping[str, Any], ...] | None = None
    states: tuple[Mapping[str, Any], ...] | None = None

    @property
    def count(self) -> int | None:
        """The number of parameter groups; None if it is not known."""
        if self.groups is not None:
            return len(self.groups)
        bases = self.states[0].get("base_lrs") if self.states else None
        return len(bases) if isinstance(bases, list) else None

    def group(self, index: int) -> dict[str, float]:
        """The numbers of a parameter group."""
        given = self.groups[index] if self.groups and index < len(self.groups) else {}
        numbers = {name: float(value) for name, value in given.items() if _is_number(value)}
        betas = given.get("betas")
        if isinstance(betas, list) and betas and _is_number(betas[0]):
            numbers.setdefault("momentum", float(betas[0]))
        return numbers


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
