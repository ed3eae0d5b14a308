"""Every fault as its user reads it: each spec in `bad_specs/` has what is said of it in a `.txt` beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrplot import SpecError, load
from lrplot.output.terminal.diagnostics import format_diagnostics

FOLDER = Path(__file__).parent / "bad_specs"
SPECS = sorted(path.name for path in FOLDER.iterdir() if path.suffix in (".yaml", ".json", ".toml"))


@pytest.mark.parametrize("name", SPECS)
def test_diagnostics(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    with pytest.raises(SpecError) as error:
        load(name)
    expected = Path(name).with_suffix(".txt").read_text(encoding="utf-8")
    assert format_diagnostics(error.value.diagnostics, False) == expected


def test_no_diagnostics_without_a_spec():
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == [Path(name).stem for name in SPECS]
