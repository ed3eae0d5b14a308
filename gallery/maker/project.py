"""The pages of the project, and the folder in which they are rebuilt."""

from __future__ import annotations

from pathlib import Path
from shutil import copy2, copytree, ignore_patterns
from tempfile import TemporaryDirectory

from lrplot.output.json_schema import json_schema
from lrplot.spec.source import SCHEMA, preset_folder
from maker.index import index
from maker.pages import rebuild

ROOT = Path(__file__).resolve().parents[2]
INDEX = "gallery/README.md"


def pages() -> list[str]:
    """The paths of the pages in the project."""
    manual = sorted(path.name for path in (ROOT / "gallery").glob("*.md"))
    return ["README.md", *(f"gallery/{name}" for name in manual)]


def stage(folder: Path) -> None:
    """Copy the pages and what their commands read into a folder, without pictures."""
    copy2(ROOT / "README.md", folder)
    copytree(ROOT / "configs", folder / "configs")
    copytree(ROOT / "gallery", folder / "gallery", ignore=ignore_patterns("*.svg", "*.py", "__pycache__"))


def build(page: str, folder: Path) -> None:
    """Rebuild one page in a staged folder, with its pictures."""
    if page == INDEX:
        (folder / page).write_text(index(), encoding="utf-8")
    rebuild(folder / page, folder)


def main() -> None:
    """Rebuild the schema and all pages, and replace them and the pictures in the project."""
    (preset_folder() / SCHEMA).write_text(json_schema(), encoding="utf-8")
    with TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder)
        for page in pages():
            build(page, folder)
        for picture in (ROOT / "gallery").rglob("*.svg"):
            picture.unlink()
        copy2(folder / "README.md", ROOT)
        copytree(folder / "gallery", ROOT / "gallery", dirs_exist_ok=True)
