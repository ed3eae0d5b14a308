"""Findings as SARIF."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator

from lrplot.analysis.checks.rule import RULES
from lrplot.api import check
from lrplot.diagnostics import Diagnostic
from lrplot.output.checked import Checked, Report
from lrplot.output.findings.sarif import write_sarif

SPEC = "steps: 1000\nlr: 1e-3\nschedule: {kind: linear, warmup: 100, for: 1250}\ngroups: {g: {schedule: {kind: "
SPEC += "expression, value: 'base - 2 * base * u'}}}\n"


@pytest.fixture
def sarif(spec):
    """The SARIF log of a spec with a finding of each severity."""
    path = spec(SPEC)
    (run,) = json.loads(write_sarif(Report([Checked(str(path), check(path))], False, "1.2.3")))["runs"]
    return path, run


URI = {"type": "string", "format": "uri-reference", "minLength": 1}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
FROM_1 = {"type": "integer", "minimum": 1}
REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endColumn"],
    "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), FROM_1),
    "additionalProperties": False,
}
ARTIFACT = {"type": "object", "required": ["uri"], "properties": {"uri": URI}, "additionalProperties": False}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def record(required: dict, **optional: dict) -> dict:
    return {
        "type": "object",
        "required": [*required],
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def list_of(items: dict, least: int = 0) -> dict:
    return {"type": "array", "items": items, "minItems": least}


# The objects of SARIF 2.1.0 (OASIS, section 3) that lrplot writes, with the properties that it may write.
REPLACEMENT = record({"deletedRegion": REGION}, insertedContent={"type": "object", "required": ["text"]})
CHANGE = record({"artifactLocation": ARTIFACT, "replacements": list_of(REPLACEMENT, 1)})
RULE = record(
    {"id": {"type": "string"}},
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
    helpUri={"type": "string", "pattern": "^https://[^ ]+$"},
    defaultConfiguration=record({}, level=LEVEL),
)
RESULT = record(
    {"message": TEXT},
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    locations=list_of(record({"physicalLocation": record({"artifactLocation": ARTIFACT}, region=REGION)})),
    fixes=list_of(record({"artifactChanges": list_of(CHANGE, 1)}, description=TEXT)),
)
DRIVER = record(
    {"name": {"type": "string"}},
    version={"type": "string"},
    informationUri=URI,
    rules={**list_of(RULE), "uniqueItems": True},
)
COLUMNS = {"enum": ["utf16CodeUnits", "unicodeCodePoints"]}
LOG = record(
    {
        "version": {"const": "2.1.0"},
        "runs": list_of(record({"tool": record({"driver": DRIVER})}, columnKind=COLUMNS, results=list_of(RESULT))),
    },
    **{"$schema": URI},
)


def test_it_is_sarif(spec, run):
    specs = spec(SPEC), spec("steps: 9\nlr: 1\nschedule: cosin\n", "bad file.yaml"), "none.yaml"
    log = json.loads(run("check", *specs, "--format", "sarif").out)
    assert [error.message for error in Draft7Validator(LOG).iter_errors(log)] == []
    assert len(log["runs"][0]["results"]) == 5


def test_a_fix_is_a_replacement_of_a_region(sarif):
    path, run = sarif
    (change,) = run["results"][1]["fixes"][0]["artifactChanges"]
    assert change == {
        "artifactLocation": {"uri": path.as_uri()},
        "replacements": [
            {
                "deletedRegion": {"startLine": 3, "startColumn": 44, "endLine": 3, "endColumn": 48},
                "insertedContent": {"text": "1000"},
            }
        ],
    }


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
    (result,) = json.loads(write_sarif(Report([Checked("sub/a b.yaml", [fault], bad=True)], False, "1")))["runs"][0][
        "results"
    ]
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
