"""How much a spec costs to read, to build, to check and to draw: counted, not timed."""

from __future__ import annotations

import json

import pytest

import lrplot
from lrplot import SpecError
from lrplot.analysis.summary import summarize
from lrplot.curves.curve import Flat
from lrplot.curves.product import Product
from lrplot.curves.repeat import Repeat
from lrplot.curves.wrappers import Scaled
from lrplot.engine import evaluate as engine
from lrplot.engine import extremes
from lrplot.engine.extremes import columns
from lrplot.engine.work import work_of
from lrplot.schema.recipe import Recipe

LONG = 10**12


@pytest.fixture
def evaluated(monkeypatch):
    """The number of steps at which each call has evaluated a curve."""
    counts = []
    plain = engine.raw_values

    def counted(curve, steps):
        counts.append(len(steps))
        return plain(curve, steps)

    monkeypatch.setattr(engine, "raw_values", counted)
    monkeypatch.setattr(extremes, "raw_values", counted)
    return counts


@pytest.fixture
def built(monkeypatch):
    """The recipes that were built."""
    recipes = []
    plain = Recipe.tracks

    def counted(self, frame):
        recipes.append(self)
        return plain(self, frame)

    monkeypatch.setattr(Recipe, "tracks", counted)
    return recipes


def nested(depth, schedule, **fields):
    """A schedule inside `depth` repetitions."""
    for _ in range(depth):
        schedule = {"kind": "repeat", "of": schedule, **fields}
    return schedule


def test_work_counts_the_curves_and_operations_of_a_step():
    flat = Flat(10, 1.0)
    assert work_of(flat) == 1
    assert work_of(Scaled(Repeat(10, flat, 3), 2.0)) == 3
    schedule = {"kind": "product", "of": ["linear", {"kind": "repeat", "times": 2, "of": "linear"}]}
    inside = work_of(lrplot.load({"steps": 10, "lr": 1, "schedule": "linear"}).run.tracks["lr"].curve)
    product = lrplot.load({"steps": 10, "lr": 1, "schedule": schedule}).run.tracks["lr"].curve.phases[0].curve
    assert isinstance(product, Product)
    assert work_of(product) == 1 + 1 + 2
    assert inside == 2  # a sequence of one phase
    phases = [{"kind": "linear", "for": 5}, {"kind": "expression", "value": "1 + cos(t) * 2"}]
    assert work_of(lrplot.load({"steps": 10, "lr": 1, "schedule": phases}).run.tracks["lr"].curve) > 6


DEEP = {
    "repeat of restarts": nested(14, {"kind": "cosine_restarts", "period": 3, "for": 1_000}, times=2),
    "repeat of lists": nested(7, [{"kind": "warmup", "for": 3}, {"kind": "linear", "for": 5}], times=3),
    "repeat thirty deep": nested(30, {"kind": "linear", "for": 3}, times=1_000),
    "many factors": {"kind": "product", "of": ["linear"] * 300},
    "long expression": {"kind": "expression", "value": "+".join(["t"] * 50)},
    "cycles one after the other": [
        {"kind": "cosine_restarts", "period": 7, "for": 500_000_000_000, "warmup": 3},
        {"kind": "cyclic", "up": 3, "for": 100_000_000_000},
        {"kind": "repeat", "of": {"kind": "linear", "for": 3}},
    ],
}


@pytest.mark.parametrize("name", DEEP)
def test_a_long_run_of_many_curves_is_checked_with_little_work(name, evaluated, built):
    curve = lrplot.load({"steps": LONG, "lr": 1, "schedule": DEEP[name]}).run.tracks["lr"].curve
    assert sum(evaluated) * work_of(curve) < 1 << 25
    assert len(built) < 2_100


@pytest.mark.parametrize("name", DEEP)
def test_a_long_run_of_many_curves_is_drawn_from_a_sample(name, evaluated):
    curve = lrplot.load({"steps": LONG, "lr": 1, "schedule": DEEP[name]}).run.tracks["lr"].curve
    evaluated.clear()
    columns(curve, 0, LONG, 200)
    summarize(curve, LONG)
    assert sum(evaluated) < 1 << 20


def test_a_run_too_long_for_values_that_take_those_before_is_refused(evaluated):
    spec = {"steps": LONG, "lr": 1, "schedule": {"use": "torch.MultiplicativeLR", "lr_lambda": "0.999"}}
    with pytest.raises(SpecError, match="computed from the one before: at most 100,000,000 updates"):
        lrplot.load(spec)
    assert lrplot.load({**spec, "steps": 10**8})(2) == 0.999 * 0.999
    assert sum(evaluated) < 1 << 23


def test_a_run_of_many_tracks_is_checked_with_little_work(evaluated):
    schedule = {"kind": "cosine_restarts", "period": 3}
    lrplot.load({"steps": LONG, "lr": 1, "schedule": schedule, "layer_decay": {"layers": 500, "decay": 0.99}})
    assert sum(evaluated) < 1 << 23


def test_a_bad_value_far_into_a_run_is_found_in_the_sample():
    value = "t if t < 600000000000 else 1 / (t - t)"
    with pytest.raises(SpecError, match=r"error\[not-finite\]: `lr` is not finite at step 600,000,000,000: inf"):
        lrplot.load({"steps": LONG, "lr": 1, "schedule": {"kind": "expression", "value": value}})


def test_repetitions_past_an_int64_are_evaluated():
    schedule = lrplot.load({"steps": 7, "lr": 1, "schedule": nested(9, {"kind": "linear", "for": 4}, times=1_000)})
    assert schedule.lr.tolist() == [1.0, 0.75, 0.5, 0.25, 1.0, 0.75, 0.5]


PHASE = {"kind": "linear", "for": 1}


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        ({"schedule": [PHASE] * 2_500}, "a spec has at most 2,000 schedules"),
        ({"schedule": {"kind": "product", "of": ["linear"] * 50_000}}, "a spec has at most 2,000 schedules"),
        ({"schedule": ["x"] * 60 + [PHASE] * 2_500}, r"and 11 more faults"),
        (
            {"schedule": [PHASE] * 100, "groups": {f"g{i}": {"lr": 0.5} for i in range(50)}},
            "the groups make 5,050 schedules of those in the spec, more than 4,000",
        ),
    ],
)
def test_a_spec_of_too_many_schedules_is_refused_before_it_is_built(spec, match, built):
    with pytest.raises(SpecError, match=match):
        lrplot.load({"steps": LONG, "lr": 1, **spec})
    assert len(built) <= 1  # of its list


def test_a_repeated_key_is_looked_up_only_while_its_fault_is_shown(diagnostics):
    keys = ", ".join(f"x{i}: 1" for i in range(5_000))
    found = diagnostics(f"steps: 5\nlr: 1\nschedule: {{kind: cosine, {keys}, {keys}}}\n")
    assert len(found) == 51
    assert found[-1].message == "and 9,950 more faults"


@pytest.mark.parametrize(
    "text", ["a" * 100_000 + "1", "1" * 100_000 + "a", "1 " * 50_000, "1_" * 50_000, "1." * 50_000]
)
@pytest.mark.parametrize("field", ["warmup", "to", "power", "inclusive"])
def test_a_long_text_is_refused_in_linear_time(text, field, diagnostics):
    kind = "polynomial" if field == "power" else "cosine"
    (found,) = diagnostics(json.dumps({"steps": 5, "lr": 1, "schedule": {"kind": kind, field: text}}), name="a.json")
    assert found.span.line == 0


@pytest.mark.parametrize("piece", ['"""\n\\', '"\\', "'", "'''\n", '"""', "[a]\n", "a=[", "# '\"\n"])
def test_texts_of_toml_that_are_not_closed_are_refused_in_linear_time(piece, diagnostics):
    assert diagnostics("steps = 1\n" + piece * (200_000 // len(piece)), name="a.toml")
