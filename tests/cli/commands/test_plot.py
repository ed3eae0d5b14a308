"""`lrplot plot`."""

import pytest
from support import Run

from lrplot.cli.commands.plot import ThemeName, Unit
from lrplot.output.image.figure import THEMES
from lrplot.runs.timebase import UNITS


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "PNG"])
def test_format_is_the_suffix(run: Run, tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    assert run("plot", "cosine", "-o", path, "--dpi", 50).code == 0
    assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF")


def test_themes_and_units_match_the_tables_behind_them():
    assert list(ThemeName) == list(THEMES)
    assert list(Unit) == [*UNITS, "fraction"]


def test_every_option_at_once(run: Run, tmp_path):
    path = tmp_path / "out.svg"
    options = (
        "--x",
        "fraction",
        "--log",
        "--theme",
        "dark",
        "--size",
        "5x3",
        "--dpi",
        50,
        "--title",
        "T",
        "--set",
        "lr=1",
    )
    assert run("plot", "cosine", "linear", "-o", path, *options).code == 0
    text = path.read_text()
    assert ">T</text>" in text
    assert ">fraction of the run</text>" in text
    assert ">Cosine with warmup</text>" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "out.jpg"], "`out.jpg` does not end in .pdf, .png, .svg"),
        (["-o", "out.png", "--size", "big"], "`--size` takes a size from 2x1.5 to 50x50 inches, not `big`"),
        (["-o", "out.png", "--size", "0x3"], "50x50 inches, not `0x3`"),
        (
            ["-o", "out.png", "--x", "tokens"],
            "error[missing-conversion]: Cosine with warmup: cannot turn",
        ),
        (["-o", "none/out.png"], "cannot write `none/out.png`: the folder `none` does not exist"),
        (["-o", "out.png", "--set", "lr=x"], "error[bad-type]"),
        ([], "`lrplot plot` needs `--output FILE`"),
    ],
)
def test_errors(run: Run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run("plot", "cosine", *arguments)
    assert result.code == 2
    assert message in " ".join(result.err.split())
    assert list(tmp_path.iterdir()) == []
