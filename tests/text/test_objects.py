"""Python mappings and TOML files read as YAML is: the same values, the same faults, each at its key."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
import pytest

from lrplot import SpecError, load

COSINE = {"steps": 10, "lr": 1.0, "schedule": "cosine"}


def lr(value):
    """A spec whose only update has this rate."""
    return {"steps": 1, "lr": value, "schedule": "constant"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (0, 0.0),
        (1e-4, 1e-4),
        (0.1 + 0.2, 0.30000000000000004),
        (5e-324, 5e-324),
        (10**200, 1e200),
        (np.float64(1e-4), 1e-4),
        (np.float32(0.1), 0.10000000149011612),
        (np.float16(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.uint8(255), 255.0),
        ("300B", 3e11),
        ("10k", 1e4),
        ("1/3", 1 / 3),
        (np.str_("1.5M"), 1.5e6),
    ],
)
def test_numbers_of_any_type_are_read(value, expected):
    assert load(lr(value))(0) == expected


REFUSED = {
    "boolean": (True, "boolean"),
    "text of a number": ("1e-4", "quoted-number"),
    "text of a whole number": ("10_000", "quoted-number"),
    "text of a hexadecimal number": ("0x10", "quoted-number"),
    "other text": ("on", "bad-type"),
    "text of a boolean": ("true", "bad-type"),
    "empty text": ("", "bad-type"),
    "space before a number": (" 10k", "bad-type"),
    "negative": (-1.0, "bad-value"),
    "beyond float64": (10**400, "bad-number"),
    "list": ([1.0], "bad-type"),
    "tuple": ((1.0,), "bad-type"),
    "mapping": ({"value": 1.0}, "bad-type"),
    "set": ({1.0}, "bad-type"),
    "date": (date(2020, 1, 1), "bad-type"),
    "datetime": (datetime(2020, 1, 1), "bad-type"),
    "complex": (1j, "bad-type"),
    "bytes": (b"1", "bad-type"),
    "array": (np.array([1.0]), "bad-type"),
    "function": (abs, "bad-type"),
    "class": (int, "bad-type"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_value_that_is_not_a_number_is_refused(name, faults):
    value, code = REFUSED[name]
    assert faults(lr(value)) == [(code, "lr")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.float64("nan"), np.float32("inf")])
def test_nan_and_infinity_are_refused(value, faults):
    ((_, path),) = faults(lr(value))
    assert path == "lr"


def test_any_mapping_and_any_sequence_will_do():
    schedule = {"kind": "multistep", "milestones": (2, np.int64(4)), "gamma": 0.5}
    expected = [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    for milestones in (schedule["milestones"], [2, 4], range(2, 5, 2)):
        for kind in (dict, OrderedDict, MappingProxyType):
            spec = kind({"steps": 6, "lr": 1, "schedule": kind({**schedule, "milestones": milestones})})
            assert load(spec).lr.tolist() == expected


def test_whole_numbers_may_be_floats():
    assert load({**COSINE, "steps": 10.0}).steps == 10
    assert load({**COSINE, "steps": np.int32(7)}).steps == 7
    assert load({**COSINE, "steps": "10k"}).steps == 10_000


def test_keys_may_be_numbers():
    points = {0: 1.0, np.int64(2): 3.0, "100%": 7.0}
    assert load({"steps": 4, "schedule": {"kind": "points", "at": points}}).lr.tolist() == [1.0, 2.0, 3.0, 5.0]


def test_none_is_read_as_null(faults):
    assert load({**COSINE, "name": None, "momentum": None, "source": None}).tracks == ("lr",)
    assert faults({**COSINE, "schedule": None}) == [("missing-value", "schedule")]
    assert faults({**COSINE, "schedule": {"kind": "cosine", "to": None}}) == [("missing-value", "schedule.to")]


def test_every_fault_has_its_path(faults):
    spec = {
        "steps": True,
        "lr": "1",
        "schedule": [{"kind": "warmup", "for": False}, {"kind": "cosine", "cooldown": {"for": 1, "shap": "sqrt"}}],
        "groups": {"head": {"lrr": 1}},
        3: 4,
    }
    assert faults(spec) == [
        ("boolean", "steps"),
        ("quoted-number", "lr"),
        ("boolean", "schedule[0].for"),
        ("unknown-field", "schedule[1].cooldown.shap"),
        ("unknown-field", "groups.head.lrr"),
        ("unknown-field", "3"),
    ]


def test_a_mapping_inside_itself_is_refused(faults):
    spec = {"steps": 10, "lr": 1}
    spec["schedule"] = {"kind": "repeat", "of": spec}
    ((code, path),) = faults(spec)
    assert code == "too-deep"
    assert path.startswith("schedule.of.schedule.of.")


def test_the_mapping_is_not_changed():
    spec = {"steps": 10, "lr": 1, "schedule": [{"kind": "warmup", "for": 2}, {"kind": "cosine"}]}
    load(spec, ["schedule[0].for=3", "lr=2"])
    assert spec == {"steps": 10, "lr": 1, "schedule": [{"kind": "warmup", "for": 2}, {"kind": "cosine"}]}


@pytest.mark.parametrize("value", [None, 5, [COSINE], b"cosine"])
def test_an_object_that_is_no_spec_is_a_type_error(value):
    with pytest.raises(TypeError, match=r"str|PathLike"):
        load(value)


TOML = """\
# a run
steps = 1_000
lr = 1e-3
name = "lr = 5 # not the rate"

[schedule]
kind = "cosine"
to = "10%"

[schedule.warmup]
for = 100

[groups]
head = {lr = 2e-3}
bias.lr = 0x1
"""


@pytest.mark.parametrize("text", [TOML, TOML.replace("\n", "\r\n"), "\ufeff" + TOML])
def test_a_toml_file_is_read(text, read):
    schedule = read(text, name="run.toml")
    assert (schedule.name, schedule.steps) == ("lr = 5 # not the rate", 1_000)
    assert schedule.tracks == ("lr", "lr/head", "lr/bias")
    assert {name: values.item() for name, values in schedule.at(100).items()} == {
        "lr": 1e-3,
        "lr/head": 2e-3,
        "lr/bias": 1.0,
    }
    assert schedule(10**6) == 1e-4


@pytest.mark.parametrize(
    ("old", "new", "code", "marked"),
    [
        ("steps = 1_000", "steps = true", "boolean", "true"),
        ("steps = 1_000", 'steps = "1000"', "quoted-number", '"1000"'),
        ("steps = 1_000", "steps = 1.5", "not-whole", "1.5"),
        ("steps = 1_000", "step = 1_000", "unknown-field", "step"),
        ("lr = 1e-3", "lr = -1", "bad-value", "-1"),
        ("lr = 1e-3", "lr = 2020-01-01", "bad-type", "2020-01-01"),
        ("lr = 1e-3", "lr = 07:32:00", "bad-type", "07:32:00"),
        ("lr = 1e-3", "lr = [1]", "bad-type", "["),
        ('kind = "cosine"', 'kind = "cosin"', "unknown-kind", '"cosin"'),
        ('to = "10%"', 'too = "10%"', "unknown-field", "too"),
        ('to = "10%"', 'inclusive = "yes"', "bad-type", '"yes"'),
        ("for = 100", "for = -100", "bad-value", "-100"),
        ("for = 100", "for = 100\nshap = 'sqrt'", "unknown-field", "shap"),
        ("{lr = 2e-3}", "{lr = 2e-3, lrr = 1}", "unknown-field", "lrr"),
        ("bias.lr", "bias.lrr", "unknown-field", "lrr"),
        ("bias.lr = 0x1", '"bias \\u00e9".lrr = 1', "unknown-field", "lrr"),
        ("bias.lr = 0x1", "bias.lr = [\n  # ]\n  1]", "bad-type", "["),
        ("bias.lr = 0x1", "a.schedule.x.y = 1", "missing-field", "schedule"),
        ("bias.lr = 0x1", "a.schedule.kind = 1", "unknown-kind", "1"),
        ("bias.lr = 0x1", "a.x.y = 1\na.x.z = 1", "unknown-field", "x"),
        ("[groups]", "[a.b.c]\nx = 1\n[groups]", "unknown-field", "a"),
        ("[groups]", "[[momentum]]\nkin = 'x'\n[groups]", "missing-field", "momentum"),
        ("lr = 1e-3", "lr = 2020-01-01 07:32:00.5", "bad-type", "2020-01-01 07:32:00.5"),
        ("lr = 1e-3", 'lr = """5\n"""', "bad-type", '"""5'),
        ("lr = 1e-3", '"l\\u0072" = -1', "bad-value", "-1"),
        ("lr = 1e-3", f"lr = {'9' * 5_000}", "bad-number", "9" * 5_000),
    ],
)
def test_a_fault_in_toml_is_located(old, new, code, marked, faults):
    found = faults(TOML.replace(old, new), name="run.toml")
    assert (code, marked) in found
    assert all(marked for _, marked in found)
    assert len(found) == 1


def test_a_bare_word_in_toml_needs_quotes(diagnostics):
    (found,) = diagnostics("steps = 10\nlr = 1\nschedule = cosine\n", name="run.toml")
    assert found.help == 'text needs quotes: `"cosine"`'
    assert (found.span.line, found.span.column, found.span.end_column) == (2, 11, 17)
    (other,) = diagnostics("steps = \n", name="run.toml")
    assert other.help is None


def test_a_place_in_toml_after_other_line_ends(diagnostics):
    text = 'steps = 10\r\nlr = 1 # \u2028 é\nname = """a\r\nb"""\n\nschedule = "cosin"\n'
    (found,) = diagnostics(text, name="run.toml")
    assert (found.span.line, found.span.column, found.span.end_column) == (5, 11, 18)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("steps = 10\nlr = \n", 1, 5),
        ("steps = 10\nsteps = 11\n", 1, 10),
        ("steps = 10\r\n[schedule\r\n", 1, 9),
        ("steps = 10\nschedule = [1, 2\n", 1, 16),
        ('name = "a\x01"\n', 0, 9),
        ("steps = 010\n", 0, 9),
        ("steps: 10\n", 0, 5),
        ('lr = 1\n"lr" = 2\n', 1, 8),
    ],
)
def test_a_toml_syntax_error_is_located(text, line, column, write):
    with pytest.raises(SpecError, match=r"error\[syntax\]: not valid TOML: ") as error:
        load(write(text, "run.toml"))
    (found,) = error.value.diagnostics
    assert (found.code, found.span.line, found.span.column) == ("syntax", line, column)


def test_nesting_in_toml_is_limited_and_located(faults):
    deep = "[" * 200 + "]" * 200
    assert faults(f"steps = 10\nlr = 1\nschedule = {deep}\n", name="run.toml") == [("too-deep", "[")]
    deeper = "[" * 20_000 + "]" * 20_000
    assert faults(f"steps = 10\nlr = 1\nschedule = {deeper}\n", name="run.toml") == [("too-deep", "[")]
    for dots in (".", " . "):
        dotted = dots.join("a" * 20_000)
        for text in (f"steps = 10\n{dotted} = 1\n", f"[{dotted}]\nb = 1\n", f"a = {{{dotted} = 1}}\n"):
            assert faults(text, name="run.toml") == [("too-deep", ".")]


def test_objects_that_hold_the_same_ones_very_often_are_refused():
    nested = [1]
    for _ in range(30):
        nested = [nested, nested]
    for each in (nested, [[1] * 1_000] * 200):
        with pytest.raises(SpecError, match="stand at several places make more than 50,000 values"):
            load({**COSINE, "groups": each})


def test_one_object_may_stand_at_several_places():
    phase = {"kind": "linear", "for": 1}
    assert load({**COSINE, "schedule": [phase] * 10}).run.tracks["lr"].curve.segments()[-1].stop == 10
