"""`lrplot fork`."""

import json
from pathlib import Path

import pytest
from support import Run

import lrplot


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("ascii", [(), ("--ascii",)])
def test_page_fits_the_width(run: Run, width, ascii):
    places = ",".join(str(1_000 * i) for i in range(2, 40, 4))
    result = run("fork", "wsd", "--at", places, "--width", width, *ascii)
    assert (result.code, result.err) == (0, "")
    assert max(map(len, result.out.splitlines())) <= width


def test_page_has_updates_tokens_and_what_is_shared(run: Run):
    out = run("fork", "minicpm_wsd", "--at", "100k,200k", "--width", 80).out
    rows = {line[:25].strip(): line[25:].split() for line in out.splitlines()}
    assert rows["cooldown from"] == ["100,000", "200,000"]
    assert rows["updates of the cooldown"] == ["25,000", "50,000"]
    assert rows["updates in all"] == ["125,000", "250,000"]
    assert rows["shared with the trunk"] == ["80%", "80%"]
    assert rows["tokens"] == ["491.25B", "982.5B"]
    assert "all of them take 275,000 updates" in out
    assert "of their own they would take 375,000" in " ".join(out.split())


def test_one_branch_needs_no_comparison(run: Run):
    assert "all of them" not in run("fork", "wsd", "--at", "20k").out


def test_branches_are_written_as_specs(run: Run, tmp_path: Path):
    folder = tmp_path / "new" / "branches"
    assert run("fork", "wsd", "--at", "20k,30k", "--shape", "sqrt", "-o", folder).code == 0
    assert sorted(path.name for path in folder.iterdir()) == ["wsd-20000.yaml", "wsd-30000.yaml"]
    assert run("check", folder).code == 0
    assert lrplot.load(folder / "wsd-30000.yaml").steps == 37_500


def test_a_folder_that_cannot_be_made_is_an_error(run: Run, tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    result = run("fork", "wsd", "--at", "20k", "-o", file / "inside")
    assert result.code == 2
    assert result.err.startswith("error[unwritable]: cannot make the folder")


def test_json_has_each_branch_as_a_spec(run: Run):
    data = json.loads(run("fork", "wsd", "--at", "20k,50%", "--to", "5%", "--json").out)
    assert data["format"] == "lrplot/fork/1"
    assert [branch["at"] for branch in data["branches"]] == [20_000, 25_000]
    first = data["branches"][0]
    assert (first["cooldown"], first["steps"], first["shared"], first["tokens"]) == (5_000, 25_000, 20_000, None)
    assert lrplot.load(first["spec"])(22_500) == pytest.approx(5.25e-4, rel=1e-12)


def test_json_without_an_end_can_be_loaded(run: Run):
    (branch,) = json.loads(run("fork", "wsd", "--at", "20k", "--json").out)["branches"]
    assert lrplot.load(branch["spec"])(22_500) == pytest.approx(5e-4, rel=1e-12)


def test_settings_reach_the_trunk(run: Run):
    assert "2e-3" in run("fork", "wsd", "--at", "20k", "--set", "lr=2e-3").out


def test_no_place_is_an_error(run: Run):
    assert "`--at` names no update" in run("fork", "wsd", "--at", ",").err
