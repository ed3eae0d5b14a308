"""`lrplot kinds`."""

import json

import pytest
from support import Run

from lrplot.schedules.fields import fields_of
from lrplot.schedules.kinds import KINDS


def test_list_names_every_kind(run: Run):
    lines = run("kinds").out.splitlines()
    assert [line.split()[0] for line in lines[: len(KINDS)]] == list(KINDS)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", list(KINDS))
def test_each_tells_its_fields_formula_and_source(run: Run, name):
    out = run("kinds", name).out
    kind = KINDS[name]
    for section in ("Formula", "Source"):
        assert kind.section(section).split()[0] in out
    for field in (*kind.fields, *kind.shared_fields):
        assert f"\n  {field.name}: {field.type}  (" in out


def test_json_is_the_schema(run: Run):
    data = {kind["name"]: kind for kind in json.loads(run("kinds", "--json").out)}
    assert list(data) == list(KINDS)
    every, gamma = (next(f for f in data["step"]["fields"] if f["name"] == name) for name in ("every", "gamma"))
    assert every["required"]
    assert (gamma["default"], gamma["type"]) == ("default 0.1", "number > 0")
    assert len(data["cosine"]["fields"]) == len(fields_of(KINDS["cosine"].builder))


def test_unknown_kind(run: Run):
    result = run("kinds", "cosin")
    assert result.code == 2
    assert "there is no kind `cosin`: did you mean `cosine`?" in " ".join(result.err.split())
