"""Pictures: same bytes for the same input, literal text, exact extremes."""

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.image import imread

import lrplot
from lrplot.chart.picture import picture_of
from lrplot.diagnostics import Fault
from lrplot.output.image import figure
from lrplot.output.image.figure import write_image
from lrplot.output.image.shared.sheet import THEMES, Sheet
from lrplot.output.writers import PICTURES

SPEC = {"name": "Run", "steps": 1_000, "lr": 1e-3, "schedule": {"kind": "cosine", "warmup": 100}}
SIGNATURES = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


def drawn(*specs, format="svg", sheet=None, title=None, unit=None, log=False) -> bytes:
    sheet = sheet or Sheet(4, dpi=60)
    file = io.BytesIO()
    picture = picture_of([lrplot.load(spec).run for spec in specs], unit, log, sheet.pixels, title)
    write_image(picture, sheet, PICTURES[format], file)
    return file.getvalue()


def texts(svg: bytes) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize("format", list(PICTURES))
def test_same_input_same_bytes(format):
    first, second = drawn(SPEC, format=format), drawn(SPEC, format=format)
    assert first.startswith(SIGNATURES[format])
    assert first == second
    assert b"matplotlib.org" not in first.split(b"</metadata>")[-1] or format != "svg"


def test_svg_text_stays_text():
    found = texts(drawn(SPEC))
    for text in ("Run", "learning rate", "steps", "1k", "×10⁻³", "1.0", "1e-3", "cosine"):
        assert text in found


@pytest.mark.parametrize(
    "name", ["$\\frac{1}{0}$", "a_b^c {x", '<script>alert(1)</script> & "q"', "100% \\LaTeX", "日本"]
)
def test_text_of_a_spec_is_drawn_literally(name):
    assert name in texts(drawn(SPEC | {"name": name}))
    groups = {name: {"lr": 1}}
    assert name in texts(drawn(SPEC | {"groups": groups}))
    assert name in texts(drawn(SPEC, title=name))
    assert name in ET.fromstring(drawn(SPEC, title=name)).findtext("{http://www.w3.org/2000/svg}title")


def test_a_vector_picture_can_have_both_themes():
    specs = SPEC, {**SPEC, "name": "Other", "lr": 2e-3}
    light, dark, both = (drawn(*specs, sheet=Sheet(4, theme=theme)) for theme in ("light", "dark", "auto"))
    style = re.search(rb"\n <style>@media \(prefers-color-scheme: dark\) \{\n(.*?) \}</style>", both, re.DOTALL)
    assert both.replace(style[0], b"") == light
    rules = re.findall(rb'  \[style\*="(\w+: #\w+)"\] \{(\w+: #\w+) !important\}\n', style[1])
    changed = dict(rules)
    shown = re.sub(rb"\b(fill|stroke): #\w{6}", lambda match: changed[match[0]], light)
    assert shown == dark
    assert drawn(*specs, sheet=Sheet(4, theme="auto")) == both


@pytest.mark.parametrize("theme", list(THEMES))
def test_themes_differ_in_paper_and_ink(theme):
    pixels = imread(io.BytesIO(drawn(SPEC, format="png", sheet=Sheet(4, dpi=60, theme=theme))))
    paper = pixels[2, 2, :3].mean()
    assert (paper > 0.9) == (theme == "light")


@pytest.mark.parametrize(("size", "dpi", "shape"), [((3, 2), 100, (200, 300)), ((6.4, None), 50, (179, 320))])
def test_size_and_resolution(size, dpi, shape):
    assert imread(io.BytesIO(drawn(SPEC, format="png", sheet=Sheet(*size, dpi=dpi)))).shape[:2] == shape


def test_a_spike_one_step_wide_reaches_its_height():
    at = {0: 0, 500_000: 1, 500_001: 0}
    spec = {"steps": "1M", "schedule": {"kind": "points", "at": at, "interpolation": "step"}}
    blue = _line_pixels(drawn(spec, format="png"))
    rows = np.flatnonzero(blue.any(axis=1))
    level = np.flatnonzero(blue.sum(axis=1) > 20)
    assert rows[0] < level[0] - 50


def _line_pixels(png: bytes) -> np.ndarray:
    """Where the first line's blue is."""
    pixels = imread(io.BytesIO(png))[:, :, :3]
    return np.abs(pixels - np.array([0, 0x72, 0xB2]) / 255).max(axis=2) < 0.25


def test_few_steps_are_drawn_as_stairs_and_many_as_a_line():
    held = drawn({"steps": 4, "lr": 1, "schedule": "linear"})
    joined = drawn({"steps": 4_000, "lr": 1, "schedule": "linear"})
    assert [len(re.findall(r"[ML] ", _curve(svg))) for svg in (held, joined)] == [8, 3]


def _curve(svg: bytes) -> str:
    """The path in the first line's blue."""
    return re.findall(r'<path d="([^"]+)" style="[^"]*stroke: #0072b2', svg.decode())[-1]


def test_a_vector_picture_does_not_depend_on_the_resolution():
    assert len({drawn(SPEC, sheet=Sheet(4, dpi=dpi)) for dpi in (20, 200, 1200)}) == 1


def test_lines_differ_in_dashes():
    specs = [SPEC | {"name": f"r{i}", "lr": 1e-3 * (i + 1)} for i in range(4)]
    svg = drawn(*specs).decode()
    dashes = set(re.findall(r"stroke-dasharray: ([^;\"]+)", svg))
    assert len(dashes) >= 3


def test_twelve_layers_are_a_fan_with_a_legend():
    found = texts(drawn(SPEC | {"layer_decay": {"layers": 12, "decay": 0.75}}, sheet=Sheet()))
    names = ["layer_12 (= base)", *(f"layer_{i}" for i in range(11, 0, -1))]
    assert [text for text in found if text.startswith("layer_")] == names


@pytest.mark.parametrize("format", ["png", "svg"])
def test_file_size_does_not_grow_with_the_run(format):
    sizes = [len(drawn(SPEC | {"steps": 10**power}, format=format, sheet=Sheet())) for power in (5, 12)]
    assert max(sizes) < 100_000
    assert max(sizes) < 1.5 * min(sizes)


def test_names_with_an_underscore_are_in_the_legend():
    found = texts(drawn(SPEC | {"groups": {"_hidden": {"lr": 1}, "shown": {"lr": 2}}}))
    assert {"_hidden", "shown", "base"} <= set(found)


def test_long_titles_are_wrapped_and_then_cut():
    words = [f"word{i}" for i in range(60)]
    found = texts(drawn(SPEC | {"name": " ".join(words)}, sheet=Sheet()))
    lines = [text for text in found if text.startswith("word")]
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert " ".join(words).startswith(" ".join(lines).removesuffix("…"))


@pytest.mark.parametrize(
    "spec",
    [
        {"steps": 50, "schedule": {"kind": "expression", "value": "1e300 * cos(6 * u)"}},
        {"steps": 50, "lr": 5e-324, "schedule": "cosine"},
        {"steps": 50, "lr": 0, "schedule": "cosine"},
        {"steps": 50, "schedule": {"kind": "expression", "value": "-1 - t"}},
        {
            "steps": 50,
            "lr": 1.7e308,
            "schedule": [{"kind": "constant", "for": 9}, {"kind": "constant", "value": 5e-324}],
        },
        {"steps": 5_000, "schedule": {"kind": "expression", "value": "1.7e308 * cos(6 * u)"}},
        {"steps": 5_000, "schedule": {"kind": "expression", "value": "3e-4 + 1e-12 * u"}},
        {"steps": 50, "lr": 1e-305, "schedule": "linear"},
        {"steps": 1, "lr": 1, "schedule": "cosine"},
        {"steps": 10**12, "lr": 1, "schedule": "cosine"},
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_extreme_and_negative_values_are_drawn(spec, log):
    found = texts(drawn(spec, log=log, sheet=Sheet()))
    assert len(found) > 5
    assert not {"nan", "inf"} & set(found)


MATPLOTLIB_AFTER_US = """
import io, lrplot
from matplotlib import artist
texts, signature = artist.kwdoc, vars(artist.Artist)["_update_set_signature_and_docstring"]
from lrplot.chart.picture import picture_of
from lrplot.output.image.figure import write_image
from lrplot.output.image.shared.sheet import Sheet
from lrplot.output.writers import PICTURES
picture = picture_of([lrplot.load({"steps": 9, "lr": 1, "schedule": "linear"}).run], None, False, 200)
write_image(picture, Sheet(4, dpi=50), PICTURES["png"], io.BytesIO())
assert artist.kwdoc is texts
assert vars(artist.Artist)["_update_set_signature_and_docstring"] is signature
class Own(artist.Artist):
    def set_color_of_mine(self, color): "Set it."
assert "color_of_mine" in Own.set.__doc__ and "color_of_mine" in str(Own.set.__signature__)
"""


def test_a_vector_picture_has_a_description_for_screen_readers():
    root = ET.fromstring(drawn(SPEC))
    assert root.get("role") == "img"
    assert root.findtext("{http://www.w3.org/2000/svg}desc").startswith("The learning rate of Run over 1,000 steps:")


def test_fonts_in_a_pdf_are_truetype():
    pdf = drawn(SPEC, format="pdf")
    assert b"/CIDFontType2" in pdf
    assert b"/Type3" not in pdf


def missing(spec, format):
    picture = picture_of([lrplot.load(spec).run], None, False, 800)
    return write_image(picture, Sheet(4, dpi=60), PICTURES[format], io.BytesIO())


def test_letters_that_no_font_has_are_returned(monkeypatch):
    monkeypatch.setattr(figure, "_installed", dict)
    strange = chr(0x1FBF9)  # a digit of a seven-segment display
    assert missing(SPEC | {"name": f"a {strange}"}, "png") == strange
    assert missing(SPEC | {"name": f"a {strange}"}, "svg") == ""  # a viewer may find one
    assert missing(SPEC | {"name": "Ελληνικά"}, "png") == ""


def test_installed_fonts_are_used_for_letters_that_the_own_font_lacks(monkeypatch):
    fonts = {"DejaVu Serif": set("ab日本"), "DejaVu Sans Mono": set("日")}
    monkeypatch.setattr(figure, "_installed", lambda: dict(fonts))
    found = figure._Fonts("a日本語", viewer_finds_fonts=False)
    assert found.families == ["DejaVu Sans", "DejaVu Serif"]
    assert found.missing == "語"


def test_the_letters_of_installed_fonts_are_known():
    assert all(isinstance(letters, set) for letters in figure._installed().values())
    assert "λ" in figure._charmap(figure._file_of("DejaVu Sans"))


def test_a_file_that_is_no_font_has_no_letters(tmp_path):
    path = tmp_path / "broken.ttf"
    path.write_bytes(b"no font")
    assert figure._charmap(str(path)) == set()


def test_a_picture_of_too_many_dots_is_refused_before_it_is_drawn():
    with pytest.raises(Fault, match="3,600 million dots, more than 100 million"):
        drawn(SPEC, format="png", sheet=Sheet(50, 50, dpi=1200))


def test_a_users_settings_do_not_change_a_picture():
    import matplotlib as mpl

    plain = drawn(SPEC, format="png")
    with mpl.rc_context({"font.size": 30, "savefig.dpi": 20, "savefig.bbox": "tight", "lines.linewidth": 9}):
        assert drawn(SPEC, format="png") == plain
        assert mpl.rcParams["font.size"] == 30


def test_matplotlib_is_unchanged_afterwards():
    done = subprocess.run([sys.executable, "-c", MATPLOTLIB_AFTER_US], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
