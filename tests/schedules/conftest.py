"""What the tests of schedules share: specs in few words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import lrplot


def _spec(schedule: Any, steps: int | None, lr: float | None, more: dict[str, Any]) -> dict[str, Any]:
    given = {"steps": steps, "lr": lr, **more}
    return {key: value for key, value in given.items() if value is not None} | {"schedule": schedule}


@pytest.fixture
def load() -> Callable[..., lrplot.Schedule]:
    """Load a schedule: of 10 steps and a base of 1 unless told otherwise; None leaves a key out."""

    def call(schedule: Any, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> lrplot.Schedule:
        return lrplot.load(_spec(schedule, steps, lr, more))

    return call


@pytest.fixture
def rates(load: Callable[..., lrplot.Schedule]) -> Callable[..., Any]:
    """The learning rate at every step of the run, of 10 steps and a base of 1 unless told otherwise."""

    def call(schedule: Any, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> Any:
        return load(schedule, steps, lr, **more).evaluate()["lr"]

    return call


@pytest.fixture
def refuse() -> Callable[..., None]:
    """Check that a schedule is refused: the first fault's code, and a pattern in its message."""

    def call(schedule: Any, code: str, match: str, steps: int | None = 10, lr: float | None = 1.0, **more: Any) -> None:
        with pytest.raises(lrplot.SpecError, match=match) as caught:
            lrplot.load(_spec(schedule, steps, lr, more))
        assert caught.value.diagnostics[0].code == code

    return call
