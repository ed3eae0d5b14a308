"""Several schedulers on one optimizer that undo each other's work."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose, prod, sqrt

import numpy as np

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.curve import Curve, Origin, Segment
from lrplot.curves.roles import Role
from lrplot.diagnostics import Span
from lrplot.engine.evaluate import raw_values
from lrplot.schema.arguments import NO_FRAME
from lrplot.schema.recipe import Recipe, Use
from lrplot.wording import learning_rate, several

NEXT = 2  # updates after a drop at which it must still hold


@rule("warning")
def lost_drops(survey: Survey) -> Iterator[Finding]:
    """The drops of a scheduler do not last, because another one that acts with it sets its own value at each step.

    Why: in a ChainedScheduler each scheduler changes the value that it finds, but some compute theirs from the base
        (torch: CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR, LambdaLR): a drop lasts one update, or none.
    Cure: put both into one function, or let one follow the other in a SequentialLR.
    Source: pytorch/pytorch#129565
    """
    for segment in survey.segments:
        if not segment.origin or not segment.origin.framework or segment.start >= survey.steps:
            continue
        factors = segment.curve.factors
        for factor in factors:
            others = [each.curve for each in factors if each is not factor]
            step = _after_drops(survey, segment, factor.curve)
            if not factor.origin or step is None:
                continue
            t = step - segment.start
            drop = _share(factor.curve, t)
            held = survey.at(segment.start) * drop * prod(_share(each, t) for each in others)
            found = survey.at(step)
            if 0 < drop < 1 and found > held / sqrt(drop):
                setters = [each for each in factors if isclose(_at(each.curve, t), found, rel_tol=1e-6)]
                setter = _name(setters[0].origin) if setters else "another scheduler"
                yield Finding(
                    f"the drops of {_name(factor.origin)} do not last: at update {step:,} the learning rate is "
                    f"{learning_rate(found)}, not {learning_rate(held)}; {setter} sets its own value at each step",
                    factor.origin.place(Role.MILESTONES, Role.EVERY),
                    "put both into one function of the step, or let one follow the other",
                )


def _name(origin: Origin | None) -> str:
    return f"`{origin.name.rpartition('.')[2]}`" if origin else "another scheduler"


def _after_drops(survey: Survey, segment: Segment, curve: Curve) -> int | None:
    """A late update of the run at which a staircase has held its value for some updates; None if there is none."""
    if not any(part.role is Role.STAIRS for part in curve.segments()):
        return None
    length = min(segment.stop, survey.steps) - segment.start
    late = [t for t in (length - 1, length - 1 - NEXT, length // 2) if t >= NEXT]
    return next((segment.start + t for t in late if _at(curve, t) == _at(curve, t - NEXT)), None)


def _at(curve: Curve, t: int) -> float:
    return float(raw_values(curve, np.array([t], dtype=np.int64))[0])


def _share(curve: Curve, t: int) -> float:
    """A scheduler's value at a local step, as a share of its first one."""
    first = _at(curve, 0)
    return _at(curve, t) / first if first else float("nan")


@rule("warning")
def lost_step(survey: Survey) -> Iterator[Finding]:
    """A phase inside a phase ends one step early.

    Why: torch's SequentialLR steps what it holds once while it is built; one inside another one keeps that step, so
        that its warmup stops short of its end.
    Cure: write one SequentialLR with all milestones, or move the inner milestones by one.
    Source: lrplot's own runs of torch's schedulers
    """
    origin = survey.track.origin
    if not isinstance(origin, Use) or not origin.framework:
        return
    own = [each for each in survey.schedulers if not each.together]
    starts = {each.start // each.every * each.times for each in own}
    for recipe in _nested(origin.recipe):
        for child, time in zip(recipe.children(), _handovers(recipe), strict=False):
            if time not in starts and time - 1 in starts and time * own[0].every < survey.steps:
                message = f"`{child.title}` ends after {several(time - 1, 'step')}, not {time:,}: "
                message += f"`{recipe.title}` inside another one loses a step"
                yield Finding(message, _place(recipe), f"write one `{recipe.title}` with all milestones")


def _nested(recipe: Recipe) -> Iterator[Recipe]:
    """The first of the schedulers that take over from each other, if it is such a one itself, and so on."""
    children = recipe.children()
    if _handovers(recipe) and children:
        yield from [children[0], *_nested(children[0])] if _handovers(children[0]) else []


def _handovers(recipe: Recipe) -> tuple[int, ...]:
    """The times at which the schedulers of a recipe take over from each other; empty if they do not."""
    fields = [field for field in recipe.arguments.fields if field.role is Role.HANDOVERS]
    given = [recipe.arguments.given[field.parameter] for field in fields if field.parameter in recipe.arguments.given]
    return tuple(given[0].quantity.resolve(NO_FRAME)) if given else ()


def _place(recipe: Recipe) -> Span:
    return recipe.arguments.place(*(field.name for field in recipe.arguments.fields if field.role is Role.HANDOVERS))
