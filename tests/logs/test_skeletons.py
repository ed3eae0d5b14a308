"""Values found by the skeletons of lines: those that the pattern finds in each line."""

import random
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import lrplot
from lrplot.logs import LOGS, Shape
from lrplot.logs.shared import texts
from lrplot.logs.shared.skeletons import PART, Skeletons
from lrplot.logs.shared.texts import one_line

EXAMPLES = Path(__file__).parent / "examples"
PATTERNS = [
    one_line(
        r"\bstep +(?P<step>\d+)(?:/ *(?P<steps>\d+))?\b", r"\blr: *(?P<lr>[\d.e+-]+)", perhaps=r"\bl=(?P<loss>\S*)"
    ),
    one_line(r"\[ *(?P<step>\d+)\]:  +", r"(?:\b|cur_)lr[ :=]+(?P<lr>[^, ]+)"),
]
PIECES = st.sampled_from(
    [
        "step",
        "lr",
        ":",
        " ",
        "   ",
        "1",
        "20",
        "0.5",
        "e-05",
        "-",
        ",",
        "[",
        "]",
        "l=",
        "nan",
        "/",
        "é",
        "步",
        "x",
        "_",
        "\n",
    ]
)


def by_lines(pattern, text):
    """The line and the groups of each match, "" for a group that takes no part."""
    matches = ((row, pattern.match(line)) for row, line in enumerate(text.split("\n")))
    return [(row, [group or "" for group in match.groups()]) for row, match in matches if match]


def groups(rows, grid):
    """The line and the groups of each row."""
    width = range(grid.starts.shape[1])
    return [(line, [grid.cell(row, place) for place in width]) for row, line in enumerate(rows.tolist())]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.lists(PIECES, max_size=40).map("".join))
@example(text="step 1 lr: 2\nstep 22 lr: 0.5\nstep   333/4000 lr: 1e-05 l=\nother\nstep 4 lr: 5e-4 l=nan")
@example(text="[1]:  lr 0.5\n[ 20]:   lr 0.25\n[300]: lr 1\n[4]:    cur_lr=é1")
def test_groups_are_those_that_the_pattern_finds_in_each_line(pattern, text):
    skeletons = Skeletons(pattern)
    for content in (f"{text}\n", f"{text}\n" * 3):
        assert groups(*skeletons.found(content)) == by_lines(pattern, content)


def test_lines_are_numbered_through_all_parts_of_a_text():
    lines = [f"step {n} lr: {n / 7!r}" if n % 5 else f"note {n}" for n in range(PART // 10)]
    text = "\n".join([*lines, "é" * PART, *lines]) + "\n"
    assert groups(*Skeletons(PATTERNS[0]).found(text)) == by_lines(PATTERNS[0], text)


def test_each_skeleton_is_searched_once():
    class Counted:
        groups, searched = PATTERNS[0].groups, 0

        def match(self, text):
            self.searched += 1
            return PATTERNS[0].match(text)

    pattern = Counted()
    Skeletons(pattern).found("".join(f"step {n:5d} lr: {n / 1000:.4f}\nevaluation {n}\n" for n in range(1000)))
    assert pattern.searched <= 4 + 1  # paddings of 1 to 4 digits are one or two spaces, and the evaluation


def digits(rng, longest, _):
    """Some digits in the place of others."""
    return "".join(rng.choices("0123456789", k=rng.randint(1, longest)))


TEXTS = [path for path in sorted(EXAMPLES.iterdir()) if LOGS.get(path.stem) and LOGS[path.stem].shape == Shape.TEXT]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_patterns_of_formats_find_the_same_in_lines_and_in_skeletons(path, tmp_path, monkeypatch):
    class Compared(Skeletons):
        def found(self, text):
            rows, grid = super().found(text)
            assert groups(rows, grid) == by_lines(self._pattern, text)
            seen.append(len(rows))
            return rows, grid

    monkeypatch.setattr(texts, "Skeletons", Compared)
    content, rng, seen = path.read_text(), random.Random(path.name), []
    log = tmp_path / path.name
    for length in (1, 2, 7):
        log.write_text(re.sub(r"\d+", partial(digits, rng, length), content))
        try:
            lrplot.read_log(log, format=path.stem)
        except lrplot.SpecError:
            continue
    assert max(seen) > 1
