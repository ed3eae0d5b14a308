"""Folders of specs."""

from __future__ import annotations

import json

import pytest

import lrplot
from lrplot.spec.folder import specs_in

SPEC = "steps: 100\nlr: 1e-3\nschedule: cosine\n"
CUT = "steps: 100\nlr: 1e-3\nschedule: {kind: linear, for: 200}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with four specs, one of them faulty, and files of other kinds."""
    for name, text in {
        "a.yaml": SPEC,
        "b/cut.yml": CUT,
        "b/c.toml": 'steps = 100\nlr = 1e-3\n[schedule]\nkind = "cosine"\n',
        "b/d.json": '{"steps": 100, "lr": 0.001, "schedule": "cosine"}',
        ".hidden/e.yaml": SPEC,
        "docker-compose.yaml": "services:\n  web:\n    schedule: daily\n    steps: 3\n",
        "notes.txt": SPEC,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_specs_are_found_in_folders_inside_too(folder):
    assert [path.relative_to(folder).as_posix() for path in specs_in(folder)] == [
        "a.yaml", "b/c.toml", "b/cut.yml", "b/d.json",
    ]  # fmt: skip


def test_check_takes_all_specs_of_a_folder(run, folder):
    checked = run("check", folder)
    assert checked.code == 1
    assert f" --> {folder}/b/cut.yml:3:31\n" in checked.out
    assert checked.out.endswith("\n1 warning in 1 of 4 specs\n")


def test_a_spec_that_cannot_be_read_does_not_hide_the_others(run, folder):
    (folder / "a.yaml").write_text("steps: 1\nschedule: cosin\n", encoding="utf-8")
    checked = run("check", folder)
    assert checked.code == 2
    assert checked.out.endswith("\n1 warning in 1 of 4 specs; 1 cannot be read\n")


def test_show_draws_all_specs_of_a_folder(run, folder):
    shown = run("show", folder / "b", "--spark")
    assert shown.code == 0
    assert [line.split()[0] for line in shown.out.splitlines()] == ["c", "cut", "d"]
    assert len(json.loads(run("show", folder, "--json").out)["runs"]) == 4


def test_a_folder_without_specs_is_an_error(run, tmp_path):
    checked = run("check", tmp_path)
    assert checked.code == 2
    assert f"error[unreadable]: cannot read `{tmp_path}`: the folder holds no spec\n" in checked.out
    assert run("show", tmp_path).code == 2


def test_a_folder_with_one_spec_stands_for_it(folder):
    (folder / "one").mkdir()
    (folder / "one" / "spec.yaml").write_text(SPEC, encoding="utf-8")
    assert lrplot.load(folder / "one").name == "spec"
    with pytest.raises(lrplot.SpecError, match="it is a folder with 3 specs"):
        lrplot.load(folder / "b")
