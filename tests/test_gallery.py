"""The gallery is what its builder builds."""

import re
import runpy
from pathlib import Path

import matplotlib as mpl
import pytest
from support import ROOT

GALLERY = ROOT / "gallery"
DRAWN_WITH = re.compile(r"\nDrawn with matplotlib (\S+)\.\n$")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    runpy.run_path(str(GALLERY / "build.py"))["build"](folder)
    return folder


def test_index_is_up_to_date(built):
    fresh, kept = ((folder / "README.md").read_text(encoding="utf-8") for folder in (built, GALLERY))
    assert DRAWN_WITH.sub("", fresh) == DRAWN_WITH.sub("", kept)


def test_pictures_are_up_to_date(built):
    assert sorted(path.name for path in built.glob("*.svg")) == sorted(path.name for path in GALLERY.glob("*.svg"))
    found = DRAWN_WITH.search((GALLERY / "README.md").read_text(encoding="utf-8"))
    assert found
    stale = [path.name for path in built.glob("*.svg") if path.read_bytes() != (GALLERY / path.name).read_bytes()]
    if found[1] == mpl.__version__:
        assert stale == []
    else:  # another version draws the same lines a little differently: compare what they say
        words = re.compile(r">([^<>]+)</text>")
        for name in stale:
            fresh, kept = (words.findall((folder / name).read_text(encoding="utf-8")) for folder in (built, GALLERY))
            assert fresh == kept


def test_index_shows_every_picture():
    shown = re.findall(r"\]\((\w+\.svg)\)", (GALLERY / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.name for path in GALLERY.glob("*.svg"))
