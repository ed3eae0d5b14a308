"""Rules: functions that look at a run and report what is wrong with it, each under a stable code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from lrplot.diagnostics import Diagnostic, Span
from lrplot.registry import Registry, section, summary

SECTIONS = ("Why", "Cure", "Source")
Stage = Literal["load", "run", "accept"]


@dataclass(frozen=True)
class Finding:
    """One finding: the statement with its numbers, the place, the cure."""

    message: str
    span: Span
    help: str


Finder = Callable[..., Iterator[Finding]]
F = TypeVar("F", bound=Finder)


@dataclass(frozen=True)
class Rule:
    """A rule, all of it derived from one function.

    `stage` says what it looks at: the diagnostics of a spec that does not `load`, a `run`,
    or the findings that the run's spec says it will `accept`.
    """

    code: str
    finder: Finder
    stage: Stage

    def findings(self, *looked_at: Any) -> list[Diagnostic]:
        """Its findings as diagnostics, with its code."""
        return [
            Diagnostic(self.code, each.message, each.span, each.help, "warning") for each in self.finder(*looked_at)
        ]

    @property
    def reason(self) -> str:
        """One line that says what is wrong."""
        return summary(self.finder)

    def section(self, title: str) -> str:
        """A labelled paragraph of the docstring, one of `SECTIONS`."""
        return section(self.finder, title)


RULES: Registry[Rule] = Registry(f"{__package__}.rules")


def rule(finder: F) -> F:
    """Register a function of a `Survey` under its own name, in kebab case."""
    return _registered(finder, "run")


def load_rule(finder: F) -> F:
    """Register a function of the diagnostics of a spec that does not load."""
    return _registered(finder, "load")


def accept_rule(finder: F) -> F:
    """Register a function of a `Survey` and the codes that were found in it."""
    return _registered(finder, "accept")


def rules_of(stage: Stage) -> list[Rule]:
    """The rules that look at the same thing, in the order they were defined."""
    return [each for each in RULES.values() if each.stage == stage]


def _registered(finder: F, stage: Stage) -> F:
    code = finder.__name__.replace("_", "-")
    RULES.add(code, Rule(code, finder, stage))
    return finder
