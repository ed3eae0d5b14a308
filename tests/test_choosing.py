"""The page on choosing a schedule: its presets exist, and its numbers are theirs."""

import re

import pytest
from maker.choosing import HEADER, TASKS
from support import ROOT

import lrplot
from lrplot.spec.source import preset_names

PAGE = (ROOT / "gallery" / "choosing.md").read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of the generated tables of a name."""
    text = re.search(rf"<!-- generated: {name} -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)[1]
    lines = [
        line.strip("| ").replace("| |", "|  |").split(" | ") for line in text.splitlines() if line.startswith("| ")
    ]
    return [line for line in lines if line[0] not in ("task", "shape", "---")]


RECIPES = {row[HEADER.index("preset")].strip("`"): dict(zip(HEADER, row, strict=True)) for row in rows("tasks")}
BOUNDS = {shape: tuple(map(float, values)) for shape, *values in rows("bounds")}


def test_every_recipe_is_a_preset_with_a_source():
    assert list(RECIPES) == [name for presets in TASKS.values() for name in presets]
    assert RECIPES.keys() <= set(preset_names())
    for name, row in RECIPES.items():
        assert row["source"] == lrplot.load(name).run.source.strip()


# Peak, update of the peak, end as a share of it, updates and batch, from each source's numbers by hand.
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("resnet50", ("0.1", "0", "1%", "450,450 updates, 90 epochs", "256")),  # 90 · ⌈1,281,167/256⌉
        ("resnet50_goyal", ("3.2", "780 (5.6%)", "0.1%", "14,040 updates, 90 epochs", "8,192")),  # 90 · 156
        ("vit_b16", ("3e-3", "10,000 (11%)", "0", "93,835 updates, 384.4M samples", "4,096")),
        ("mmseg_80k", ("0.01", "0", "1%", "80,000 updates", "")),
        ("detr_r50", ("1e-4", "0", "10%", "2,217,900 updates, 300 epochs", "16")),
        ("llama2_7b", ("3e-4", "2,000 (0.4%)", "10%", "500,000 updates, 2T tokens", "4M tokens")),
        ("deepseek_v2_lite", ("4.2e-4", "2,000 (0.66%)", "10%", "301,997 updates, 5.7T tokens", "4,608")),
        ("bert_pretrain", ("9.999e-5", "9,999 (1%)", "0", "1,000,000 updates", "256")),
        ("alpaca_7b", ("2e-5", "37 (3%)", "0", "1,218 updates", "128")),
        ("qlora_guanaco_7b", ("2e-4", "0", "100%", "1,875 updates", "16")),
        ("ppo_mujoco", ("3e-4", "0", "0.2%", "156,160 updates, 488 epochs", "64")),  # the last rollout has 1/488
        ("sac_constant", ("3e-4", "0", "100%", "3,000,000 updates", "")),
        ("wav2vec2_base", ("5e-4", "32,000 (8%)", "0", "400,000 updates", "")),
        ("wav2vec2_finetune_100h", ("3e-5", "8,000 (10%)", "5%", "80,000 updates", "")),
        ("whisper_finetune", ("1e-5", "500 (10%)", "0.022%", "5,000 updates", "32")),  # 1/4,500
        ("ddpm_cifar10", ("2e-4", "5,000 (0.62%)", "100%", "800,000 updates", "128")),
        ("dit_xl2", ("1e-4", "0", "100%", "7,005,600 updates, 1,400 epochs", "256")),  # 1,400 · ⌊1,281,167/256⌋
    ],
)  # fmt: skip
def test_numbers_of_a_recipe(name, numbers):
    row = RECIPES[name]
    assert tuple(row[title] for title in ("peak", "peak at update", "end / peak", "length", "batch")) == numbers


# Bound and peak in relation to a straight line's, from a double loop over the theorem's terms.
@pytest.mark.parametrize(
    ("shape", "bound", "peak"),
    [
        ("straight line to 0", 1.0, 1.0),
        ("cosine to 0", 1.03, 0.971),
        ("cosine to 10%", 1.107, 0.822),
        ("constant, linear cooldown of 40%", 1.029, 0.607),
        ("constant, linear cooldown of 20%", 1.08, 0.514),
        ("constant, 1 − √u over 20%", 1.063, 0.543),
        ("four cosines with warm restarts", 1.247, 0.802),
        ("a tenth at one and two thirds", 1.337, 1.01),
        ("constant", 1.642, 0.305),
    ],
)
def test_bounds_of_shapes(shape, bound, peak):
    assert BOUNDS[shape][1:] == pytest.approx((bound, peak), abs=0.0051)


def test_bounds_in_the_text_are_those_of_the_table():
    long, longer, right = re.search(r"([\d.]+) and ([\d.]+) for 25% and 50% too long, ([\d.]+) for", PAGE).groups()
    assert float(long) == BOUNDS["cosine to 0, planned 25% too long"][1]
    assert float(longer) == BOUNDS["cosine to 0, planned 50% too long"][1]
    assert float(right) == BOUNDS["cosine to 0"][1]
    assert (
        float(re.search(r"bound of four cycles is ([\d.]+)\.", PAGE)[1]) == BOUNDS["four cosines with warm restarts"][1]
    )
