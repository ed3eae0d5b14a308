"""`lrplot range-test`."""

import json
from math import exp
from pathlib import Path

import pytest
from support import Run

import lrplot


# The losses are lowest at 10^-0.84, and above four times that from row 81 on, at 10^-0.52; the rules see five rows less
# than those up to there, of which the last, at 10^-0.92, is the lowest.
@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A table of a sweep without steps, whose loss diverges."""
    rows = []
    for i in range(100):
        x = -7 + 8 * i / 100
        rows.append(f"{10**x:.6g},{2.3 - 1.6 / (1 + exp(-2.2 * (x + 3))) + 40 * max(x + 0.8, 0) ** 2:.5g}\n")
    path = tmp_path / "sweep.csv"
    path.write_text("lr,loss\n" + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("ascii", [(), ("--ascii",)])
def test_page_fits_the_width(run: Run, log, width, ascii):
    result = run("range-test", log, "--width", width, *ascii)
    assert (result.code, result.err) == (0, "")
    assert max(map(len, result.out.splitlines())) <= width


def test_page_has_every_rule_and_the_interval(run: Run, log):
    out = run("range-test", log, "--width", 120).out
    rows = [line.split("  ")[0].strip() for line in out.splitlines()]
    assert {"valley", "slide", "steepest", "minimum / 10"} <= set(rows)
    assert "the loss diverges at 0.302" in out
    assert "the rules span 2.291e-4 to 0.01202, a factor of 52" in " ".join(out.split())
    assert "no one of them is the answer" in out
    assert "1e-3" in next(line for line in out.splitlines() if line.lstrip().startswith("lr "))


def test_smoothing_is_named(run: Run, log):
    out = run("range-test", log, "--smooth", "lr-finder").out
    assert "the losses smoothed as lr-finder does" in out
    assert "a smoothed as lr-finder does" in out


def test_a_rule_without_an_answer_has_none(run: Run, tmp_path: Path):
    path = tmp_path / "short.csv"
    path.write_text("lr,loss\n" + "".join(f"{10 ** (i / 4 - 5)},{3 - i / 9}\n" for i in range(14)), encoding="utf-8")
    (line,) = [line for line in run("range-test", path).out.splitlines() if line.startswith(" slide")]
    assert line.split()[1] == "none"
    assert "the loss does not diverge up to 0.01778" in run("range-test", path).out


def test_json_has_the_names_of_the_contract(run: Run, log):
    data = json.loads(run("range-test", log, "--json").out)
    found = lrplot.range_test(log)
    assert data["format"] == "lrplot/range-test/1"
    assert {name: data[name] for name in ("valley", "slide", "steepest", "minimum_10", "diverges_at")} == {
        "valley": found.valley,
        "slide": found.slide,
        "steepest": found.steepest,
        "minimum_10": found.minimum_10,
        "diverges_at": found.diverges_at,
    }
    assert data["interval"] == [2.29087e-4, 0.0120226]
    assert (data["rows"], data["smoothing"]) == (100, "none")


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_picture(run: Run, log, tmp_path: Path, suffix):
    target = tmp_path / f"sweep.{suffix}"
    assert run("range-test", log, "-o", target) == run("range-test", log, "-q")
    assert target.stat().st_size > 1_000


def test_picture_has_a_logarithmic_axis_and_every_mark(run: Run, log, tmp_path: Path):
    target = tmp_path / "sweep.svg"
    run("range-test", log, "-o", target)
    text = target.read_text(encoding="utf-8")
    for label in ("10⁻³", "learning rate", "valley: 2.291e-4", "minimum / 10: 0.01202", "as logged"):
        assert label in text


def test_columns_may_be_named(run: Run, log):
    text = log.read_text(encoding="utf-8")
    log.write_text(text.replace("lr,loss", "x,y"), encoding="utf-8")
    assert run("range-test", log).code == 2
    assert run("range-test", log, "--columns", "lr=x,loss=y").code == 0


def test_logs_with_steps_are_read_too(run: Run, log, tmp_path: Path):
    plain = json.loads(run("range-test", log, "--json").out)
    rows = [json.loads(f"[{line}]") for line in log.read_text(encoding="utf-8").splitlines()[1:]]
    path = tmp_path / "sweep.jsonl"
    lines = (json.dumps({"step": step, "lr": rate, "loss": loss}) for step, (rate, loss) in enumerate(rows))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert json.loads(run("range-test", path, "--json").out) == plain


def test_empty_cells_are_rows_without_a_loss(log):
    text = log.read_text(encoding="utf-8").splitlines()
    text[50] = text[50].partition(",")[0] + ","
    log.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert len(lrplot.range_test(log).rates) == 99


def test_a_table_with_an_index_is_read(log):
    header, *rows = log.read_text(encoding="utf-8").splitlines()
    expected = lrplot.range_test(log).interval
    lines = [f",{header}", *(f"{i},{row}" for i, row in enumerate(rows))]
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert lrplot.range_test(log).interval == expected


def test_folders_and_logs_that_were_read_are_taken(log):
    empty = log.parent / "nothing"
    empty.mkdir()
    with pytest.raises(lrplot.SpecError, match="the folder holds no log"):
        lrplot.range_test(empty)
    log.write_text("step,lr,loss\n0,1e-3,2\n1,1e-3,2\n", encoding="utf-8")
    with pytest.raises(lrplot.SpecError, match="does not rise"):
        lrplot.range_test(lrplot.read_log(log))


def test_options_are_checked_before_the_log(run: Run):
    assert "`x.bmp` does not end in" in run("range-test", "nowhere.csv", "-o", "x.bmp").err
    assert "has no effect beside `--json`" in run("range-test", "nowhere.csv", "--json", "-o", "x.png").out


def test_picture_leaves_out_a_rule_without_an_answer(run: Run, tmp_path: Path):
    path, target = tmp_path / "short.csv", tmp_path / "short.svg"
    path.write_text("lr,loss\n" + "".join(f"{10 ** (i / 4 - 5)},{3 - i / 9}\n" for i in range(14)), encoding="utf-8")
    run("range-test", path, "-o", target)
    text = target.read_text(encoding="utf-8")
    assert "valley" in text
    assert "slide" not in text


@pytest.mark.parametrize("smoothing", ["none", "fastai", "lr-finder"])
def test_losses_that_are_all_alike_are_drawn(run: Run, tmp_path, smoothing):
    log = tmp_path / "flat.csv"
    log.write_text("lr,loss\n" + "".join(f"{1e-7 * 1.1**i},{1 if i < 51 else 'inf'}\n" for i in range(100)))
    result = run("range-test", log, "--smooth", smoothing, "-o", tmp_path / "flat.svg")
    assert (result.code, result.err) == (0, "")
    assert "the loss diverges" in run("range-test", log, "--smooth", smoothing).out
