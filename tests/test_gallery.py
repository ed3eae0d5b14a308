"""The README, the manual and the gallery are what `gallery/build.py` builds."""

import os
import re

import matplotlib as mpl
import pytest
from maker.commands import printed
from maker.index import families
from maker.pages import rebuild
from maker.project import INDEX, ROOT, build, pages, stage
from maker.tables import table
from maker.terminal import COLUMNS, MARGIN, WIDTH, terminal_view

from lrplot.spec.source import preset_names

GALLERY = ROOT / "gallery"
DRAWN_WITH = re.compile(r"\nDrawn with matplotlib (\S+)\.\n$")
WORDS = re.compile(r">([^<>]+)</text>")


def kept(path):
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", pages())
def test_page_and_its_pictures_are_up_to_date(page, tmp_path):
    stage(tmp_path)
    build(page, tmp_path)
    fresh = (tmp_path / page).read_text(encoding="utf-8")
    assert DRAWN_WITH.sub("", fresh) == DRAWN_WITH.sub("", kept(page))
    same_version = DRAWN_WITH.search(kept(INDEX))[1] == mpl.__version__
    for picture in tmp_path.rglob("*.svg"):
        path = picture.relative_to(tmp_path)
        if same_version or path.parent.name == "terminal":
            assert picture.read_bytes() == (ROOT / path).read_bytes(), path
        else:  # another version draws the same lines a little differently: compare the words in the picture
            assert WORDS.findall(picture.read_text(encoding="utf-8")) == WORDS.findall(kept(path)), path


def test_every_picture_is_shown_on_a_page():
    text = "\n".join(kept(page) for page in pages())
    paths = [path.relative_to(GALLERY).as_posix() for path in GALLERY.rglob("*.svg")]
    unused = [path for path in paths if path not in text]
    assert unused == []


def test_every_preset_is_in_one_family():
    assert sorted(name for names in families().values() for name in names) == sorted(preset_names())


def test_a_command_prints_as_in_a_pipe_or_on_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    command = "lrplot show gallery/specs/finetune.yaml"
    assert max(map(len, printed(command, ROOT).splitlines())) == 80
    assert "\x1b[" in printed(command, ROOT, terminal=True)
    assert os.environ["COLUMNS"] == "40"


PAGE = """\
<!-- generated: kinds -->
<!-- end -->

```console
$ lrplot at spec.yaml 1
$ lrplot export spec.yaml -o spec.csv
```

```sh
lrplot export spec.yaml \\
  --stop 1
```

![two lines](terminal/view.svg)

```sh
rm -r gallery
lrplot plot spec.yaml -o picture.svg
```
"""


def test_a_page_is_rebuilt(tmp_path):
    (tmp_path / "spec.yaml").write_text("steps: 2\nlr: 1\nschedule: linear\n")
    (page := tmp_path / "page.md").write_text(PAGE)
    rebuild(page, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!-- generated: kinds -->\n| kind |")
    assert (
        "$ lrplot at spec.yaml 1\nwhen  step  lr\n1        1  0.5\n$ lrplot export spec.yaml -o spec.csv\n```" in text
    )
    assert (tmp_path / "picture.svg").exists()
    words = WORDS.findall((tmp_path / "terminal" / "view.svg").read_text(encoding="utf-8"))
    assert words == ["$", "lrplot export spec.yaml \\", "--stop 1", "step,lr", "0,1.0"]
    rebuild(page, tmp_path)
    assert page.read_text(encoding="utf-8") == text


def test_a_command_that_only_draws_prints_nothing(tmp_path):
    (page := tmp_path / "page.md").write_text("```sh\nlrplot at cosine 0\n```\n")
    with pytest.raises(ValueError, match="not meant to print"):
        rebuild(page, tmp_path)


def test_only_lrplot_is_run():
    with pytest.raises(ValueError, match="only lrplot is run"):
        printed("rm -r gallery", ROOT)


def test_commands_fail_only_if_they_are_meant_to():
    assert printed("lrplot at cosine x", ROOT, fails=True).startswith("error[")
    with pytest.raises(ValueError, match="exits with 2"):
        printed("lrplot at cosine x", ROOT)
    with pytest.raises(ValueError, match="exits with 0"):
        printed("lrplot at cosine 0", ROOT, fails=True)


def test_text_of_a_terminal_is_placed_by_cells():
    view = terminal_view("lrplot x", "a 学b  c\n")
    assert f'<text x="0 {WIDTH} {2 * WIDTH} {4 * WIDTH}" y="28" fill="#d8dee6">a 学b</text>' in view
    assert f'<text x="{7 * WIDTH}" y="28" fill="#d8dee6">c</text>' in view


def test_dots_frames_and_bars_of_a_terminal_are_drawn():
    view = terminal_view("lrplot x", "⠁⡀┤┊█\n")
    assert 'd="M2 18h0M10 30h0"' in view  # the first dot of the first row, the last of the first column
    assert 'stroke-width="1" d="M20 24v-8M20 24v8M20 24h-4"' in view
    assert 'stroke-dasharray="2" d="M28 24v-8M28 24v8"' in view
    assert 'stroke-width="8" d="M36 32v-16"' in view
    assert WORDS.findall(view) == ["$", "lrplot x"]


def test_colors_of_a_terminal():
    view = terminal_view("lrplot x", "\x1b[31mred\x1b[0m \x1b[1;2mfaint\x1b[0m <&\n")
    assert 'fill="#ff7b72">red<' in view
    assert 'font-weight="bold" opacity=".65">faint<' in view
    assert ">&lt;&amp;<" in view


def test_a_terminal_breaks_long_lines():
    view = terminal_view("lrplot x", "x" * (COLUMNS + 1))
    assert WORDS.findall(view)[2:] == ["x" * COLUMNS, "x"]
    assert f'width="{COLUMNS * WIDTH + 2 * MARGIN}"' in view


def test_cells_of_a_table_may_hold_bars():
    assert table(("a", "b"), [("x | y", "")]) == "| a | b |\n| --- | --- |\n| x \\| y | |"
