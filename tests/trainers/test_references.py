"""References within a config, as HyperPyYAML resolves them."""

import pytest

from lrplot.diagnostics import Source
from lrplot.text.yaml import read_yaml
from lrplot.trainers.shared.config import find
from lrplot.trainers.shared.references import LONGEST, referenced


def value(text, path="a"):
    return find(referenced(read_yaml(Source("hparams.yaml", text), tagged=True)), path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: !ref <b>\nb: 1e-4", "1e-4"),
        ("a: !ref <b>\nb: !ref <c>\nc: x", "x"),
        ("a: !copy <b>\nb: 3", "3"),
        ("a: !ref <b[c]>\nb: {c: 3}", "3"),
        ("a: !ref <b[c][d]>\nb: {c: {d: 4}}", "4"),
        ("a: !ref <b> * 2\nb: 3", "6"),
        ("a: !ref (<b> + 1) // 2 - -1\nb: 4", "3"),
        ("a: !ref <b> / <c>\nb: 1\nc: 4", "0.25"),
        ("a: !ref <b> ** 0.5\nb: 16", "4.0"),
        ("a: !ref <b> % 3\nb: 16", "1"),
        ("a: !ref <b>\nb: !ref <c> * 2\nc: !ref <d> * 3\nd: 5", "30"),
        ("a: !ref results/<b>/x\nb: 3", "results/3/x"),
        ("a: !ref (<b>, <b>)\nb: 3", "(3, 3)"),
        ("a: !ref <b> / 0\nb: 3", "3 / 0"),
        ("a: !ref <b> ** 1000\nb: 3", "3 ** 1000"),
        ("a: !ref <b>.x\nb: True", "True.x"),
        ("a: !ref (<b>) ** 0.5\nb: -4", "(-4) ** 0.5"),
    ],
)
def test_a_reference_stands_for_a_value_of_the_file(text, expected):
    node = value(text)
    assert (node.text, node.computed) == (expected, False)


@pytest.mark.parametrize(
    "text", ["a: !ref <b>", "a: !ref <a>", "a: !ref <b> * 2", "a: !ref <b>\nb: !ref <a>", "a: !ref <b> + 1\nb: [1]"]
)
def test_a_reference_to_nothing_has_no_value(text):
    node = value(text)
    assert node.computed
    assert node.text.startswith("!ref <")


def test_a_reference_to_a_section_stays():
    assert value("a: !ref <b>\nb: {c: 1}").tag == "!ref"


def test_references_within_lists_and_sections_are_resolved():
    assert value("a: !new:x {b: [!ref <c>]}\nc: 7", "a.b.0").text == "7"
    assert value("a: !new:x {b: 1}").tag == "!new:x"


def test_texts_that_grow_without_end_are_given_up():
    lines = [f"a{number}: !ref <a{number + 1}><a{number + 1}>" for number in range(40)]
    node = value("\n".join([*lines, "a40: x"]), "a0")
    assert len(node.text) <= 2 * LONGEST


def test_a_long_chain_is_given_up():
    lines = [f"a{number}: !ref <a{number + 1}>" for number in range(200)]
    assert value("\n".join([*lines, "a200: x"]), "a0").computed
