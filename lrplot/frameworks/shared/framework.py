"""Frameworks: tables of schedulers under a framework's own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from functools import update_wrapper
from typing import Any, TypeVar

from lrplot.curves.curve import Curve
from lrplot.curves.tracks import Tracks
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.registry import Registry
from lrplot.schema.definition import Builder, Caveat, Definition
from lrplot.schema.frame import Frame
from lrplot.schema.resuming import Resuming
from lrplot.wording import did_you_mean, swap_of

B = TypeVar("B", bound=Builder)


@dataclass(eq=False)
class Framework:
    """The schedulers of a framework, under its own names.

    Their values were checked against `version` of the package `distribution`. `modules` are the
    import paths of the schedulers (`*` matches any part), besides `name` itself. `glossary` is the
    help of arguments that several schedulers have. `undetermined` maps schedulers that a spec cannot
    determine, for example because they depend on a metric, to the help shown for them.

    `aliases` are other names of the framework. `naming` is the key by which its own configs name a
    scheduler, and `together` the scheduler that takes a list of them. `left_out` are arguments of its
    schedulers that have no effect on a schedule and no place in a spec. `resuming` is how its schedulers go on
    from a checkpoint, unless one has a rule of its own; None: the trainer's counter decides.
    """

    name: str
    distribution: str
    version: str
    modules: tuple[str, ...] = ()
    glossary: Mapping[str, str] = field(default_factory=dict)
    undetermined: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    naming: str = ""
    together: str = ""
    left_out: tuple[str, ...] = ("optimizer",)
    resuming: Resuming | None = None
    schedulers: Registry[Definition] = field(default_factory=Registry)

    def scheduler(
        self,
        *,
        accumulates: bool = False,
        rounds_up: bool = False,
        float32: Caveat | None = None,
        resuming: Resuming | None = None,
    ) -> Callable[[B], B]:
        """Register a builder `(frame, **arguments) -> Curve` under the function's own name.

        Its signature is the framework's. If `accumulates` is set, the framework computes each
        value from the previous one, so rounding accumulates. For the others see `Definition`.
        """

        def register(builder: B) -> B:
            self.add(
                builder.__name__,
                builder,
                accumulates=accumulates,
                rounds_up=rounds_up,
                float32=float32,
                resuming=resuming,
            )
            return builder

        return register

    def add(
        self,
        name: str,
        builder: Builder,
        *,
        accumulates: bool = False,
        rounds_up: bool = False,
        float32: Caveat | None = None,
        resuming: Resuming | None = None,
    ) -> None:
        """Register a builder under a name; see `scheduler`."""
        definition = Definition(
            f"{self.name}.{name}",
            builder,
            framework=self.name,
            checked=f"{self.distribution} {self.version}",
            accumulates=accumulates,
            rounds_up=rounds_up,
            float32=float32,
            resuming=resuming or self.resuming,
            glossary=self.glossary,
        )
        self.schedulers.add(name, definition)

    def matches(self, module: str) -> bool:
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
            f"{self.name} has no scheduler `{name}`",
            code="unknown-scheduler",
            help=did_you_mean(name, self.schedulers),
            swap=swap_of(name, self.schedulers),
        )


class Adapted:
    """A builder that calls `call(function, frame, **arguments)`, with the signature and the help of `function`.

    Unlike a nested function it can be pickled. If the scheduler moves another `parameter` than
    the learning rate, its help has that in place of "learning rate" and "lr".
    """

    def __init__(
        self, function: Callable[..., Any], call: Callable[..., Curve | Tracks], parameter: str = "learning rate"
    ) -> None:
        update_wrapper(self, function)
        self.function, self.call = function, call
        if parameter != "learning rate":
            self.__doc__ = re.sub(r"learning rate|\blr\b", parameter, function.__doc__ or "")

    def __call__(self, frame: Frame, **arguments: Any) -> Curve | Tracks:
        return self.call(self.function, frame, **arguments)
