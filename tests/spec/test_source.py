"""Where specs come from: files in every encoding a user has, standard input, shipped presets."""

from __future__ import annotations

import io
import os
import sys
from types import SimpleNamespace

import pytest

from lrplot import SpecError, load
from lrplot.spec.source import preset_names, read_source

LINEAR = "name: café\nsteps: 4\nlr: 1\nschedule: linear\n"
VALUES = [1.0, 0.75, 0.5, 0.25]
BOM = "\ufeff"
JSON = '{"steps": 4, "lr": 1e0, "schedule": {"kind": "linear", "to": "0%"}, "name": "caf\\u00e9"}'
TOML = 'name = "café"\nsteps = 4\nlr = 1\nschedule = "linear"\n'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (LINEAR, "a.yaml"),
        (LINEAR, "a.yml"),
        (LINEAR, "a"),
        (LINEAR.rstrip(), "a.yaml"),
        (BOM + LINEAR, "a.yaml"),
        (LINEAR.replace("\n", "\r\n"), "a.yaml"),
        (BOM + LINEAR.replace("\n", "\r\n"), "a.yaml"),
        (JSON, "a.json"),
        (BOM + JSON, "a.json"),
        (JSON.replace(", ", ",\r\n\t"), "a.json"),
        (TOML, "a.toml"),
        (BOM + TOML.replace("\n", "\r\n"), "a.toml"),
    ],
)
def test_a_file_is_read(text, name, read):
    schedule = read(text, name=name)
    assert schedule.lr.tolist() == VALUES
    assert schedule.name == "café"


def test_a_path_object_and_a_relative_path(write, tmp_path, monkeypatch):
    path = write(LINEAR, "a run.yaml")
    monkeypatch.chdir(tmp_path)
    for place in (path, str(path), "a run.yaml", os.path.join(".", "a run.yaml")):
        assert load(place).lr.tolist() == VALUES


def test_the_name_is_the_file_s_stem(write):
    assert load(write("steps: 1\nlr: 1\nschedule: constant\n", "gpt-3.13b.yaml")).name == "gpt-3.13b"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (LINEAR.encode("utf-16"), 0),
        (LINEAR.encode("latin-1"), 0),
        (b"steps: 4\r\nlr: 1\r\nname: caf\xe9\r\n", 2),
        (b"# \x80\n", 0),
        (b"\xed\xa0\x80", 0),
        (bytes(range(256)), 2),  # a line feed, and a carriage return
    ],
)
@pytest.mark.parametrize("name", ["a.yaml", "a.toml"])
def test_text_that_is_not_utf_8(content, line, name, write, diagnostics):
    (found,) = diagnostics(write(content, name))
    assert (found.code, found.span.line) == ("encoding", line)
    assert found.message == "the spec is not UTF-8 text"
    assert found.help == "save it as UTF-8"


def test_nul_bytes_are_refused(faults):
    assert faults(b"steps: 4\nlr: 1\x00\nschedule: linear\n") == [("syntax", "\0")]
    assert faults("steps: 4\n".encode("utf-16-le")) == [("syntax", "\0")]


def test_a_file_has_at_most_a_mebibyte(write, diagnostics):
    padding = b"#" * ((1 << 20) - len(LINEAR.encode()))
    assert load(write(LINEAR.encode() + padding)).lr.tolist() == VALUES
    (found,) = diagnostics(write(LINEAR.encode() + padding + b"#"))
    assert found.code == "unreadable"
    assert "at most 1 MiB" in found.message


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nowhere.yaml", "there is no such file"),
        ("no/where.yaml", "there is no such file"),
        ("run.yaml/below", "Not a directory"),
        ("folder", "the folder holds no spec and no training config"),
        ("", "not a path"),
        ("a\0b", "not a path"),
    ],
)
def test_an_unreadable_path_is_refused(place, words, write, tmp_path, monkeypatch):
    write(LINEAR)
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match=words) as error:
        load(place)
    (found,) = error.value.diagnostics
    assert found.code == "unreadable"
    assert f"`{place}`" in found.message


def test_a_misspelt_preset_is_suggested(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError, match="no such file and no such preset") as error:
        load("cosin")
    assert error.value.diagnostics[0].help == f"did you mean `cosine`? `lrplot presets` lists all {len(preset_names())}"


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_by_its_name_from_anywhere(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    source, folder, stem = read_source(name)
    assert (folder / f"{name}.yaml").read_text(encoding="utf-8") == source.text
    assert stem == name
    assert load(name).steps >= 1


def test_a_file_comes_before_a_preset(write, tmp_path, monkeypatch):
    write(LINEAR, "cosine")
    monkeypatch.chdir(tmp_path)
    assert load("cosine").lr.tolist() == VALUES


def stdin(content):
    return SimpleNamespace(buffer=io.BytesIO(content))


@pytest.mark.parametrize(
    "content", [LINEAR.encode(), BOM.encode() + LINEAR.replace("\n", "\r\n").encode(), JSON.encode()]
)
def test_standard_input_is_read(content, monkeypatch):
    monkeypatch.setattr(sys, "stdin", stdin(content))
    assert load("-").lr.tolist() == VALUES


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xff\xfes\x00", "encoding"),
        (b"step: 4\nlr: 1\nsteps: 4\nschedule: linear\n", "unknown-field"),
        (b"#" * (1 << 20) + b"#", "unreadable"),
    ],
)
def test_a_fault_in_standard_input_is_reported(content, code, monkeypatch, diagnostics):
    monkeypatch.setattr(sys, "stdin", stdin(content))
    with pytest.raises(SpecError) as error:
        load("-")
    (found,) = error.value.diagnostics
    assert found.code == code
    assert found.span.source.name == "<stdin>" if found.span else "`<stdin>`" in found.message


def test_files_named_by_standard_input_are_relative_to_here(monkeypatch, tmp_path, write):
    write("lr\n0.5\n0.25\n", "rates.csv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", stdin(b"steps: 2\nschedule: {kind: table, file: rates.csv}\n"))
    schedule = load("-")
    assert (schedule.name, schedule.lr.tolist()) == ("stdin", [0.5, 0.25])
