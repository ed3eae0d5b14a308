"""Rules: functions that look at a run and say what is wrong with it, each under a stable code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from lrplot.diagnostics import Diagnostic, Span
from lrplot.docstrings import section, summary
from lrplot.frozen import frozen
from lrplot.registry import Registry

SECTIONS = ("Why", "Cure", "Source")
Stage = Literal["load", "run", "accept"]


@frozen
class Finding:
    """What a rule found: the statement with its numbers, the place, the cure."""

    message: str
    span: Span
    help: str


Judge = Callable[..., Iterator[Finding]]


@frozen
class Rule:
    """A rule, all of it derived from one function.

    `stage` tells what it looks at: the diagnostics of a spec that does not `load`, a `run`,
    or what the run's spec says it will `accept`.
    """

    code: str
    judge: Judge
    stage: Stage

    def findings(self, *subject: Any) -> list[Diagnostic]:
        """What it finds, as warnings under its code."""
        found: Iterable[Finding] = self.judge(*subject)
        return [Diagnostic(self.code, each.message, each.span, each.help, "warning") for each in found]

    @property
    def reason(self) -> str:
        """One line that says what is wrong."""
        return summary(self.judge)

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, one of `SECTIONS`."""
        return section(self.judge, title)


RULES: Registry[Rule] = Registry()


def rule(judge: Judge) -> Judge:
    """Register a function of a `Subject` under its own name, in kebab case."""
    return _registered(judge, "run")


def load_rule(judge: Judge) -> Judge:
    """Register a function of the diagnostics of a spec that does not load."""
    return _registered(judge, "load")


def accept_rule(judge: Judge) -> Judge:
    """Register a function of a `Subject` and the codes that were found in it."""
    return _registered(judge, "accept")


def rules_of(stage: Stage) -> list[Rule]:
    """The rules that look at the same thing, in the order they were defined."""
    return [each for each in RULES.values() if each.stage == stage]


def _registered(judge: Judge, stage: Stage) -> Judge:
    code = judge.__name__.replace("_", "-")
    RULES.add(code, Rule(code, judge, stage))
    return judge
