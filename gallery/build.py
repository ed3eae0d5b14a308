"""Rebuild the gallery and the manual: what the README and the pages print and show, the pictures, the index.

python gallery/build.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import copy2, copytree, ignore_patterns
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]  # lrplot need not be installed

from maker.index import index
from maker.pages import rebuild

INDEX = "gallery/README.md"


def pages() -> list[str]:
    """The pages, by their paths in the project."""
    manual = sorted(path.name for path in (ROOT / "gallery").glob("*.md") if path.name != "README.md")
    return ["README.md", INDEX, *(f"gallery/{name}" for name in manual)]


def stage(folder: Path) -> None:
    """Copy what pages consist of and what their commands read into a folder, without pictures."""
    copy2(ROOT / "README.md", folder)
    copytree(ROOT / "configs", folder / "configs")
    copytree(ROOT / "gallery", folder / "gallery", ignore=ignore_patterns("*.svg", "*.py", "__pycache__"))


def build(page: str, folder: Path) -> None:
    """Bring one page in a staged folder up to date, with its pictures."""
    if page == INDEX:
        (folder / page).write_text(index(), encoding="utf-8")
    rebuild(folder / page, folder)


def main() -> None:
    """Rebuild everything, and replace what is in the project."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder)
        for page in pages():
            build(page, folder)
        for picture in (ROOT / "gallery").rglob("*.svg"):
            picture.unlink()
        for path in [folder / "README.md", *(folder / "gallery").rglob("*.md"), *(folder / "gallery").rglob("*.svg")]:
            target = ROOT / path.relative_to(folder)
            target.parent.mkdir(exist_ok=True)
            copy2(path, target)


if __name__ == "__main__":
    main()
