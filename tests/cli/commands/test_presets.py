"""`lrplot presets`."""

import json

import pytest
from support import ROOT, Run

import lrplot
from lrplot.spec.source import preset_names


def test_list_names_every_preset_and_its_source(run: Run):
    lines = run("presets").out.splitlines()
    assert {line.split()[0] for line in lines if line.startswith("  ")} == set(preset_names())
    assert max(map(len, lines)) <= 80
    (line,) = [line for line in lines if line.startswith("  resnet50 ")]
    assert line.split()[1:6] == ["90", "epochs", "peak", "0.1", "pytorch/examples"]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_printed_as_it_is_written_and_loads_from_anywhere(run: Run, name, spec):
    text = run("presets", name).out
    written = (ROOT / "configs" / f"{name}.yaml").read_text(encoding="utf-8")
    folder = ROOT / "configs"
    schema = (folder / "lrplot.schema.json").as_uri()
    assert text == written.replace("lrplot.schema.json", schema).replace("table.csv", f'"{folder / "table.csv"}"')
    printed, preset = (lrplot.load(place).evaluate(stop=100)["lr"] for place in (spec(text), name))
    assert printed.tolist() == preset.tolist()


def test_json(run: Run):
    data = {row["preset"]: row for row in json.loads(run("presets", "--json").out)["presets"]}
    assert set(data) == set(preset_names())
    assert data["gpt3_13b"]["steps"] == 150_000


def test_unknown_preset(run: Run):
    result = run("presets", "resnat50")
    assert result.code == 2
    assert "there is no preset `resnat50`" in result.err
    assert f"help: did you mean `resnet50`? `lrplot presets` lists all {len(preset_names())}\n" in result.err


def listed(run: Run, *arguments: str) -> list[str]:
    return [line.split()[0] for line in run("presets", *arguments).out.splitlines() if line.startswith("  ")]


def test_the_beginning_or_a_part_of_a_name_lists_the_presets_that_have_it(run: Run):
    assert listed(run, "gpt3") == [name for name in preset_names() if name.startswith("gpt3")]
    assert len(listed(run, "gpt3")) == 8
    assert listed(run, "cifar") == ["ddpm_cifar10", "sgdr_cifar10", "superconvergence_cifar10"]


def test_plain_ascii(run: Run):
    assert run("presets", "--ascii").out.isascii()


def test_the_list_is_that_of_the_presets_whatever_is_in_the_folder(run: Run, tmp_path, monkeypatch):
    listed = run("presets")
    (tmp_path / "groups").mkdir()
    (tmp_path / "linear").write_text("no spec")
    monkeypatch.chdir(tmp_path)
    assert run("presets") == listed


def test_a_file_comes_before_a_preset(run: Run, tmp_path, monkeypatch):
    (tmp_path / "cosine").write_text("steps: 7\nlr: 1\nschedule: linear")
    monkeypatch.chdir(tmp_path)
    assert run("show", "cosine", "--json").out.count('"steps": 7') == 1
