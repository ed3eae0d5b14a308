"""Logs and specs on standard input, told apart by their heads."""

import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from lrplot.spec.logs import is_log
from lrplot.spec.source import preset_folder
from lrplot.text.stdin import standard_input

TESTS = Path(__file__).parents[1]
LOGS = sorted((TESTS / "logs" / "examples").iterdir())
CONFIGS = [*sorted((TESTS / "trainers" / "examples").iterdir()), *sorted(preset_folder().glob("*.yaml"))]


@pytest.fixture
def piped(monkeypatch):
    def put(content):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    return put


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.name)
def test_logs_are_recognised_and_can_still_be_read(path, piped):
    piped(path.read_bytes())
    assert is_log("-")
    assert is_log("-")
    assert standard_input().read(1 << 24) == path.read_bytes()


def test_no_spec_and_no_config_is_a_log(piped):
    for path in CONFIGS:
        if path.is_file():
            piped(path.read_bytes())
            assert not is_log("-"), path


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"#!/bin/sh\ntrain --step 100 --lr 0.1\n", b"lr: 0.1\nsteps: 2\nschedule: linear\n"],
)
def test_other_contents_are_no_logs(content, piped):
    piped(content)
    assert not is_log("-")


def test_closed_and_broken_streams_are_no_logs(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    assert not is_log("-")

    def fail(size):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=SimpleNamespace(read=fail)))
    assert not is_log("-")
