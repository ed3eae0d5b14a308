"""Schedules that end before the run does, or after it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import NEARLY_ALL, miscounted
from lrplot.analysis.checks.scheduler import ENDING, HORIZONS, Scheduler
from lrplot.analysis.checks.survey import VISIBLE, Survey
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fix
from lrplot.frameworks import framework
from lrplot.kinds import KINDS
from lrplot.schema.fields import Field
from lrplot.schema.scalars import read_number
from lrplot.wording import learning_rate, part_of, quantity, share

LOST = 0.5  # of the run: with more of it at 0 the run is lost
CUT = 0.05  # of a schedule: cutting off a smaller part hardly changes its end value


@rule("warning")
def ends_early(survey: Survey) -> Iterator[Finding]:
    """The schedule ends long before the run, which holds its last value for more than a tenth of its updates.

    Why: updates at the floor are nearly lost; usually the horizon was copied from a shorter run, or counts the
        warmup twice.
    Cure: give the schedule the run's length, or, if the constant part is intended, end with `constant`.
    Source: NVIDIA/Megatron-LM#2258, wandb/senpai#1526, huggingface/diffusers#3954
    """
    found = over_early(survey)
    if found is None:
        return
    over, each = found
    held = survey.at(survey.steps - 1)
    lost = held == 0 and (bool(survey.group) or survey.steps - over > LOST * survey.steps)
    if survey.visible(survey.extremes.peak - held):
        cure, fix = _fitted(survey, each)
        yield Finding(
            f"the schedule ends after {survey.of_run(each, over)}; "
            f"the last {share(survey.steps - over, survey.steps)} of the run stay at {learning_rate(held)}",
            each.horizon_place,
            f"{cure}; if the constant part is intended, end with `constant`",
            "error" if lost else "warning",
            fix,
        )


def over_early(survey: Survey) -> tuple[int, Scheduler] | None:
    """The update at which a scheduler ends before 90% of the run, and the scheduler; None if there is none."""
    if any(miscounted(survey, each) for each in survey.schedulers):
        return None
    for each in survey.schedulers:
        end = each.end if each.over is None else each.over
        if end is None or end >= NEARLY_ALL * survey.steps:
            continue
        if each.last and (each.together or not each.native) and survey.steady(end + each.every):
            return end, each
    return _native_over(survey)


def _native_over(survey: Survey) -> tuple[int, Scheduler] | None:
    """The same as `over_early` for a native schedule, whose last phase holds its end value."""
    own = [each for each in survey.schedulers if not each.together]
    if not own or not own[-1].native:
        return None
    segments = [each for each in own[-1].segments if each.role is not Role.AFTER]
    stop = segments[-1].stop
    held = segments[-1].role is Role.HOLD and len(segments) > 1
    if held and segments[-2].past is not None and segments[-2].role in ENDING:
        stop = segments[-2].stop  # the value after its last row
    return (stop, own[-1]) if stop < NEARLY_ALL * survey.steps else None


@rule("warning")
def cut_short(survey: Survey) -> Iterator[Finding]:
    """The run ends before the schedule does, so the learning rate does not reach its end value.

    Why: a decay that is cut short loses most of the benefit of the decay; the horizon was copied from a longer run,
        or includes updates that are not trained.
    Cure: give the schedule the run's length, warmup included or not as the framework counts.
    Source: wandb/senpai#1065, Hoffmann et al. 2022 (arXiv:2203.15556) app. B; Lightning-AI/pytorch-lightning#5631
    """
    for each in cut(survey):
        last, planned = _reached(survey, each), each.planned
        done, unit = survey.counted(each, survey.steps - each.start)
        whole, _ = survey.counted(each, (each.over or 0) - each.start)
        cure, fix = _fitted(survey, each)
        yield Finding(
            f"`{each.name}` is cut by the run's end after {part_of(done, whole, unit)}: "
            f"the learning rate ends at {learning_rate(last)}, not at {learning_rate(planned)}",
            each.horizon_place,
            cure,
            fix=fix,
        )


def cut(survey: Survey) -> list[Scheduler]:
    """Schedulers whose decay the run's end cuts visibly."""
    found = [each for each in survey.schedulers if each.last and each.over]
    found = [each for each in found if not miscounted(survey, each)]
    return [each for each in found if _is_cut(survey, each)]


def _fitted(survey: Survey, each: Scheduler) -> tuple[str, Fix | None]:
    """The cure for a horizon that does not fit the run, in the unit that it is given in, and as a fix."""
    followed = any(other.start >= each.stop for other in survey.schedulers if other is not each)
    start = 0 if each.origin.counts_from_start(*HORIZONS) else each.start
    length, unit = survey.counted(each, (min(each.stop, survey.steps) if followed else survey.steps) - start)
    plain = each.origin.unit(*HORIZONS) == "steps"
    if length != round(length) or (plain and each.given not in (each.horizon, _whole(survey, each))):
        return f"let it end after {quantity(length, unit)}", None  # its argument counts something else
    key = _key(survey, each)
    if not key:
        return f"let it end after {quantity(length, unit)}", None
    cure = f"give `{key}: {f'{length:_.0f}' if plain else quantity(length, unit)}`"
    return cure, each.refit(round(length)) if plain else None


def _key(survey: Survey, each: Scheduler) -> str:
    """The key of a horizon in the user's file; empty if that holds something else, such as a number of epochs."""
    key = survey.run.reading.keys.get(each.horizon_place) if survey.run.reading else None
    if key is None:
        return each.horizon_field
    return key if read_number(each.horizon_place.text) == each.given else ""


def _whole(survey: Survey, each: Scheduler) -> float:
    return survey.counted(each, (each.over or 0) - each.start)[0]


def _is_cut(survey: Survey, each: Scheduler) -> bool:
    over = each.over or 0
    if over - survey.steps <= CUT * (over - each.start):
        return False
    way = _reached(survey, each) - each.planned
    if each.together and each.ending:  # its values are factors
        return way > VISIBLE * abs(each.ending.curve.limit(0))
    return survey.visible(way)


def _reached(survey: Survey, each: Scheduler) -> float:
    """The value of a scheduler at the run's end: its own if it acts together with others."""
    if each.together and each.ending:
        return each.ending.curve.limit(survey.steps - each.ending.start)
    return survey.curve.limit(survey.steps)


@rule("warning")
def rises_again(survey: Survey) -> Iterator[Finding]:
    """The learning rate rises again after its minimum, because a periodic formula is past its horizon.

    Why: torch's CosineAnnealingLR and the cosine lambdas of transformers continue the cosine past its end; the run
        ends at a rising learning rate, up to the peak itself.
    Cure: give the horizon the run's length; warm restarts have schedulers of their own.
    Source: pwhofman/probly#557, ScrollPrize/villa#1495, huggingface/diffusers#3954
    """
    for each in survey.schedulers:
        over = each.over
        if each.native or over is None or over >= survey.steps or not each.last:
            continue
        if miscounted(survey, each):
            continue
        lowest, (_, after) = survey.at(over), survey.between(over, survey.steps)
        low, high = survey.between(each.start, over + 1)
        fell = survey.visible(high - lowest) and not survey.visible(lowest - min(low, survey.at(over)))
        if fell and survey.visible(after - lowest):
            cure, fix = _fitted(survey, each)
            yield Finding(
                f"{each.titled} ends after {survey.of_run(each, over)}, at {learning_rate(lowest)}; "
                f"then the learning rate rises again, to {learning_rate(after)}",
                each.horizon_place,
                f"{cure}; if you want restarts, use `{_restarting(each)}`",
                fix=fix,
            )


def _restarting(each: Scheduler) -> str:
    """A scheduler with warm restarts, of the same framework if it has one."""
    own = framework(each.origin.framework).schedulers.values()
    return next(found.name for found in chain(own, KINDS.values()) if any(map(_restarts, found.fields)))


def _restarts(field: Field) -> bool:
    """Whether an argument belongs to a scheduler with warm restarts: the length or the number of its cycles."""
    return field.role is Role.PERIOD or (field.role is Role.CYCLE_COUNT and field.default == 1)
