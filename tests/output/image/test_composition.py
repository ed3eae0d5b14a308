"""Compositions: no text over another, nothing outside of the sheet, at any size."""

from itertools import combinations

import numpy as np
import pytest
from support import log_of, points

import lrplot
from lrplot.chart.picture import picture_of
from lrplot.diagnostics import Fault
from lrplot.output.image.shared.composition import compose
from lrplot.output.image.shared.legend import limited
from lrplot.output.image.shared.lines import crosses
from lrplot.output.image.shared.scene import Box, Dots, Patch, Stroke, Text
from lrplot.output.image.shared.sheet import THEMES
from lrplot.runs.logged import runs_of
from lrplot.spec.source import preset_names

LIGHT = THEMES["light"]
SIZES = [(6.4, 3.6), (12, 7), (4, 3), (3.25, 2), (2.5, 1.8), (20, 3), (3, 9)]
NAMES = [f"encoder_block_{i}_attention_weights" for i in range(1, 25)]
COSINE = {"name": "Run", "steps": 10_000, "lr": 3e-4, "schedule": {"kind": "cosine", "warmup": 500, "to": "10%"}}
MANY_GROUPS = COSINE | {"name": "A long title " * 20, "groups": {name: {"lr": 1e-4} for name in NAMES}}


def measure(text: str, size: float, bold: bool) -> float:
    """Widths as in DejaVu Sans, whose letters are 0.6 of their size wide on average."""
    return len(text) * size * (0.7 if bold else 0.62)


def composed(*specs, size=(6.4, 3.6), **options):
    runs = [lrplot.load(spec).run for spec in specs]
    picture = picture_of(runs, None, options.pop("log", False), 1_280, **options)
    return compose(picture, Box(0, 0, 72 * size[0], 72 * size[1]), LIGHT, measure)


def texts(items) -> list[str]:
    return [item.text for item in items if isinstance(item, Text)]


def check(items, size) -> None:
    """Check that every text is on the sheet, and none over another."""
    boxes = [(item.text, item.box) for item in items if isinstance(item, Text)]
    for text, box in boxes:
        assert box.left >= 0, text
        assert box.bottom >= 0, text
        assert box.right <= 72 * size[0], text
        assert box.top <= 72 * size[1], text
    for (one, box), (other, other_box) in combinations(boxes, 2):
        assert not box.meets(other_box), (one, other)


@pytest.mark.parametrize(("index", "name"), list(enumerate(preset_names())))
def test_texts_of_every_preset_have_room(index, name):
    for log in (False, True):
        size = SIZES[(index + log) % len(SIZES)]
        if size == (2.5, 1.8) and name == "dino_vit_s16":
            continue  # refused: it has three panels
        check(composed(name, size=size, log=log), size)


@pytest.mark.parametrize("size", SIZES)
def test_texts_of_many_groups_and_of_many_runs_have_room(size):
    check(composed(MANY_GROUPS, size=size), size)
    runs = [COSINE | {"name": f"A run with number {i}", "lr": 1e-4 * i} for i in range(1, 9)]
    check(composed(*runs, size=size), size)
    check(composed(*runs[:2], size=size, spans=[(37, 10_000)] * 2, normalize=True), size)


def test_a_sheet_that_is_too_small_is_refused():
    with pytest.raises(Fault, match=r"2x1\.2 inches are too few for this picture") as caught:
        composed("one_cycle", size=(2, 1.2))
    assert caught.value.field == "size"


def test_a_small_sheet_has_no_second_axis_and_fewer_ticks():
    large, small = composed("yolov5"), composed("yolov5", size=(3.25, 2))
    assert "steps" in texts(large)
    assert "steps" not in texts(small)
    assert len(texts(small)) < len(texts(large))


def test_texts_grow_with_the_sheet():
    sizes = [next(item.size for item in composed(COSINE, size=size) if isinstance(item, Text)) for size in SIZES[:5]]
    assert sizes[1] > sizes[0] > sizes[2] > sizes[3] >= sizes[4] > 6


def test_the_peak_the_end_and_the_runs_length_are_labelled():
    found = texts(composed(COSINE | {"steps": 9_343}))
    assert {"3e-4", "3e-5", "9,343"} <= set(found)


def test_the_lowest_value_is_labelled_if_the_end_is_another():
    cyclic = {"kind": "cyclic", "min": 1e-3, "max": 5e-3, "up": 1_000}
    found = composed({"steps": 9_501, "schedule": cyclic})
    assert {"1e-3", "5e-3", "3e-3"} <= set(texts(found))


def test_a_warmup_that_is_too_short_to_see_is_named_with_its_length():
    short = COSINE | {"steps": 1_000_000, "schedule": {"kind": "cosine", "warmup": 200}}
    assert "warmup, 200 steps" in texts(composed(short))
    assert "warmup" in texts(composed(COSINE | {"steps": 2_000}))


def test_remarks_are_below_the_title():
    assert "weight decay 0.1" in texts(composed(COSINE | {"weight_decay": 0.1}))


def test_a_legend_is_read_from_the_highest_curve_down():
    runs = [COSINE | {"name": f"run {i}", "lr": lr} for i, lr in enumerate((1e-4, 3e-4, 2e-4))]
    found = [text for text in texts(composed(*runs)) if text.startswith("run")]
    assert found == ["run 1", "run 2", "run 0"]
    ordered = [text for text in texts(composed(*runs, order=[1, 3, 2])) if text.startswith("run")]
    assert ordered == ["run 0", "run 2", "run 1"]


def test_a_legend_among_the_curves_is_clear_of_them():
    items = composed(COSINE, COSINE | {"name": "Other", "lr": 1e-4})
    (box,) = [item.box for item in items if isinstance(item, Patch) and item.box.height > 20]
    curves = [(item.x, item.y) for item in items if isinstance(item, Stroke) and len(item.x) > 10]
    assert len(curves) == 2
    assert not any(crosses(curve, box.left, box.bottom, box.right, box.top) for curve in curves)


@pytest.mark.parametrize(("count", "most", "left_out"), [(4, 4, 0), (5, 4, 2), (30, 24, 7)])
def test_a_remark_of_more_entries_never_stands_for_a_single_one(count, most, left_out):
    labels = [entry.label if hasattr(entry, "label") else "" for entry in limited(["x"] * count, most)]
    assert len(labels) == most
    assert labels[-1] == (f"… {left_out} more" if left_out else "")


def test_a_legend_of_ordered_variants_names_some_of_all():
    runs = [COSINE | {"name": f"lr={i}", "lr": 1e-5 * i} for i in range(1, 65)]
    found = [text for text in texts(composed(*runs, order=range(64))) if text.startswith(("lr=", "…"))]
    assert (found[0], found[-2], found[-1]) == ("lr=1", "lr=64", f"… {64 - len(found) + 1} more")


def test_variants_in_order_have_colors_in_order():
    runs = [COSINE | {"lr": lr} for lr in (1e-4, 2e-4, 3e-4)]
    colors = [item.color for item in composed(*runs, order=[1, 2, 3]) if isinstance(item, Stroke) and len(item.x) > 10]
    assert colors == [LIGHT.along(0), LIGHT.along(0.5), LIGHT.along(1)]


def test_a_picture_of_zero_is_drawn_on_its_axis():
    strokes = [item for item in composed(COSINE | {"lr": 0}) if isinstance(item, Stroke)]
    (curve,) = [item for item in strokes if item.color == LIGHT.palette[0]]
    axes = [item for item in strokes if np.ptp(item.x) > 300 and item.color == LIGHT.faint and item.alpha == 1]
    assert [axis.y.tolist() for axis in axes] == [curve.y.tolist()]


@pytest.mark.parametrize(
    ("box", "met"),
    [
        ((0, 4, 2, 6), False),
        ((4, 4, 6, 6), True),
        ((9, 0, 11, 20), True),
        ((12, 0, 14, 20), False),
        ((0, 12, 9, 14), False),
    ],
)
def test_whether_a_curve_crosses_a_rectangle(box, met):
    curve = np.array([0.0, 10.0, 10.0, 11.0]), np.array([0.0, 10.0, 2.0, 2.0])
    assert crosses(curve, *box) == met


def test_logged_values_are_dots_of_which_none_covers_another():
    (run,) = runs_of(log_of(points(range(100_000), np.linspace(1, 0, 100_000))))
    items = compose(picture_of([run], None, False, 1_280), Box(0, 0, 460, 260), LIGHT, measure)
    (dots,) = (item for item in items if isinstance(item, Dots))
    assert 500 < len(dots.x) < 3_000
    assert not any(isinstance(item, Stroke) and len(item.x) > 2 for item in items)


def test_the_legend_shows_dots_for_a_log():
    plan = lrplot.load({"name": "plan", "steps": 10, "lr": 1, "schedule": "linear"}).run
    (run,) = runs_of(log_of(points([2, 4], [0.8, 0.5])))
    items = compose(picture_of([plan, run], None, False, 1_280), Box(0, 0, 460, 260), LIGHT, measure)
    assert [len(item.x) for item in items if isinstance(item, Dots)] == [2, 3]


def test_values_below_a_logarithmic_axis_have_no_dots():
    (run,) = runs_of(log_of(points(range(100), [0.0] * 50 + [1.0] * 50)))
    items = compose(picture_of([run], None, True, 1_280), Box(0, 0, 460, 260), LIGHT, measure)
    (dots,) = (item for item in items if isinstance(item, Dots))
    assert len(dots.x) == 50


def test_a_single_logged_value_stands_out_and_has_one_dot_in_the_legend():
    runs = [runs_of(log_of(points(steps, [0.5] * len(steps))))[0] for steps in (range(20), [7])]
    items = compose(picture_of(runs, None, False, 1_280), Box(0, 0, 460, 260), LIGHT, measure)
    dots = [item for item in items if isinstance(item, Dots)]
    assert sorted(len(item.x) for item in dots) == [1, 1, 3, 20]
    sizes = {len(item.x) == 1: item.size for item in dots}
    assert sizes[True] == 2 * sizes[False]
