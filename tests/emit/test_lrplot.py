"""Specs as text: they load to the same curves, and name the keys that they come from."""

import numpy as np
import pytest
from support import CONFIGS, OPEN_FACTS

import lrplot
from lrplot.diagnostics import Source
from lrplot.spec.source import preset_names, preset_path
from lrplot.text.write import write_yaml
from lrplot.text.yaml import read_yaml

MOST = 2_000  # updates that are compared


def same(first, other):
    assert first.steps == other.steps
    assert first.tracks == other.tracks
    steps = np.unique(np.linspace(0, first.steps - 1, MOST).astype(np.int64))
    for name, values in first.at(steps).items():
        assert values.tobytes() == other.at(steps)[name].tobytes(), name


def facts_for(path):
    """The facts that an example leaves open: none, or a length."""
    facts = OPEN_FACTS.get(path.name, ())
    try:
        lrplot.load(path, facts)
    except lrplot.SpecError:
        return ("steps=1000",)
    return facts


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_s_text_loads_to_the_same_schedule(name, tmp_path):
    path = tmp_path / "again.yaml"
    path.write_text(
        lrplot.convert(preset_path(name)).replace("table.csv", str(preset_path("table").with_suffix(".csv")))
    )
    same(lrplot.load(preset_path(name)), lrplot.load(path))


@pytest.mark.parametrize("example", CONFIGS, ids=lambda path: path.name)
def test_a_config_s_spec_loads_to_the_same_schedule(example, tmp_path):
    facts = facts_for(example)
    path = tmp_path / "again.yaml"
    text = lrplot.convert(example, overrides=facts)
    path.write_text(text, encoding="utf-8")
    assert text.startswith("# read as ")
    same(lrplot.load(example, facts), lrplot.load(path))


def test_each_line_names_the_key_that_it_comes_from():
    config = {"num_train_epochs": 3, "learning_rate": 1e-3, "lr_scheduler_type": "linear", "warmup_ratio": 0.1}
    lines = lrplot.convert(config, overrides=["steps=100"]).splitlines()
    assert lines == [
        "# read as Hugging Face TrainingArguments by the rules of transformers 5",
        "steps: 100  # --set steps=100",
        "lr: 0.001  # learning_rate",
        "schedule:",
        "  use: transformers.Trainer  # lr_scheduler_type",
        "  lr_scheduler_type: linear  # lr_scheduler_type",
        "  warmup_steps: 10  # warmup_ratio",
    ]


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match=r"to must be one of accelerate, composer, .*, transformers, not 'nothing'"):
        lrplot.convert("cosine", to="nothing")


@pytest.mark.parametrize(
    "value",
    ['"true"', '"1e-3"', "1e-3", "10%", "5 epochs", '"a: b # c"', '"\\u001b[0m"', "'it''s'", '"- x"', "[]", "{}", "x"],
)
def test_values_are_read_back_as_they_were(value):
    tree = read_yaml(Source("a", f"key: [{value}, {{inner: {value}}}]\nother: {value}\n"))
    assert plain(read_yaml(Source("b", write_yaml(tree)))) == plain(tree)


def plain(node):
    """A tree without places; a word is the same with and without quotes."""
    if hasattr(node, "entries"):
        return {entry.key.text: plain(entry.value) for entry in node}
    if hasattr(node, "items"):
        return [plain(item) for item in node.items]
    return node.text, node.quoted and not node.text.isalpha()
