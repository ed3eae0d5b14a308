"""Findings as JUnit XML, read by an XML parser."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lrplot.diagnostics import Diagnostic, Source
from lrplot.output.checked import Checked, Report
from lrplot.output.findings.junit import write_junit

PLACE = Source("a.yaml", "one\ntwo\n").span(4, 7)
NOTE = Diagnostic("zero-first-update", "it is <0>", PLACE, "start & go", "note")
WARNING = Diagnostic("cut-short", 'the "end" \x07', PLACE, None, "warning")
ERROR = Diagnostic("unreadable", "no file", None, None, "error")


def suites(*checked: Checked, strict: bool = False) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(write_junit(Report(checked, strict, "1")).encode())
    assert root.tag == "testsuites"
    return list(root)


def counts(suite: ElementTree.Element) -> tuple[str | None, ...]:
    return tuple(suite.get(name) for name in ("name", "tests", "failures", "errors"))


def test_each_file_is_a_suite_and_each_finding_a_case():
    clean, found, bad = suites(
        Checked("a.yaml", []), Checked("b.yaml", [NOTE, WARNING]), Checked("c", [ERROR], bad=True)
    )
    assert counts(clean) == ("a.yaml", "1", "0", "0")
    assert [case.get("name") for case in clean] == ["check"]
    assert counts(found) == ("b.yaml", "2", "1", "0")
    assert [(case.get("name"), case.get("classname"), case.get("line")) for case in found] == [
        ("zero-first-update", "b.yaml", "2"), ("cut-short", "b.yaml", "2"),
    ]  # fmt: skip
    assert counts(bad) == ("c", "1", "0", "1")


def test_a_warning_fails_its_case_and_a_note_passes():
    (suite,) = suites(Checked("b.yaml", [NOTE, WARNING]))
    note, warning = suite
    assert [each.tag for each in (*note, *warning)] == ["system-out", "failure"]
    assert note[0].text == "a.yaml:2:1: it is <0>\nstart & go"
    assert warning[0].get("type") == "warning"
    assert warning[0].get("message") == 'the "end" \N{REPLACEMENT CHARACTER}'


def test_notes_fail_too_if_the_check_is_strict():
    (suite,) = suites(Checked("b.yaml", [NOTE]), strict=True)
    assert counts(suite) == ("b.yaml", "1", "1", "0")
    assert [each.tag for each in suite[0]] == ["failure"]


def test_a_spec_that_cannot_be_read_is_an_error():
    (suite,) = suites(Checked("c", [ERROR], bad=True))
    assert [each.tag for each in suite[0]] == ["error"]
    assert suite[0].get("line") is None


@pytest.mark.parametrize("name", ["a&b.yaml", 'a"b.yaml', "a<b.yaml", "\udcff.yaml"])
def test_odd_names_are_escaped(name):
    (suite,) = suites(Checked(name, []))
    assert suite.get("name") == name.replace("\udcff", "\N{REPLACEMENT CHARACTER}")
