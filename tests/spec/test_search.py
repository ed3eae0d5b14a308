"""Kinds and schedulers by what a person calls them."""

from __future__ import annotations

import re

import pytest

from lrplot.diagnostics import Fault
from lrplot.frameworks import frameworks
from lrplot.kinds import KINDS
from lrplot.spec.search import called, definitions, look_up, search


def names(found) -> list[str]:
    return [definition.name for definition in found]


@pytest.mark.parametrize("spelling", ["OneCycleLR", "onecyclelr", "one_cycle_lr", "ONE-CYCLE-LR"])
def test_spelling_does_not_matter(spelling):
    assert names(called(spelling)) == ["mmengine.OneCycleLR", "paddle.OneCycleLR", "torch.OneCycleLR"]


def test_an_alias_is_that_of_one_kind_and_the_name_of_none():
    seen: dict[str, str] = {}
    for definition in definitions():
        for alias in definition.aliases:
            key = re.sub(r"\W|_", "", alias)
            assert seen.setdefault(key, definition.name) == definition.name
            assert not {key} & {name.replace("_", "") for name in KINDS}


def test_an_alias_of_a_framework_is_that_of_no_other():
    aliases = [alias for framework in frameworks() for alias in (framework.name, *framework.aliases)]
    assert len(aliases) == len(set(aliases))


def test_names_come_before_sources_parts_and_descriptions():
    found = names(search("StepLR"))
    assert found[:3] == ["mmengine.StepLR", "torch.StepLR", "step"]
    assert "torch.MultiStepLR" in found
    assert names(search("semantic nonsense")) == names(search("?")) == []
    assert all("cycl" in each.summary.lower() or "cycl" in each.section("Source").lower() for each in search("cycles"))


def test_a_scheduler_that_cannot_be_shown_is_refused_with_the_reason():
    with pytest.raises(Fault, match="cannot be shown ahead of the run") as fault:
        look_up("GreedyLR")
    assert "follows a metric" in (fault.value.help or "")


def test_a_name_of_a_kind_comes_before_a_key_of_a_spec():
    assert look_up("warmup").one is KINDS["warmup"]
    assert look_up("lr").one.fields[0].name == "lr"
    with pytest.raises(Fault, match="there is no kind `xyzzy`"):
        look_up("xyzzy")
