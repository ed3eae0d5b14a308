"""Cures that are mechanical, put into a text: one is kept only if its finding is then gone and nothing else changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field

from lrplot.analysis.checks.rule import RULES
from lrplot.diagnostics import Diagnostic, Fix
from lrplot.display import Shown
from lrplot.lazy import dataclass
from lrplot.text.edits import apart, applied, shared

MOST_PASSES = 20  # over a text: a fix may make room for another one


@dataclass(frozen=True)
class Looked:
    """The findings in a text. If it does not load, they are its errors, and `steps` is None.

    `steps` are the updates of its run; 0 if a framework raises before it ends.
    """

    findings: tuple[Diagnostic, ...]
    steps: int | None = None


@dataclass(frozen=True)
class Refused:
    """A finding whose fix was not applied, and the reason."""

    finding: Diagnostic
    reason: str


@dataclass(frozen=True)
class Fixed(Shown):
    """The text of a file before and after its fixes: the findings cured, those that are left, and the fixes refused.

    If `bad`, the text does not load, and what is left are errors.
    """

    file: str
    before: str = field(repr=False)
    after: str = field(repr=False)
    cured: tuple[Diagnostic, ...]
    left: tuple[Diagnostic, ...]
    refused: tuple[Refused, ...] = ()
    bad: bool = False


def fixed(text: str, name: str, look: Callable[[str], Looked]) -> Fixed:
    """A text with the fixes of its findings, as `look` finds them; `name` is that of its source.

    Fixes of one pass do not overlap. If they are not sound together, they are tried one by one.
    """
    before, found = text, look(text)
    cured: list[Diagnostic] = []
    refused: dict[tuple[str, str], Refused] = {}
    for _ in range(MOST_PASSES):
        open_ = [each for each in found.findings if each.fix and _key(each) not in refused]
        for each in open_:
            if each.fix and not (each.fix.source.name == name and each.fix.source.text == text):
                refused[_key(each)] = Refused(each, f"it would change `{each.fix.source.name}`")
            elif each.fix and (name_used := shared(each.fix)):
                refused[_key(each)] = Refused(each, f"other places use `{name_used}`")
        open_ = [each for each in open_ if _key(each) not in refused]
        if not open_:
            break
        first = [each for each in open_ if each.code in RULES and RULES[each.code].stage == "accept"]
        open_ = first or open_  # what a spec accepts is not cured
        chosen = [open_[index] for index in apart(_fixes(open_))]
        for group in [chosen, *([each] for each in chosen if len(chosen) > 1)]:
            changed = applied(text, _fixes(group))
            then = look(changed)
            reason = _unsound(found, then, group)
            if not reason:
                text, found = changed, then
                cured += group
                break
            if len(group) == 1:
                refused[_key(group[0])] = Refused(group[0], reason)
    return Fixed(name, before, text, tuple(cured), found.findings, tuple(refused.values()), found.steps is None)


def _key(finding: Diagnostic) -> tuple[str, str]:
    return finding.code, finding.message


def _fixes(findings: Sequence[Diagnostic]) -> list[Fix]:
    return [each.fix for each in findings if each.fix]


def _unsound(before: Looked, after: Looked, cured: Sequence[Diagnostic]) -> str:
    """The reason not to apply fixes; empty if their findings are gone, nothing else is wrong, and the run is as long.

    What is wrong then is an error that can be cured itself if the text did not load before, or else a note.
    """
    if before.steps is None and after.steps is not None:
        return ""
    if after.steps is None and before.steps is not None:
        return f"the spec would not load: {after.findings[0].message}"
    if before.steps and after.steps != before.steps:
        return f"the run would have {after.steps or 0:,} updates in place of {before.steps:,}"
    # The numbers in the messages of a run's findings may change; errors of reading do not.
    name = _key if before.steps is None else _code
    known = Counter(map(name, before.findings)) - Counter(map(name, cured))
    more = Counter(map(name, after.findings)) - known
    if any(name(each) in more for each in cured):
        return "the finding would still be there"
    for each in after.findings:
        if name(each) in more and not (each.fix if before.steps is None else each.severity == "note"):
            return f"then something else is wrong: {each.message}"
    return ""


def _code(finding: Diagnostic) -> tuple[str, str]:
    return finding.code, ""
