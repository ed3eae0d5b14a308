"""`lrplot plot`."""

import pytest
from support import Run

from lrplot.cli.commands.plot import FORMATS, ThemeName, Unit
from lrplot.output.image.shared.sheet import AUTO, THEMES
from lrplot.output.writers import PICTURES
from lrplot.runs.timebase import UNITS


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "PNG"])
def test_format_is_the_suffix(run: Run, tmp_path, suffix):
    path = tmp_path / f"out.{suffix}"
    assert run("plot", "cosine", "-o", path, "--dpi", 50).code == 0
    assert path.read_bytes()[:4] in (b"\x89PNG", b"<?xm", b"%PDF")


def test_themes_and_units_match_the_tables_behind_them():
    assert list(ThemeName) == [*THEMES, AUTO]
    assert list(Unit) == [*UNITS, "fraction"]
    assert sorted(PICTURES) == FORMATS


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
        "--normalize",
        "--start",
        "first",
        "--stop",
        "5k",
        "--format",
        "svg",
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
        (["-o", "out.png", "--size", "big"], "`--size` takes a size from 1x1 to 50x50 inches, not `big`"),
        (["-o", "out.png", "--size", "0x3"], "50x50 inches, not `0x3`"),
        (["-o", "out.png", "--size", "1x1"], "error[bad-option]: 1x1 inches are too few for this picture"),
        (
            ["-o", "out.png", "--size", "50x50", "--dpi", 1200],
            "50x50 inches at 1200 dots per inch are 3,600",
        ),
        (["-o", "out.png", "--start", "20", "--stop", "0.1%"], "there are no steps from 20 up to 10"),
        (["-o", "out.png", "--start", "20k"], "there are no steps from 20,000 up to 10,000"),
        (["-o", "out.png", "--start", "soon"], "`soon` is not a point in a run"),
        (["-o", "-"], "help: write `--format png` for standard output"),
        (
            ["-o", "out.png", "--x", "tokens"],
            "error[missing-conversion]: Cosine with warmup: cannot turn",
        ),
        (["-o", "none/out.png"], "cannot write `none/out.png`: the folder `none` does not exist"),
        (["-o", "out.png", "--set", "lr=x"], "error[bad-type]"),
        ([], "`lrplot plot` needs `--output FILE`"),
        (["-o", "out.png", "--theme", "auto"], "a .png file has one theme, not `auto`"),
        (["-o", "out.png", "--format", "pdf"], "`--format pdf` contradicts the name `out.png`"),
    ],
)
def test_errors(run: Run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run("plot", "cosine", *arguments)
    assert result.code == 2
    assert message in " ".join(result.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_picture_can_be_written_to_standard_output(run: Run, tmp_path):
    assert run("plot", "cosine", "-o", tmp_path / "out.svg").code == 0
    printed = run("plot", "cosine", "-o", "-", "--format", "svg")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == (tmp_path / "out.svg").read_text()


def test_a_sweep_is_titled_by_what_varies(run: Run, tmp_path):
    path = tmp_path / "out.svg"
    assert run("plot", "cosine", "-o", path, "--sweep", "lr=1e-4,3e-4").code == 0
    assert ">Cosine with warmup, lr varied</text>" in path.read_text()


def test_letters_without_a_font_are_a_warning(run: Run, tmp_path, monkeypatch):
    monkeypatch.setattr("lrplot.output.image.figure._installed", dict)
    title = chr(0x1FBF9)  # a digit of a seven-segment display
    result = run("plot", "cosine", "-o", tmp_path / "out.png", "--title", title, "--dpi", 50)
    assert result.code == 0
    assert (
        result.err
        == f"warning: no installed font has {title}: they are drawn as boxes (a .svg file keeps them as text)\n"
    )
