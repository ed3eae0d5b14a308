"""Horizontal axes: labels under their ticks that do not touch."""

import re

import pytest

from lrplot.output.terminal.time_axis import TimeAxis, label_line


def line(axis, width, margin=9):
    labels = axis.labels(width)
    return labels, label_line(labels, axis.name, margin, margin + width + axis.overhang)


@pytest.mark.parametrize("width", [10, 28, 33, 70, 110])
@pytest.mark.parametrize(
    "axis",
    [
        TimeAxis(0, 10_000, "steps"),
        TimeAxis(0, 300, "epochs"),
        TimeAxis(0, 1_281_167, "samples"),
        TimeAxis(0, 1e12, "tokens"),
        TimeAxis(0, 1, "fraction"),
        TimeAxis(0, 1, "epochs"),
        TimeAxis(0, 97, "steps"),
        TimeAxis(200, 2000, "steps"),
        TimeAxis(0.25, 0.5, "fraction"),
    ],
)
def test_labels_do_not_touch_and_are_under_their_ticks(axis, width):
    labels, text = line(axis, width)
    assert len(text) <= 9 + width + axis.overhang
    name, *shown = re.split(r" +", text.strip())
    assert name == axis.name
    assert shown == list(labels.values())[: len(shown)]
    for cell, label in list(labels.items())[1 : len(shown)]:
        start = 9 + cell - len(label) // 2
        assert text[start : start + len(label)] == label


def test_the_end_has_a_label_under_its_tick():
    labels, text = line(TimeAxis(0, 10_000, "steps"), 60)
    assert labels == {0: "0", 12: "2k", 24: "4k", 36: "6k", 48: "8k", 59: "10k"}
    assert text[9 + 59 - 1 :] == "10k"


def test_a_share_of_the_run_is_in_percent():
    assert TimeAxis(0, 1, "fraction").labels(30) == {0: "0%", 15: "50%", 29: "100%"}


def test_a_window_has_labels_at_its_ends():
    labels = TimeAxis(200, 2000, "steps").labels(66)
    assert labels[0] == "200"
    assert labels[65] == "2k"
