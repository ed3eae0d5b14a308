"""The registry of kinds: every definition has the fields, the formula and the help that users need."""

import pytest

from lrplot.kinds import KINDS
from lrplot.kinds.recipes import Momentum
from lrplot.schema.definition import Definition
from lrplot.schema.fields import fields_of
from lrplot.schema.modifiers import Cooldown, Decaying, Placed, Warmup

# Every kind with the fields it must have and no others, and its value at step 0 with a base of 1.
MINIMAL = {
    "constant": ({}, 1),
    "warmup": ({}, 0),
    "linear": ({}, 1),
    "cosine": ({}, 1),
    "polynomial": ({}, 1),
    "sqrt": ({}, 1),
    "rex": ({}, 1),
    "exponential": ({"rate": 0.1}, 1),  # needs one of three
    "step": ({"every": 3}, 1),
    "multistep": ({"milestones": [3]}, 1),
    "inverse_sqrt": ({}, 1),
    "inverse_time": ({"rate": 1}, 1),
    "power_law": ({"exponent": 2, "rate": 1}, 1),
    "noam": ({"warmup": 4}, 0.25),
    "cosine_restarts": ({"period": 3}, 1),
    "cyclic": ({"up": 3}, 0),
    "one_cycle": ({}, 0.04),
    "wsd": ({}, 1),
    "points": ({"at": {0: 0.5}}, 0.5),
    "table": ({"file": "table.csv"}, 0.25),
    "expression": ({"value": "t + 7"}, 7),
    "sequence": ({"of": ["linear"]}, 1),
    "product": ({"of": ["linear"]}, 1),
    "repeat": ({"of": "linear", "times": 2}, 1),  # needs `times`, or a length of its own
}


@pytest.fixture
def in_folder_of_table(tmp_path, monkeypatch):
    (tmp_path / "table.csv").write_text("lr\n0.25\n")
    monkeypatch.chdir(tmp_path)


def test_every_kind_is_tested():
    assert set(MINIMAL) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_loads_with_its_required_fields_alone(name, load, in_folder_of_table):
    fields, first = MINIMAL[name]
    assert load({"kind": name, **fields})(0) == first
    if not fields:
        assert load(name)(0) == first


@pytest.mark.parametrize("name", KINDS)
def test_a_missing_required_field_is_refused(name, refuse, in_folder_of_table):
    fields, _ = MINIMAL[name]
    required = {field.name for field in KINDS[name].fields if field.required}
    assert required <= set(fields)
    for missing in required:
        rest = {key: value for key, value in fields.items() if key != missing}
        refuse({"kind": name, **rest}, "missing-field", f"`{name}` needs `{missing}`")


@pytest.mark.parametrize("name", KINDS)
def test_an_unknown_field_is_refused(name, refuse, in_folder_of_table):
    fields, _ = MINIMAL[name]
    refuse({"kind": name, **fields, "wobble": 1}, "unknown-field", f"`{name}` has no field `wobble`")


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_has_summary_formula_and_source(name):
    kind = KINDS[name]
    assert kind.name == name
    assert kind.summary.endswith(".")
    assert len(kind.summary) > 10
    assert len(kind.section("Formula")) > 3
    assert len(kind.section("Source")) > 3
    assert list(kind.advice) == ["good for", "cost", "recipe"]
    assert len(kind.advice["good for"]) > 10
    assert len(kind.advice["cost"]) > 10
    assert kind.fields


@pytest.mark.parametrize("name", KINDS)
def test_every_field_has_help(name):
    for field in (*KINDS[name].fields, *KINDS[name].shared_fields):
        assert field.help, field.name
        assert not field.help.endswith("."), field.name  # a phrase, as in a table


@pytest.mark.parametrize("record", [Placed, Decaying, Warmup, Cooldown, Momentum])
def test_every_field_of_a_record_has_help(record):
    fields = fields_of(record)
    assert fields
    for field in fields:
        assert field.help, field.name


def test_a_definition_is_read_from_signature_and_docstring():
    def builder(frame):
        """One line.

        Formula: a + b
            over two lines
        Source: a book

        Args:
            frame: where
        """

    kind = Definition("builder", builder, decaying=False)
    assert (kind.summary, kind.section("Formula"), kind.section("Source")) == (
        "One line.",
        "a + b over two lines",
        "a book",
    )
    assert kind.section("Proof") == ""
    clock = ["for", "until", "interval", "scheduler_steps_per_update"]
    assert [field.name for field in kind.shared_fields] == clock
    assert [field.name for field in Definition("k", builder, decaying=True).shared_fields] == [
        *clock, "warmup", "cooldown", "min",
    ]  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_only_decaying_kinds_take_the_shared_ramps(name):
    shared = {field.name for field in KINDS[name].shared_fields}
    clock = {"for", "until", "interval", "scheduler_steps_per_update"}
    assert shared == clock | ({"warmup", "cooldown", "min"} if KINDS[name].decaying else set())
