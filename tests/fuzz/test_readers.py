"""A small fixed part of the fuzzing, and the fuzzer's own judgement."""

from __future__ import annotations

import math
import sys

import pytest
from fuzz.documents import document, written
from fuzz.run import Tally, fuzz
from fuzz.trial import Outcome, judged

from lrplot import Diagnostic, Source, Span, SpecError

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory by Linux's /proc")


def test_some_hundred_documents():
    # How long each takes is for the script to say: this machine may be busy.
    tally = fuzz(0, 300, workers=2, seed=0, seconds=math.inf)
    assert tally.failures == []
    assert tally.accepted + tally.refused == 300
    assert tally.accepted > 30
    assert tally.refused > 150


def test_a_document_is_always_the_same():
    assert document(7, 3) == document(7, 3)
    assert len({document(index).content for index in range(50)}) > 45


def test_one_tree_in_three_languages():
    tree = {"steps": "10", "schedule": {"of": ["cosine", "1e-3"]}}
    assert written(tree, "json") == '{"steps": 10, "schedule": {"of": ["cosine", 1e-3]}}'
    assert written(tree, "toml") == '"steps" = 10\n"schedule" = {"of" = ["cosine", 1e-3]}\n'


def refuse(*diagnostics):
    raise SpecError(*diagnostics)


SPAN = Span(Source("run.yaml"), line=0)


@pytest.mark.parametrize(
    ("load", "wrong"),
    [
        (lambda: None, ""),
        (lambda: refuse(Diagnostic("bad-type", "it is", SPAN)), ""),
        (lambda: refuse(Diagnostic("unreadable", "cannot read `x`: no")), ""),
        (lambda: refuse(), "refused without a diagnostic"),
        (lambda: refuse(Diagnostic("bad-type", "it is")), "no place"),
        (lambda: refuse(Diagnostic("", "it is", SPAN)), "without a code"),
        (lambda: refuse(Diagnostic("bad-type", " ", SPAN)), "or a message"),
        (lambda: 1 / 0, "raised ZeroDivisionError: division by zero"),
        (lambda: [][0], "raised IndexError"),
    ],
)
def test_what_is_wrong_with_an_outcome(load, wrong):
    _, found = judged(load)
    assert wrong in found
    assert bool(found) == bool(wrong)


def test_the_tally_counts_every_document_once():
    tally = Tally(seconds=1.0)
    tally.add(0, "a", Outcome())
    tally.add(1, "a", Outcome(("empty",)))
    tally.add(2, "b", Outcome(("empty",), seconds=1.5))
    tally.add(3, "b", Outcome(wrong="raised KeyError: 1"))
    assert (tally.accepted, tally.refused) == (1, 1)
    assert tally.failures == ["document 2: b: took 1.5 s", "document 3: b: raised KeyError: 1"]
    assert next(tally.lines()) == "1 accepted, 1 refused, 2 failed"
