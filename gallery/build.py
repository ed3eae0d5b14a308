"""Rebuild the gallery: a picture of every shipped spec, some overlays, and the index.

python gallery/build.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl

import lrplot
from lrplot.chart.picture import picture_of
from lrplot.output.files import whole_file
from lrplot.output.image.figure import Sheet, write_image
from lrplot.output.writers import PICTURES
from lrplot.runs.run import Run
from lrplot.spec.source import preset_names, preset_text

HERE = Path(__file__).parent
OVERLAYS = {
    "decays": "Five decays from one peak: they differ in the mean learning rate, the area under the curve.",
    "warmups": "Three warmups of the same length: they differ in how quickly they reach a useful learning rate.",
    "restarts": "Warm restarts: cycles of one length, doubling cycles, and doubling cycles with falling peaks.",
}


def build(folder: Path) -> None:
    """Write every picture and the index into `folder`."""
    for name in preset_names():
        _draw([lrplot.load(name).run], folder / f"{name}.svg")
    for name in OVERLAYS:
        _draw([lrplot.load(path).run for path in _overlay(name)], folder / f"{name}.svg")
    _draw([lrplot.load("one_cycle").run], folder / "one_cycle_dark.svg", theme="dark")
    with whole_file(folder / "README.md") as file:
        file.write(("\n".join(_index()) + "\n").encode())


def _overlay(name: str) -> list[Path]:
    return sorted((HERE / "specs" / name).glob("*.yaml"))


def _draw(runs: list[Run], path: Path, theme: str = "light") -> None:
    sheet = Sheet(6.0, dpi=100, theme=theme)
    with whole_file(path) as file:
        write_image(picture_of(runs, None, False, sheet.pixels), sheet, PICTURES["svg"], file)


def _index() -> Iterator[str]:
    published = [name for name in preset_names() if lrplot.load(name).run.source]
    examples = [name for name in preset_names() if name not in published]
    yield "# Gallery"
    yield ""
    yield "Every spec that lrplot ships. `lrplot show NAME` draws one in the terminal, `lrplot plot NAME -o FILE`"
    yield "a picture, `lrplot presets NAME > my.yaml` starts from it. Rebuild this page with `python gallery/build.py`."
    yield ""
    yield f"[Side by side](#side-by-side) · [Recipes](#recipes): {_links(published)} · [Examples](#examples): "
    yield f"{_links(examples)}"
    yield ""
    yield "## Side by side"
    for name, text in OVERLAYS.items():
        yield from ("", text, "", f"![{name}]({name}.svg)", "", "```sh")
        yield from (f"lrplot plot gallery/specs/{name}/*.yaml -o {name}.svg", "```")
    yield from ("", "The dark theme:", "", "![one_cycle, dark](one_cycle_dark.svg)", "", "```sh")
    yield from ("lrplot plot one_cycle --theme dark -o one_cycle_dark.svg", "```", "", "## Recipes")
    for name in published:
        yield from _entry(name)
    yield from ("", "## Examples")
    for name in examples:
        yield from _entry(name)
    yield from ("", f"Drawn with matplotlib {mpl.__version__}.")


def _links(names: list[str]) -> str:
    return ", ".join(f"[{name}](#{name})" for name in names)


def _entry(name: str) -> Iterator[str]:
    yield from ("", f"### {name}", "", f"![{lrplot.load(name).name}]({name}.svg)", "")
    yield from ("```sh", f"lrplot plot {name} -o {name}.svg", "```", "", "```yaml")
    yield from (preset_text(name).rstrip(), "```")


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
