"""The JSON Schemas of what `check` prints, read by a validator of draft-07."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

import pytest
from jsonschema import Draft7Validator
from support import ROOT

import lrplot
from lrplot.cli.commands.schema import Form
from lrplot.output.record_schema import record_schema
from lrplot.output.schemas import SCHEMAS

CUT = "steps: 1000\nlr: 1e-3\nschedule: {kind: linear, warmup: 9, for: 1250}\n"
TWICE = [ROOT / "gallery/specs/logs/run/args.yaml", "--log", ROOT / "gallery/specs/logs/twice.json"]


@pytest.fixture
def faults(run):
    """The faults of what a command prints as JSON, by the schema of a name."""

    def call(name, *arguments):
        schema = json.loads(run("schema", name).out)
        Draft7Validator.check_schema(schema)
        printed = json.loads(run(*arguments).out)
        return [error.message for error in Draft7Validator(schema).iter_errors(printed)]

    return call


def test_what_check_prints_has_no_fault(faults, run, spec):
    cut, bad, clean = spec(CUT, "cut.yaml"), spec("steps: 9\nlr: 1\nschedule: cosin\n", "bad.yaml"), spec(CUT, "c.yaml")
    stuck = spec("steps: 9\nlr: 1\nschedule: {kind: cosin, period: 3}\n", "stuck.yaml")
    as_json = ("--format", "json")
    assert faults("check", "check", cut, bad, "none.yaml", *as_json) == []
    assert faults("check", "check", "cosine", "--set", "schedule.for=99k", *as_json) == []
    assert faults("check", "check", cut, bad, "--statistics", *as_json) == []
    assert faults("check", "check", clean, stuck, "--fix", *as_json) == []
    assert faults("check", "check", *TWICE, *as_json) == []
    assert faults("check", "check", ROOT / "gallery/specs/logs/run", *as_json) == []
    assert faults("check", "check", cut, "--select", "cut-shrot", *as_json) == []
    assert faults("check", "check", cut, "--log", "none.csv", "--format=json", "-q") == []
    assert faults("rules", "check", "--explain", "all", *as_json) == []
    assert faults("rules", "check", "--explain", "cut-short", *as_json) == []


def test_another_form_has_faults(run):
    schema = Draft7Validator(json.loads(run("schema", "check").out))
    good = {"format": "lrplot/check/1", "specs": 1, "findings": []}
    finding = {"severity": "note", "code": "x", "message": "x", **dict.fromkeys(("help", "url", "fix", "file"))}
    finding |= dict.fromkeys(("line", "column", "endColumn"))
    assert schema.is_valid(good)
    assert schema.is_valid(good | {"findings": [finding]})
    for bad in (
        {**good, "format": "lrplot/check/2"},
        {**good, "specs": "1"},
        {**good, "more": 1},
        {"format": "lrplot/check/1", "specs": 1},
        {**good, "log": "a.csv"},  # without the numbers of the agreement
        {**good, "findings": [finding | {"severity": "bad"}]},
        {**good, "findings": [finding | {"line": 1.5}]},
        {**good, "findings": [{"code": "x"}]},
        {**good, "fixed": None},
    ):
        assert not schema.is_valid(bad), bad


def test_a_schema_is_written_into_a_file(run, tmp_path):
    path = tmp_path / "check.schema.json"
    assert run("schema", "check", "-o", path).out == ""
    assert path.read_text(encoding="utf-8") == run("schema", "check").out


@pytest.mark.parametrize("name", SCHEMAS)
def test_python_has_the_schemas_too(run, name):
    assert lrplot.json_schema(name) == json.loads(run("schema", name).out)
    with pytest.raises(ValueError, match="one of spec, check, rules"):
        lrplot.json_schema("chek")


def test_the_command_knows_every_schema():
    assert [*Form] == [*SCHEMAS]


def test_the_schema_of_a_spec_is_the_default(run):
    assert run("schema").out == run("schema", "spec").out
    assert run("schema", "chek").code == 2


@dataclass(frozen=True)
class InnerData:
    """A part.

    Args:
        word: one of two
    """

    word: Literal["a", "b"]


@dataclass(frozen=True)
class OuterData(InnerData):
    """A whole.

    Args:
        parts: its parts
        part: one, if it is there
        share: a number, or nothing
    """

    parts: list[InnerData]
    share: float | None
    part: InnerData | None = None


def test_a_schema_follows_the_fields_of_a_dataclass():
    schema = json.loads(record_schema("test", OuterData))
    assert (schema["$id"], schema["description"]) == ("urn:lrplot:test:1", "A whole.")
    assert schema["required"] == ["format", "word", "parts", "share"]
    assert schema["properties"]["share"]["anyOf"] == [{"type": "number"}, {"type": "null"}]
    assert schema["properties"]["word"]["description"] == "one of two"
    good = {"format": "lrplot/test/1", "word": "a", "parts": [{"word": "b"}], "share": None}
    validator = Draft7Validator(schema)
    assert validator.is_valid(good)
    assert validator.is_valid({**good, "part": {"word": "a"}})
    assert not validator.is_valid({**good, "parts": [{"word": "c"}]})
    assert not validator.is_valid({**good, "part": None})
