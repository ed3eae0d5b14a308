"""Every framework's schedulers, with arguments that the reference cases have and with others near them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from frameworks.cases import REFERENCES
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.laws import check, loaded

import lrplot
from lrplot.frameworks import NAMES, framework

USES = [kind.name for name in NAMES for kind in framework(name).schedulers.values()]
ODD = (0, 1, 2, 3, 1000, 0.0, 0.5, 1.0, 1e-3, 1e-300, 1e300)
ROUNDING = 1e-12  # of the peak: frameworks' formulas, kept as they are, wiggle by a last bit


@cache
def corpus(name: str) -> dict[str, list[Any]]:
    """A framework's valid specs, by scheduler; those of its longest cases are cut."""
    found: dict[str, list[Any]] = {}
    with (REFERENCES / f"{name}.jsonl").open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            spec = json.loads(line)[0]
            found.setdefault(spec["schedule"]["use"], []).append(spec)
    return found


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where the numbers in a tree are."""
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        return [leaf for key, item in items for leaf in leaves(item, (*path, key))]
    return [path] if isinstance(tree, int | float) and not isinstance(tree, bool) else []


def changed(tree: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The tree with another value at one place."""
    if not path:
        return new
    copy = tree.copy()
    copy[path[0]] = changed(tree[path[0]], path[1:], new)
    return copy


def near(number: float) -> st.SearchStrategy[Any]:
    """Numbers around one, of the same sort."""
    if isinstance(number, int):
        low = max(number - 3, min(number, 0))
        return st.one_of(st.integers(low, number + 3), st.integers(0, 2 * abs(number) + 2))
    return st.one_of(st.floats(0.5, 2.0).map(lambda factor: number * factor), st.floats(0, 1))


@st.composite
def specs(draw, use: str) -> Any:
    """A case of a scheduler, with a number or two changed, seldom to an odd one."""
    spec = draw(st.sampled_from(corpus(use.partition(".")[0])[use]))
    for _ in range(draw(st.integers(0, 2))):
        path = draw(st.sampled_from(leaves(spec)))
        number = spec
        for key in path:
            number = number[key]
        new = draw(st.one_of(near(number), near(number), st.sampled_from(ODD)))
        spec = changed(spec, path, new)
    return spec


@pytest.mark.parametrize("use", USES)
def test_every_law_holds(use):
    @settings(max_examples=max(settings().max_examples // 5, 1))
    @given(specs(use), st.data())
    def holds(spec, data):
        if spec.get("steps", 0) > 20_000:
            spec = spec | {"steps": 20_000}
        found = loaded(spec)
        if found is not None and found.steps <= 20_000:
            start = data.draw(st.integers(0, found.steps - 1))
            check(found, start, data.draw(st.integers(start, found.steps)), ROUNDING)

    holds()


FOUND = {
    "alternating signs": {"use": "paddle.StepDecay", "learning_rate": 0.5, "step_size": 4, "gamma": -0.1},
    "alternating signs from a step on": {
        "use": "mmengine.StepLR", "step_size": 3, "gamma": -0.5, "begin": 2, "end": 20, "by_epoch": False,
    },
    "annealing from the start, in a warmup": {
        "use": "fairseq.FixedLRSchedule", "lr": [0.3, 0.2, 0.1], "force_anneal": 0, "warmup_updates": 1000,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_found_extremes(name):
    spec = {"steps": 24, "lr": 0.1, "steps_per_epoch": 5, "schedule": FOUND[name]}
    check(lrplot.load(spec), 0, 24, ROUNDING)


def test_found_an_epoch_longer_than_any_run():
    schedule = {"use": "mmengine.StepLR", "step_size": 4, "gamma": 0.2}
    check(lrplot.load({"steps": 17, "lr": 0.1, "steps_per_epoch": 2**53, "schedule": schedule}), 0, 17, ROUNDING)
