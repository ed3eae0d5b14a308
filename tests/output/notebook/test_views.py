"""Results in a notebook: their HTML, plain text and pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from html.parser import HTMLParser
from math import exp, log10

import numpy as np
import pytest
from support import ROOT, log_of, points

import lrplot
from lrplot.analysis.change import Change, Changes, State
from lrplot.analysis.range_test import range_test_of
from lrplot.display import VIEWS, Shown
from lrplot.registry import module_names

SPEC = {"name": "<b>&Run", "steps": 100, "lr": 1.0, "schedule": {"kind": "cosine", "warmup": 10}}
LOG = ROOT / "gallery/specs/logs/run/trainer_state.json"
TWICE = ROOT / "gallery/specs/logs/twice.json"
CURVE = ROOT / "gallery/specs/logs/losses/100M/wsdcon_9.csv"
ARGS = ROOT / "gallery/specs/logs/run/args.yaml"


def range_test():
    rates = np.logspace(-5, 0, 60)
    losses = [2.5 - exp(-((log10(rate) + 2) ** 2)) for rate in rates]
    return range_test_of(log_of(points(range(60), rates.tolist(), losses=np.array(losses))))


def changes():
    before, after = (State("a.yaml", lrplot.load(spec).run) for spec in (SPEC, {**SPEC, "lr": 2.0}))
    return Changes("HEAD", "the working tree", ("", ""), (Change(before, after),))


RESULTS = {
    "schedule": lambda: lrplot.load(SPEC),
    "comparison": lambda: lrplot.compare(SPEC, {**SPEC, "schedule": "linear"}),
    "findings": lambda: lrplot.check({**SPEC, "schedule": {"kind": "linear", "for": 125}}),
    "log": lambda: lrplot.read_log(LOG),
    "inference": lambda: lrplot.infer(LOG),
    "agreement": lambda: lrplot.agree(ARGS, TWICE),
    "resumption": lambda: lrplot.resume(SPEC, at=50, overrides=["steps=200"]),
    "theory": lambda: lrplot.theory(SPEC, batch="x4"),
    "fixed": lambda: lrplot.fix(ROOT / "gallery/specs/traps/batches.yaml"),
    "loss law": lambda: lrplot.loss_law(CURVE),
    "changes": changes,
    "fork": lambda: lrplot.fork(SPEC | {"schedule": "constant"}, [40, 60]),
    "range test": range_test,
    "picture": lambda: lrplot.plot(SPEC, {**SPEC, "schedule": "linear"}),
}
WITH_PICTURE = {"schedule", "comparison", "log", "resumption", "range test", "picture"}


class Page(HTMLParser):
    """The tags that are open, the attributes of the image, and the text of an HTML fragment."""

    VOID = ("img",)

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.image: dict[str, str | None] = {}
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.image = dict(attrs)
        else:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self.open[-1:] in (["td"], ["th"]):
            self.tables[-1][-1][-1] += data


def bundle(name):
    return RESULTS[name]()._repr_mimebundle_(include=None, exclude=None)


def test_every_result_of_the_api_has_a_view():
    names = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower() for name in lrplot.__all__ if name[0].isupper()}
    parts = {"change", "diagnostic", "fix", "points", "source", "span", "spec_error", "values"}
    rows = {"format", "kind", "moment", "preset", "rows"}
    assert set(VIEWS) == names - parts - rows - {"schedule"} | {"run"}
    assert sorted(VIEWS) == module_names("lrplot.output.notebook")
    classes = [getattr(lrplot, name) for name in lrplot.__all__]
    assert {each.__name__.lower() for each in classes if isinstance(each, type) and issubclass(each, Shown)} == {
        name.replace("_", "") for name in VIEWS if name != "run"
    }


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_shown_in_formats_that_can_be_read(name):
    shown = bundle(name)
    page = Page(shown["text/html"])
    assert (page.image != {}) == ("image/svg+xml" in shown) == (name in WITH_PICTURE)
    assert shown["text/plain"].strip()
    assert "\x1b" not in shown["text/plain"]
    if name in WITH_PICTURE:
        data = page.image["src"].removeprefix("data:image/svg+xml;base64,")
        assert b64decode(data).decode() == shown["image/svg+xml"]
        root = ET.fromstring(shown["image/svg+xml"])
        assert root.get("role") == "img"
        assert page.image["alt"].endswith(root.findtext("{http://www.w3.org/2000/svg}desc"))
        assert "@media (prefers-color-scheme: dark)" in shown["image/svg+xml"]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_shown_the_same_way_each_time(name):
    assert bundle(name) == bundle(name)


def test_the_tables_of_both_texts_are_the_same():
    shown = bundle("schedule")
    (table,) = Page(shown["text/html"]).tables
    assert table == [
        ["phase", "updates", "learning rate"],
        ["warmup", " 0 –  9", "0 → 1"],
        ["cosine", "10 – 99", "1 → 0"],
    ]
    for row in table:
        assert "  ".join(cell.strip() for cell in row) in re.sub("  +", "  ", shown["text/plain"])


def test_text_of_a_spec_is_text():
    shown = bundle("schedule")
    assert "<b>" not in shown["text/html"]
    assert Page(shown["text/html"]).image["alt"].startswith("<b>&Run. ")
    assert shown["text/plain"].startswith("<b>&Run\n")


def test_findings_are_above_what_is_folded():
    html = lrplot.load(SPEC | {"schedule": {"kind": "linear", "for": 125}})._repr_mimebundle_()["text/html"]
    assert html.index("warning[cut-short]: ") < html.index("<details>")


def test_a_finding_has_its_place_and_its_cure():
    (table,) = Page(bundle("findings")["text/html"]).tables
    assert table[0] == ["severity", "code", "finding", "place", "help"]
    assert table[1][:2] == ["warning", "cut-short"]
    assert table[1][3:] == ["<mapping> at `schedule.for`", "give `for: 100`"]
    assert lrplot.check(SPEC | {"schedule": "linear"})._repr_mimebundle_() == {
        "text/plain": "no findings",
        "text/html": "<div>\n<p><strong>no findings</strong></p>\n</div>\n",
    }


def test_an_inference_is_its_spec():
    shown = bundle("inference")
    assert shown["text/plain"].endswith("schedule:\n  kind: cosine\n  warmup: 10")
    assert shown["text/plain"].startswith("warmup, cosine: equal at every logged step\n")


def test_a_log_has_a_row_for_each_run():
    (table,) = Page(bundle("log")["text/html"]).tables
    assert table == [
        ["run", "rows", "first", "peak", "last"],
        ["trainer_state", "20", "1.8e-5", "1.989e-5", "1.367e-9"],
    ]


def test_the_repr_of_a_result_is_short():
    texts = {name: repr(make()) for name, make in RESULTS.items()}
    assert [name for name, text in texts.items() if len(text) > 1_200] == []
    assert "runs=(<lrplot.Points: 20 rows, steps 10 … 200, lr>,)" in texts["log"]
