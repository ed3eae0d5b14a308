"""`lrplot compare`, and sweeps in all commands."""

import csv
import json
import re
from pathlib import Path

import pytest
from support import Run

WIDTHS = (40, 60, 80, 120)


def test_page_has_names_figures_and_differences(run: Run):
    out = run("compare", "cosine", "linear", "--set", "steps=20k").out
    for text in ("Cosine with warmup", "Linear warmup + linear", "peak at", "mean / peak", "largest difference"):
        assert text in out


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [2, 3, 8])
def test_page_fits_the_width(run: Run, width, count):
    specs = ["gpt3_13b", "cosine", "wsd", "one_cycle", "step", "llama2_7b", "noam", "cyclic"][:count]
    result = run("compare", *specs, "--width", width, "--align", "fraction")
    lines = result.out.splitlines()
    assert result.code == 0
    assert max(map(len, lines)) <= width


def test_a_table_of_the_first_run_alone_has_no_differences(run: Run):
    tables = run("compare", "gpt3_13b", "cosine", "--width", 45).out.split("\n\n")
    (first,) = [table for table in tables if "above half the peak" in table and "GPT-3 13B" in table]
    (second,) = [table for table in tables if "above half the peak" in table and "Cosine with" in table]
    assert "largest difference" not in first
    assert "largest difference" in second


def test_panels_are_side_by_side_if_there_is_room(run: Run):
    def beside(width):
        out = run("compare", "cosine", "wsd", "--width", width).out
        return any("Cosine with warmup" in line and "Warmup–stable–decay" in line for line in out.splitlines()[:3])

    assert beside(100)
    assert not beside(60)


def test_panels_share_one_scale(run: Run):
    out = run("compare", "cosine", "--sweep", "lr=1,2", "--width", 100).out
    assert out.splitlines()[1].count("2 ┤") == 2


def test_colors_do_not_move_the_panels(run: Run):
    plain = run("compare", "cosine", "wsd", "--width", 100).out
    painted = run("compare", "cosine", "wsd", "--width", 100, "--color", "always").out
    assert painted != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain


def test_tolerance_decides_the_exit_code(run: Run):
    same = ("compare", "cosine", "cosine")
    near = ("compare", "cosine", "--sweep", "schedule.to=10%,11%")
    assert run(*same, "--tolerance", 0).code == 0
    assert run(*near).code == 0
    assert (run(*near, "--tolerance", 0.02).code, run(*near, "--tolerance", 0.005).code) == (0, 1)


def test_json_has_figures_and_differences(run: Run):
    data = json.loads(run("compare", "cosine", "--sweep", "lr=1,2", "--json").out)
    assert [each["peak"] for each in data["runs"]] == [1, 2]
    (found,) = data["differences"]
    assert found["name"] == "lr=2"
    assert found["tracks"][0]["largest"] == pytest.approx(1, rel=1e-12)
    assert found["tracks"][0]["parts"] == 1


def test_a_table_joins_the_columns(run: Run, tmp_path: Path):
    target = tmp_path / "both.csv"
    assert (
        run(
            "compare", "constant", "--sweep", "steps=2,3", "--set", "lr=0.5", "--set", "schedule=constant", "-o", target
        ).code
        == 0
    )
    rows = list(csv.reader(target.read_text().splitlines()))
    assert rows == [["step", "lr@steps=2", "lr@steps=3"], ["0", "0.5", "0.5"], ["1", "0.5", "0.5"], ["2", "", "0.5"]]
    target = tmp_path / "both.jsonl"
    assert (
        run(
            "compare", "constant", "--sweep", "steps=2,3", "--set", "lr=0.5", "--set", "schedule=constant", "-o", target
        ).code
        == 0
    )
    assert json.loads(target.read_text().splitlines()[2]) == {"step": 2, "lr@steps=2": None, "lr@steps=3": 0.5}


@pytest.mark.parametrize("layout", ["overlay", "grid"])
def test_pictures(run: Run, tmp_path: Path, layout):
    target = tmp_path / "both.svg"
    result = run("compare", "cosine", "wsd", "-o", target, "--layout", layout, "--align", "fraction")
    text = target.read_text()
    assert (result.code, result.out) == (0, "")
    assert ("difference" in text) == (layout == "overlay")
    assert "Cosine with warmup" in text


@pytest.mark.parametrize(
    ("specs", "remark"),
    [
        (("cosine", "one_cycle"), "the first lacks momentum, which One cycle has"),
        (("one_cycle", "cosine"), "Cosine with warmup lacks momentum, which the first has"),
    ],
)
def test_a_remark_names_the_run_without_a_track(run: Run, specs, remark):
    assert f"\n {remark}\n" in run("compare", *specs).out


def test_sampled_figures_are_marked(run: Run):
    settings = ("--set", "schedule={kind: multistep, milestones: [2M]}", "--set", "steps=5M")
    out = " ".join(run("compare", "constant", "linear", *settings).out.split())
    assert "largest jump about 2.7e-4 at 2,000,000" in out
    assert "mean / peak about 0.4" in out


BAD = [
    (("cosine",), "`lrplot compare` needs two specs"),
    (
        ("cosine", "--resume-at", "50%", "--set", "steps=30k"),
        "write `lrplot resume cosine --at 50% --set steps=30k`",
    ),
    (("cosine", "wsd", "--tolerance", "-1"), "`--tolerance` takes a number ≥ 0, not `-1`"),
    (("cosine", "wsd", "--tolerance", "nan"), "`--tolerance` takes a number ≥ 0, not `nan`"),
    (("cosine", "wsd", "--align", "tokens"), "cannot turn tokens into steps"),
    (("cosine", "wsd", "-o", "both.txt"), "does not end in"),
    (("cosine", "wsd", "--json", "--log"), "`--log` has no effect beside `--json`"),
    (("cosine", "wsd", "-o", "both.md", "--log"), "`--log` has no effect beside `--output both.md`"),
    (("cosine", "wsd", "-o", "both.csv", "--layout", "grid"), "`--layout` has no effect beside `--output both.csv`"),
    (("cosine", "--sweep", "lr"), "is not `key=value,value`"),
    (("cosine", "--sweep", "lr=1,x"), "`lr` must be a number"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_errors(run: Run, arguments, message):
    result = run("compare", *arguments)
    assert result.code == 2
    assert message in " ".join((result.out + result.err).split())


def test_show_and_plot_take_sweeps(run: Run, tmp_path: Path):
    out = run("show", "cosine", "--sweep", "schedule.to=0,10%", "--spark").out
    assert [line.split()[0] for line in out.splitlines()] == ["to=0", "to=10%"]
    out = run("show", "cosine", "wsd", "--sweep", "lr=1,2", "--spark", "--width", 200).out
    assert [line.split("  ")[0] for line in out.splitlines()][:2] == [
        "Cosine with warmup lr=1",
        "Cosine with warmup lr=2",
    ]
    target = tmp_path / "family.svg"
    assert run("plot", "cosine", "--sweep", "lr=1,2", "-o", target).code == 0
    assert "lr=2" in target.read_text()


def test_export_writes_a_column_per_variant(run: Run):
    out = run("export", "constant", "--set", "schedule=constant", "--sweep", "lr=1,2", "--stop", 1).out
    assert out == "step,lr@lr=1,lr@lr=2\n0,1.0,2.0\n"


def rows(out: str) -> dict[str, list[str]]:
    """The cells of the rows of a table, by label."""
    cells = [re.split(r"  +", line.strip()) for line in out.splitlines() if line.startswith(" ")]
    return {row[0]: row[1:] for row in cells}


def test_rows_name_differences_and_jumps(run: Run):
    table = rows(run("compare", "step", "cosine", "--align", "fraction", "--width", 120).out)
    assert table["largest jump"] == ["0.09 at 30", "none"]
    assert "largest jump" not in rows(run("compare", "cosine", "linear").out)  # both are smooth
    assert {"largest difference", "largest relative difference", "first differs at", "mean / peak"} <= table.keys()


def test_a_difference_of_rounding_alone_is_called_that(run: Run, spec):
    third = spec("steps: 10\nlr: 1\nschedule: {kind: expression, value: '1 - t / 10'}", "a.yaml")
    out = run("compare", third, spec("steps: 10\nlr: 1\nschedule: linear", "b.yaml"), "--tolerance", 0)
    table = rows(out.out)
    assert (table["largest difference"], table["first differs at"]) in ((["rounding"], ["never"]), (["0"], ["never"]))
    assert (out.code == 1) == (table["largest difference"] == ["rounding"])


@pytest.mark.parametrize(("align", "place"), [("steps", "500"), ("fraction", "5%"), ("tokens", "1M tokens")])
def test_places_are_in_the_unit_of_the_alignment(run: Run, spec, align, place):
    phases = "[{kind: constant, for: 500}, {kind: constant, value: %s}]"
    text = f"steps: 10_000\ntokens_per_step: 2000\nlr: 1\nschedule: {phases}"
    paths = [spec(text % value, f"{value}.yaml") for value in (1, 0.5)]
    assert rows(run("compare", *paths, "--align", align).out)["first differs at"] == [place]


def test_tolerance_says_why_it_fails_beside_a_run_at_0(run: Run, spec):
    zero = spec("steps: 10\nlr: 0\nschedule: constant", "zero.yaml")
    other = spec("steps: 10\nlr: 1\nschedule: linear", "b.yaml")
    line = run("compare", zero, other, "--tolerance", 0.1, "--width", 200).out.splitlines()[-1]
    assert line == " b differs from zero in lr by 1 at 0, and the peak is 0: more than the tolerance of 0.1"


def test_tolerance_says_why_it_fails(run: Run):
    def reason(*arguments):
        result = run("compare", *arguments, "--width", 200)
        assert (result.code, result.err) == (1, "")
        return result.out.splitlines()[-1]

    assert reason("cosine", "--sweep", "lr=1,2", "--tolerance", 0.1) == (
        " lr=2 differs from lr=1 in lr by 1 at 500, 1 of the peak: more than the tolerance of 0.1"
    )
    assert reason("cosine", "--sweep", "steps=10k,20k", "--tolerance", 10) == " the runs differ in length"
    assert reason("one_cycle", "cosine", "--align", "fraction", "--tolerance", 10) == (
        " Cosine with warmup and One cycle have different tracks: momentum"
    )


def test_markdown(run: Run, tmp_path: Path):
    target = tmp_path / "both.md"
    assert run("compare", "one_cycle", "--sweep", "lr=1,2", "--set", "name=a|b", "-o", target).code == 0
    head, rule, *body = target.read_text(encoding="utf-8").splitlines()
    assert (head, rule) == ("|  | lr=1 | lr=2 |", "| :-- | --: | --: |")
    assert body[0].startswith("| updates | ")
    assert body[-1].startswith("| first differs at |  | ")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("value", ["1e-300", "1.2345678e-300", "1.7e308"])
def test_extreme_values_fit_the_width(run: Run, spec, width, value):
    first = spec(f"name: {'n' * 70}\nsteps: 100\nlr: {value}\nschedule: cosine", "first.yaml")
    second = spec(f"name: {'n' * 69}m\nsteps: 123_456\nlr: {value}\nschedule: linear", "second.yaml")
    for arguments in (("--align", "fraction"), ("--log", "--ascii")):
        result = run("compare", first, second, "--width", width, *arguments)
        assert (result.code, result.err) == (0, "")
        assert max(map(len, result.out.splitlines())) <= width


def test_a_plateau_has_its_value_beside_it(run: Run, spec):
    path = spec("steps: 100\nlr: 8e-4\nschedule: constant")
    other = spec("steps: 100\nlr: 1.2e-3\nschedule: constant", "other.yaml")
    lines = run("compare", path, other, "--width", 60).out.splitlines()
    drawn = [line.split("┤") for line in lines if any("\u2800" < char < "\u2900" for char in line)]
    assert [label.strip() for label, _ in drawn] == ["8e-4", "1.2e-3"]


def test_long_names_are_cut_in_the_middle(run: Run, spec):
    path = spec("name: encoder_with_a_very_long_name_that_ends_in_17\nsteps: 9\nlr: 1\nschedule: cosine")
    assert (
        run("compare", path, "cosine", "--width", 40).out.splitlines()[0] == "encoder_with_a_very_…ame_that_ends_in_17"
    )
