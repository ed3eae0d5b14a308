"""Updates with a learning rate of 0, which change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.rules.clock import miscounted
from lrplot.analysis.checks.rules.ends import LOST, over_early
from lrplot.analysis.checks.stretches import Stretch
from lrplot.analysis.checks.survey import Survey
from lrplot.curves.roles import Role
from lrplot.diagnostics import Fix, Severity, Span
from lrplot.runs.run import parameter_of
from lrplot.schema.arguments import RecordOf
from lrplot.schema.recipe import Use
from lrplot.schema.scalars import FALSE
from lrplot.text.edits import holder, spelled_out, with_entry
from lrplot.text.tree import Mapping
from lrplot.wording import learning_rate, share, updates

FEW = 2  # updates at the start that cost next to nothing
LONG = 0.01  # of the run
FROZEN = "nothing to do if it is meant to be frozen"


@rule("note")
def zero_first_update(survey: Survey) -> Iterator[Finding]:
    """The learning rate is 0 at the first update, or at the first two, which change nothing.

    Why: the first batch has no effect, and the checkpoint after it equals the initial weights.
    Cure: start the warmup above 0 (`from: 1%`), or one update into it (`skip_zero: true`); in a framework, count
        from `step + 1`.
    Source: huggingface/transformers#34754, google-research/bert#1293, karpathy/nanoGPT#578, pytorch/torchtitan#1261
    """
    found = survey.extremes
    if survey.zeros and survey.zeros[0].start == 0 < found.peak and survey.zeros[0].length <= FEW:
        first = "first update" if survey.zeros[0].length == 1 else f"first {survey.zeros[0].length} updates"
        whole = ", which is all of the warmup" if survey.warmup[0] == 1 else ""
        peak = f"{learning_rate(found.peak)} at update {found.peak_step:,}"
        message = f"the learning rate is 0 at the {first}{whole}; the peak is {peak}"
        yield Finding(message, survey.warmup[1], _start(survey), fix=_skip_zero(survey))


def _skip_zero(survey: Survey) -> Fix | None:
    """Start the warmup one update in, by the flag for that; None if it has none, or starts at 0 for another reason."""
    warmups = [each for each in survey.segments if each.role is Role.WARMUP and isinstance(each.origin, Use)]
    tree = survey.run.tree
    if survey.warmup[0] < FEW or not warmups or not isinstance(tree, Mapping):
        return None
    assert isinstance(warmups[0].origin, Use)
    arguments = warmups[0].origin.recipe.arguments
    for argument in arguments.given.values():  # of a warmup that is written inside another kind
        if isinstance(argument.quantity, RecordOf) and argument.span == survey.warmup[1]:
            arguments = argument.quantity.arguments
    flag = next((each for each in arguments.fields if each.role is Role.SKIP_ZERO), None)
    if flag is None:
        return None
    if given := arguments.given.get(flag.parameter):
        return Fix.of(given.span, given.span.text, "true") if given.span.text in FALSE else None
    place = holder(tree, survey.warmup[1])
    if place is None:
        return None
    mapping, entry = place
    if isinstance(entry.value, Mapping):
        return with_entry(entry.value, entry.value.entries[-1], flag.name, "true") if entry.value.entries else None
    if entry.value.span == arguments.span:  # a bare duration stands for a warmup
        return spelled_out(entry, arguments.fields[0].name, flag.name, "true")
    return with_entry(mapping, entry, flag.name, "true")


def _start(survey: Survey) -> str:
    if not survey.warmup[0]:
        return "let the first value be above 0"
    native = all(each.native for each in survey.schedulers)
    if survey.warmup[0] == 1 and native:
        return "a plain number counts updates: write `1 epoch` or `5%`, or leave the warmup out"
    if native:
        return "start one update into the warmup (`skip_zero: true`), or above 0 (`from: 1%`)"
    return "start the warmup above 0, or step the scheduler once before the first update"


@rule("warning")
def zero_updates(survey: Survey) -> Iterator[Finding]:
    """The learning rate is 0 for more than two updates at the start, or for long in the middle or at the end.

    Why: these updates change nothing. A warmup that is stepped once per epoch has its first value, 0, for the whole
        first epoch; a schedule made for a shorter run is at 0 for the rest of a longer one.
    Cure: start above 0, or give the schedule the run's length. What is meant to be frozen is written so: a phase
        `{kind: constant, value: 0}`, which is a note.
    Source: huggingface/transformers#20916, Project-MONAI/tutorials#630, kohya-ss/sd-scripts#141
    """
    for each in survey.zeros:
        if each.length <= FEW or each.length == survey.steps:
            continue
        frozen = _is_written(survey, each)
        if each.start == 0:
            where, help = f"for the first {updates(each.length)}", _start(survey)
        elif each.length <= LONG * survey.steps:
            continue
        elif each.stop == survey.steps:
            if over_early(survey) or any(miscounted(survey, scheduler) for scheduler in survey.schedulers):
                continue
            where, help = f"for the last {updates(each.length)}", "give the schedule the run's length, or end above 0"
        else:
            where, help = f"for {updates(each.length)}, from update {each.start:,} on", "let it start or end above 0"
        of = f"{share(each.length, survey.steps)} of the run"
        if frozen:
            message, help = f"the learning rate is written as 0 {where}, {of}", FROZEN
        else:
            message = f"the learning rate is 0 {where}, {of}, which change nothing"
        yield Finding(message, _place(survey, each), help, _severity(survey, each, frozen))


def _severity(survey: Survey, stretch: Stretch, written: bool) -> Severity:
    """How bad zeros are: a group that stops learning while others go on, or most of a run, is lost."""
    if written:
        return "note"
    lost = stretch.stop == survey.steps and (bool(survey.group) or stretch.length > LOST * survey.steps)
    return "error" if lost else "warning"


def _is_written(survey: Survey, stretch: Stretch) -> bool:
    """Whether zeros are a native constant phase of the value 0 or a delay, but for the first of a warmup after it."""
    segment = survey.segment(stretch.start)
    if segment is None or segment.role not in (Role.HOLD, Role.DELAY) or stretch.stop - segment.stop > FEW:
        return False
    origin = segment.origin
    if origin is None:
        return stretch.start >= segment.start
    stated = origin.value(Role.START) == 0 and origin.place(Role.START) != origin.place()
    return stated and not origin.framework and stretch.start >= segment.start


def _place(survey: Survey, stretch: Stretch) -> Span:
    """The argument that a stretch of zeros comes from: a warmup or a delay at the start, a horizon at the end."""
    acting = [each for each in survey.schedulers if each.start <= stretch.start < each.stop and not each.together]
    if not acting:
        return survey.place
    return acting[-1].place(Role.DELAY, Role.WARMUP) if stretch.start == 0 else acting[-1].horizon_place


@rule("error")
def zero_throughout(survey: Survey) -> Iterator[Finding]:
    """The learning rate of the run, or of a parameter group, is 0 throughout.

    Why: nothing is trained, or the group stays as it was initialized; often a phase that starts where one at 0 ended.
    Cure: give it a learning rate above 0. A group whose own `lr` is written as 0 is frozen on purpose, which is a note.
    Source: lrplot's own convention; PrimeIntellect-ai/prime-rl#968 for schedules of length 0
    """
    if survey.extremes.peak != 0 or survey.extremes.low != 0:
        return
    if _is_frozen(survey):
        yield Finding("the learning rate is written as 0: it is frozen", survey.place, FROZEN, "note")
        return
    what = "it never learns" if survey.group else "nothing is trained"
    help = "let a phase start above 0" if survey.track.base else "set `lr` above 0"
    yield Finding(f"the learning rate is 0 throughout: {what}", survey.place, help)


def _is_frozen(survey: Survey) -> bool:
    """Whether a learning rate is written as 0 beside others that are above 0."""
    tracks = survey.run.tracks
    others = [name for name in tracks if parameter_of(name) == "lr" and name != survey.name]
    learns = any(survey.between(0, survey.steps, tracks[name].curve)[1] > 0 for name in others)
    return learns and (survey.track.base == 0 or _is_written(survey, Stretch(0, survey.steps)))
