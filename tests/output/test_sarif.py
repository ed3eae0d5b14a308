"""Findings as SARIF."""

from __future__ import annotations

import json

import pytest

from lrplot.analysis.checks.rule import RULES
from lrplot.api import check
from lrplot.diagnostics import Diagnostic
from lrplot.output.sarif import format_sarif
from lrplot.output.terminal.findings import Checked

SPEC = "steps: 1000\nlr: 1e-3\nschedule: {kind: linear, warmup: 100, for: 1250}\ngroups: {g: {schedule: {kind: "
SPEC += "expression, value: 'base - 2 * base * u'}}}\n"


@pytest.fixture
def sarif(spec):
    """The SARIF log of a spec with a finding of each severity."""
    path = spec(SPEC)
    (run,) = json.loads(format_sarif([Checked(str(path), check(path))], "1.2.3"))["runs"]
    return path, run


def test_each_finding_is_a_result_with_its_level_and_place(sarif):
    path, run = sarif
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("zero-first-update", "note"), ("cut-short", "warning"), ("negative-value", "error"),
    ]  # fmt: skip
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == path.as_uri()
    assert place["region"] == {"startLine": 3, "startColumn": 44, "endColumn": 48}
    assert run["results"][1]["message"]["text"].endswith("\ngive `for: 1_000`")


def test_rules_are_described_once_and_named_by_index(sarif):
    _, run = sarif
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("lrplot", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == sorted(RULES)
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_fault_without_a_place_or_a_rule_is_a_result_too():
    fault = Diagnostic("unreadable", "cannot read `a b.yaml`")
    (result,) = json.loads(format_sarif([Checked("sub/a b.yaml", [fault], bad=True)], "1"))["runs"][0]["results"]
    assert result == {
        "ruleId": "unreadable",
        "level": "error",
        "message": {"text": "cannot read `a b.yaml`"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "sub/a%20b.yaml"}}}],
    }


def test_the_command_prints_it(run, spec):
    checked = run("check", spec(SPEC), "--format", "sarif")
    assert checked.code == 1
    log = json.loads(checked.out)
    assert log["version"] == "2.1.0"
    assert len(log["runs"][0]["results"]) == 3
    clean = run("check", spec("steps: 10\nlr: 1\nschedule: cosine\n", "clean.yaml"), "--format", "sarif")
    assert (clean.code, json.loads(clean.out)["runs"][0]["results"]) == (0, [])
