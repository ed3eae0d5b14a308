"""Frameworks: tables of kinds that go by a framework's own names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeVar

from lrplot.diagnostics import Fault
from lrplot.registry import Registry
from lrplot.schema.definition import Builder, Definition
from lrplot.wording import did_you_mean

B = TypeVar("B", bound=Builder)


@dataclass(frozen=True)
class Framework:
    """A framework's schedulers, under its own names.

    `version` is the one they were checked against, of the package `distribution`.
    `modules` are the import paths its schedulers are known by (`*` stands for any part),
    beside `name` itself. `glossary` explains arguments that many schedulers share.
    `undetermined` names schedulers that no spec determines, such as
    those that follow a metric, and what to do about it.
    """

    name: str
    distribution: str
    version: str
    modules: tuple[str, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)
    undetermined: Mapping[str, str] = field(default_factory=dict)
    schedulers: Registry[Definition] = field(default_factory=Registry)

    def scheduler(self, *, accumulates: bool = False) -> Callable[[B], B]:
        """Register a builder `(frame, **arguments) -> Curve` under the function's own name.

        Its signature is the framework's. `accumulates` says that the framework computes a
        value from the one before, gathering rounding on the way.
        """

        def register(builder: B) -> B:
            name = builder.__name__
            checked = f"{self.distribution} {self.version}"
            definition = Definition(
                f"{self.name}.{name}",
                builder,
                framework=self.name,
                checked=checked,
                accumulates=accumulates,
                glossary=self.glossary,
            )
            self.schedulers.add(name, definition)
            return builder

        return register

    def knows(self, module: str) -> bool:
        """Whether `module` is an import path of its schedulers."""
        return any(fnmatchcase(module, pattern) for pattern in (self.name, *self.modules))

    def find(self, name: str) -> Definition:
        """The scheduler of that name, or a `Fault`."""
        if name in self.schedulers:
            return self.schedulers[name]
        if name in self.undetermined:
            raise Fault(
                f"`{self.name}.{name}` cannot be shown ahead of the run",
                code="undetermined",
                help=self.undetermined[name],
            )
        raise Fault(
            f"{self.name} has no scheduler `{name}`", code="unknown-scheduler", help=did_you_mean(name, self.schedulers)
        )
