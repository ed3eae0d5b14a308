"""`lrplot export`."""

import json
import os

import numpy as np
import pytest
from support import Run

from lrplot.cli.commands.export import FORMATS
from lrplot.output.writers import TABLES

TEN = "steps: 10\nlr: 1\nmomentum: 0.9\nschedule: linear"


def test_standard_output_is_csv(run: Run, spec):
    expected = "step,lr,momentum\n8,0.2,0.9\n9,0.1,0.9\n"
    assert run("export", spec(TEN), "--start", 8).out == expected
    assert run("export", spec(TEN), "--start", 8, "-o", "-").out == expected


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl", "npz"])
def test_file_format_is_its_suffix(run: Run, spec, tmp_path, name):
    path = tmp_path / f"out.{name}"
    assert run("export", spec(TEN), "-o", path).code == 0
    if name == "npz":
        assert np.load(path)["lr"][5] == 0.5
    elif name == "json":
        assert json.loads(path.read_text())[5] == {"step": 5, "lr": 0.5, "momentum": 0.9}
    elif name == "jsonl":
        assert json.loads(path.read_text().splitlines()[5]) == {"step": 5, "lr": 0.5, "momentum": 0.9}
    else:
        assert path.read_text().splitlines()[6] == ("," if name == "csv" else "\t").join(["5", "0.5", "0.9"])


def test_format_option_for_standard_output(run: Run, spec):
    assert json.loads(run("export", spec(TEN), "--format", "jsonl", "--stop", 1).out) == {
        "step": 0, "lr": 1.0, "momentum": 0.9,
    }  # fmt: skip


def test_listed_formats_are_the_registered_ones():
    # The command line lists the files, so that `--help` does not import numpy.
    assert sorted(TABLES) == FORMATS


def test_columns_and_every(run: Run, spec):
    out = run("export", spec(TEN), "--columns", "momentum", "--every", 5).out
    assert out == "step,momentum\n0,0.9\n5,0.9\n"


def test_units_add_columns(run: Run, spec):
    text = "epochs: 2\nsteps_per_epoch: 3\nbatch_size: 10\nlr: 1\nschedule: constant"
    out = run("export", spec(text), "--units", "epochs, samples,fraction", "--start", 2, "--stop", 5).out
    assert out.splitlines() == [
        "step,lr,epochs,samples,fraction",
        f"2,1.0,{2 / 3},20.0,{1 / 3}",
        "3,1.0,1.0,30.0,0.5",
        f"4,1.0,{4 / 3},40.0,{2 / 3}",
    ]
    out = run(
        "export", spec(text), "--sweep", "lr=1,2", "--units", "epochs", "--columns", "epochs@lr=2", "--stop", 1
    ).out
    assert out == "step,epochs@lr=2\n0,0.0\n"


def test_stop_may_lie_past_the_end(run: Run, spec):
    assert run("export", spec(TEN), "--start", 9, "--stop", 11, "--columns", "lr").out == "step,lr\n9,0.1\n10,0.0\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "out.xlsx"], "does not end in .csv, .json, .jsonl, .npz, .tsv"),
        (["--format", "xlsx"], "help: known: `csv`, `json`, `jsonl`, `npz`, `tsv`"),
        (["--format", "jsnl"], "help: did you mean `jsonl`?"),
        (["--columns", "lr,momentun"], "help: did you mean `momentum`?"),
        (["--start", "5", "--stop", "5"], "no steps from 5 to 5"),
        (["--start", "99999999999999999990"], "`--start` takes a whole number from 0 to 2^53"),
        (["-o", "out.npz", "--format", "csv"], "`--format csv` contradicts the name `out.npz`"),
        (["--units", "epoch"], "help: did you mean `epochs`?"),
        (["--units", "tokens"], "error[missing-conversion]: run: cannot turn tokens into steps"),
        (["--every", "0"], "`--every` takes a whole number from 1 to 2^53, not `0`"),
        (["--start", "-1"], "`--start` takes a whole number from 0 to 2^53, not `-1`"),
    ],
)
def test_bad_options(run: Run, spec, arguments, message):
    result = run("export", spec(TEN), *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in " ".join(result.err.split())


def test_bad_spec_leaves_the_old_file(run: Run, spec, tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    result = run("export", spec("steps: 10\nlr: 1\nschedule: cosin"), "-o", path)
    assert result.code == 2
    assert result.err.startswith("error[unknown-kind]: there is no kind `cosin`")
    assert path.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "run.yaml"]


def test_unwritable_output(run: Run, spec, tmp_path):
    result = run("export", spec(TEN), "-o", tmp_path / "none" / "out.csv")
    assert result.code == 2
    assert "error[unwritable]: cannot write" in result.err
    assert "the folder `" in result.err
