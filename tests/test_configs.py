"""Every shipped spec is commented, names its run, covers a kind, and can be drawn."""

import numpy as np
import pytest
from support import ROOT, Run

import lrplot
from lrplot.kinds import KINDS
from lrplot.output.json_schema import json_schema
from lrplot.spec.source import preset_names, read_source
from lrplot.text.tree import Listing, Mapping, Node, Scalar
from lrplot.text.yaml import read_yaml

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


def kinds_in(node: Node) -> set[str]:
    """The kinds a tree asks for."""
    match node:
        case Mapping(entries=entries):
            named = {entry.value.text for entry in entries if entry.key.text == "kind"}
            return named.union(*(kinds_in(entry.value) for entry in entries))
        case Listing(items=items):
            return {"sequence"}.union(*map(kinds_in, items))
        case Scalar(text=text):
            return {text} & set(KINDS)


def test_every_kind_has_a_config():
    used = set().union(*(kinds_in(read_yaml(read_source(path)[0])) for path in CONFIGS))
    assert set(KINDS) <= used


@pytest.mark.parametrize("kind", KINDS)
def test_recipe_of_a_kind_is_a_config_that_uses_it(kind):
    path = ROOT / "configs" / f"{KINDS[kind].section('Recipe')}.yaml"
    assert kind in kinds_in(read_yaml(read_source(path)[0]))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_config_is_commented_and_draws(path, run: Run):
    assert path.read_text().startswith("# yaml-language-server: $schema=lrplot.schema.json\n# ")
    shown = run("show", path, "--width", 80)
    assert (shown.code, shown.err) == (0, "")
    assert max(map(len, shown.out.splitlines())) <= 80
    schedule = lrplot.load(path)
    assert schedule.name in shown.out
    assert schedule.name != path.stem
    assert schedule.run.tracks["lr"].curve.segments()
    curve = schedule.evaluate(stop=min(schedule.steps, 100_000))["lr"]
    assert np.isfinite(curve).all()
    assert curve.min() >= 0


def test_the_schema_beside_the_configs_is_that_of_the_command():
    assert (ROOT / "configs" / "lrplot.schema.json").read_text(encoding="utf-8") == json_schema()


@pytest.mark.parametrize("name", preset_names())
def test_config_is_a_preset(name):
    assert lrplot.load(name).steps == lrplot.load(ROOT / "configs" / f"{name}.yaml").steps


# Values worked out by hand from each config's numbers.
@pytest.mark.parametrize(
    ("name", "step", "value"),
    [
        ("constant", 250, 1.5e-4),
        ("warmup", 500, 5e-4),
        ("linear", 505_000, 5e-5),
        ("constant_then_linear", 150, 1e-4),
        ("cosine", 5_250, 1.65e-4),
        ("exponential", 1_251 * 5 + 3_002, 0.016 * 0.97),
        ("exponential", 1_251 * 5 + 3_001, 0.016),
        ("lr_range_test", 999, 10.0),
        ("step", 30, 0.01),
        ("multistep", 391 * 123, 1e-3),
        ("inverse_sqrt", 16_000, 2.5e-4),
        ("inverse_time", 2_000, 0.05),
        ("noam", 3_999, 512**-0.5 * 4_000**-0.5),
        ("cosine_restarts", 3_900 + 3_900, 0.025),
        ("cyclic", 6_000, 3.5e-3),
        ("one_cycle", 882, 0.4),
        ("wsd", 42_500, 5e-4),
        ("points", 245, 0.2),
        ("table", 19, 5e-5),
        ("product", 5_000, 0.1 * 0.55 * 0.64),
        ("repeat", 2_250, 5e-4),
        ("sequence", 140_000, 1e-5),
    ],
)
def test_config_value(name, step, value):
    assert lrplot.load(name)(step) == pytest.approx(value, rel=1e-12, abs=0)


def test_layers_decay_from_the_last_down():
    schedule = lrplot.load("layer_decay")
    peak = 5 * 1_252  # updates: 1,281,167 samples, 1,024 at a time, last batch partial
    values = schedule.at(peak)
    assert schedule.steps == 100 * 1_252
    assert values["lr/layer_12"] == values["lr"] == 1e-3
    assert values["lr/layer_1"] == pytest.approx(1e-3 * 0.75**11, rel=1e-12, abs=0)
