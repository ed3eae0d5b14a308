"""Rules: functions that look at a run and report what is wrong with it, each under a stable code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

from lrplot.diagnostics import Diagnostic, Fix, Severity, Span
from lrplot.lazy import dataclass
from lrplot.registry import Registry, section, summary
from lrplot.wording import MANUAL

SECTIONS = ("Why", "Cure", "Source")
Stage = Literal["load", "run", "accept", "log"]


@dataclass(eq=False)
class Finding:
    """One finding: the statement with its numbers, the place, the cure.

    `severity` is None if it is that of the rule. `fix` is the cure as a change of the text, if it is mechanical.
    """

    message: str
    span: Span
    help: str
    severity: Severity | None = None
    fix: Fix | None = None


Finder = Callable[..., Iterator[Finding]]
F = TypeVar("F", bound=Finder)


@dataclass(eq=False)
class Rule:
    """A rule, all of it derived from one function.

    `stage` says what it looks at: the diagnostics of a spec that does not `load`, a `run`, the findings that the run's
    spec says it will `accept`, or the agreement of a `log` with its plan. A finding has the rule's `severity` unless it
    has its own.
    """

    code: str
    finder: Finder
    stage: Stage
    severity: Severity

    def findings(self, *looked_at: Any) -> list[Diagnostic]:
        """Its findings as diagnostics, with its code."""
        return [
            Diagnostic(
                self.code, each.message, each.span, each.help, each.severity or self.severity, each.fix, self.url
            )
            for each in self.finder(*looked_at)
        ]

    @property
    def reason(self) -> str:
        """One line that says what is wrong."""
        return summary(self.finder)

    @property
    def url(self) -> str:
        """The address of its explanation in the manual."""
        return f"{MANUAL}/checks.md#{self.code}"

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, one of `SECTIONS`."""
        return section(self.finder, title)


RULES: Registry[Rule] = Registry(f"{__package__}.rules")


def rule(severity: Severity) -> Callable[[F], F]:
    """Register a function of a `Survey` under its own name, in kebab case."""
    return _registering("run", severity)


def load_rule(severity: Severity) -> Callable[[F], F]:
    """Register a function of the diagnostics of a spec that does not load."""
    return _registering("load", severity)


def accept_rule(severity: Severity) -> Callable[[F], F]:
    """Register a function of a `Survey` and the codes that were found in its run."""
    return _registering("accept", severity)


def log_rule(severity: Severity) -> Callable[[F], F]:
    """Register a function of an `Agreement`, which looks at a log of the run."""
    return _registering("log", severity)


def rules_of(stage: Stage) -> list[Rule]:
    """The rules that look at the same thing, in the order they were defined."""
    return [each for each in RULES.values() if each.stage == stage]


def _registering(stage: Stage, severity: Severity) -> Callable[[F], F]:
    def register(finder: F) -> F:
        code = finder.__name__.replace("_", "-")
        RULES.add(code, Rule(code, finder, stage, severity))
        return finder

    return register
