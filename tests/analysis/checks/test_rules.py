"""Every rule: what it finds, in which words, and what it leaves alone."""

from __future__ import annotations

import pytest
from analysis.checks.cases import FIRES, NEAR
from support import ROOT

from lrplot.analysis.checks.rule import RULES, SECTIONS
from lrplot.api import check
from lrplot.diagnostics import SpecError

CHOSEN = ("ends-early", "zero-updates", "zero-throughout")  # each finding has a severity of its own
SOUND = (ROOT / "tests" / "analysis" / "checks" / "sound.yaml").read_text(encoding="utf-8")


def test_every_rule_has_cases():
    assert set(FIRES) == set(NEAR) == {code for code, rule in RULES.items() if rule.stage != "log"}
    assert all(FIRES.values())
    assert all(NEAR.values())


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(code):
    rule = RULES[code]
    assert rule.reason.endswith(".")
    for title in SECTIONS:
        assert rule.section(title)


@pytest.mark.parametrize(("code", "text", "message"), [(code, *case) for code in FIRES for case in FIRES[code]])
def test_rule_finds(code, text, message, spec):
    found = [each for each in check(spec(text)) if each.code == code]
    assert [each.message for each in found] == [message]
    (finding,) = found
    assert finding.severity == RULES[code].severity or code in CHOSEN
    assert finding.help or code in ("unknown-code", "would-raise")
    assert finding.span
    assert finding.span.line is not None


@pytest.mark.parametrize(("code", "text"), [(code, text) for code in NEAR for text in NEAR[code]])
def test_rule_leaves_sound_schedules_alone(code, text, spec):
    assert code not in [each.code for each in check(spec(text))]


@pytest.mark.parametrize("text", SOUND.split("---\n"))
def test_nothing_but_notes_is_found_in_sound_specs(text, spec):
    assert [str(each) for each in check(spec(text)) if each.severity != "note"] == []


def test_a_spec_that_cannot_be_read_raises(spec):
    with pytest.raises(SpecError, match="unknown-field"):
        check(spec("steps: 10\nlr: 1\nschedule: {kind: cosine, wamup: 3}"))
