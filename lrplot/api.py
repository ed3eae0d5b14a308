"""The Python API: load a spec, call it like a function."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.steps import FARTHEST
from lrplot.diagnostics import Diagnostic, Fault, NotFinite, SpecError
from lrplot.display import VIEWS, Bundle, Shown
from lrplot.engine.evaluate import evaluate, evaluate_at
from lrplot.engine.extremes import LONGEST, check_finite
from lrplot.engine.work import is_sequential
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, Track, group_of, parameter_of
from lrplot.runs.timebase import UNITS
from lrplot.spec.loading import Spec, SpecText, compiled, listed, run_of, text_of
from lrplot.wording import check_text

if TYPE_CHECKING:
    from lrplot.analysis.agreement.agree import Agreement
    from lrplot.analysis.change import Changes, State
    from lrplot.analysis.checks.fixing import Fixed
    from lrplot.analysis.comparison import Comparison
    from lrplot.analysis.fork import Fork
    from lrplot.analysis.inference.result import Inference
    from lrplot.analysis.range_test import RangeTest
    from lrplot.analysis.resume import Resumption
    from lrplot.analysis.theory.loss_law import LossLaw
    from lrplot.analysis.theory.theory import Theory
    from lrplot.chart.picture import Picture
    from lrplot.output.tables.shared.rows import Rows
    from lrplot.runs.checkpoint import Saved
    from lrplot.runs.log import Log
    from lrplot.spec.revisions import Side

WIDTHS = range(40, 1001)  # columns of a page, as the option `--width` has them


class Schedule:
    """A learning-rate schedule over a run, as the optimizer will see it.

    Step `s` is the value the optimizer uses for its `s`-th update, counted from 0.

    >>> schedule = load({"steps": 1000, "lr": 1e-3, "schedule": "cosine"})
    >>> schedule.steps, schedule.tracks
    (1000, ('lr',))
    >>> schedule(500)
    0.0005
    >>> schedule.evaluate(start=998)["lr"]
    array([9.86957193e-09, 2.46739907e-09])
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        for name, track in run.tracks.items():
            if run.steps > LONGEST and is_sequential(track.curve):
                message = f"each value of `{name}` is computed from the one before: at most {LONGEST:,} updates"
                raise SpecError(Diagnostic("too-large", message, track.span, "shorten the run"))
            try:
                check_finite(track.curve, run.steps, len(run.tracks))
            except NotFinite as error:
                raise _not_finite(name, track, error, run.steps) from None

    def __repr__(self) -> str:
        return f"<lrplot.Schedule {self.name!r}: {self.steps:,} steps, {', '.join(self.tracks)}>"

    @property
    def name(self) -> str:
        """The run's name, as the spec gives it."""
        return self.run.name

    @property
    def steps(self) -> int:
        """Updates in the run: steps 0 … steps − 1."""
        return self.run.steps

    @property
    def tracks(self) -> tuple[str, ...]:
        """The names of the tracks in the CSV's order: `lr` first, then further parameters and `lr/GROUP`."""
        return tuple(self.run.tracks)

    @overload
    def __call__(self, step: int) -> float: ...

    @overload
    def __call__(self, step: NDArray[np.integer[Any]]) -> NDArray[np.float64]: ...

    def __call__(self, step: int | NDArray[np.integer[Any]]) -> float | NDArray[np.float64]:
        """The learning rate at a step (a float), or at each of an integer array (float64, same shape).

        Past the run's end the end value holds; a framework's scheduler continues as it does there.
        `TypeError` if a step is not an integer, `ValueError` for a negative step.
        """
        values = self.at(step)["lr"]
        return float(values) if values.ndim == 0 else values

    def at(self, steps: int | NDArray[np.integer[Any]]) -> dict[str, NDArray[np.float64]]:
        """Every track's float64 values at a step or an integer array of steps, of the same shape."""
        last = FARTHEST - 1  # every curve is defined up to it
        array = np.asarray(min(steps, last) if type(steps) is int else steps)
        if array.dtype.kind not in "iu":  # numpy counts a timedelta among its integers
            raise TypeError(f"steps are integers, not {array.dtype}")
        if array.size and array.min() < 0:
            raise ValueError(f"steps count from 0, got {array.min()}")
        if array.dtype == np.uint64:
            array = np.minimum(array, np.uint64(last))
        flat = np.minimum(array.astype(np.int64), last).ravel()
        return {
            name: self._guarded(name, track, lambda curve: evaluate_at(curve, flat)).reshape(array.shape)
            for name, track in self.run.tracks.items()
        }

    def evaluate(self, start: int = 0, stop: int | None = None) -> dict[str, NDArray[np.float64]]:
        """Every track's float64 values at steps start … stop − 1, to the run's end by default."""
        start, stop = index(start), self.steps if stop is None else index(stop)
        if not 0 <= start <= stop <= FARTHEST:
            raise ValueError(f"steps {start} … {stop} are not a range from 0 to 2^62")
        return {
            name: self._guarded(name, track, lambda curve: evaluate(curve, start, stop))
            for name, track in self.run.tracks.items()
        }

    @property
    def lr(self) -> NDArray[np.float64]:
        """The whole learning-rate curve, float64 of shape (steps,)."""
        return self._guarded("lr", self.run.lr, lambda curve: evaluate(curve, 0, self.steps))

    def plot(self, ax: Any = None, x: str = "steps") -> Any:
        """Draw the learning rates on matplotlib's axes, over `x`: steps, epochs, samples, tokens or fraction.

        The axes are `ax`, or pyplot's current ones, and are returned. `SpecError` if the run cannot be
        converted to `x`.
        """
        from lrplot.output.image.figure import draw_on  # which needs matplotlib

        return draw_on(ax, self._picture(x))

    def _repr_mimebundle_(self, **options: Any) -> Bundle:
        """The picture of the schedule with its phases, numbers and findings, which a notebook shows."""
        return VIEWS["run"](self.run)

    def _repr_svg_(self) -> str:
        """The picture alone."""
        return self._repr_mimebundle_()["image/svg+xml"]

    def _picture(self, unit: str | None) -> Picture:
        from lrplot.chart.picture import picture_of
        from lrplot.output.image.shared.sheet import Sheet

        _check_unit(unit)
        try:
            return picture_of([self.run], unit, False, Sheet().pixels)
        except Fault as fault:
            raise SpecError.of(fault) from None

    def factor(self, step: int) -> float:
        """The learning rate at a step as a multiple of the base `lr`.

        This is what torch's `LambdaLR` wants. Without a base `lr` it is the rate itself,
        for an optimizer whose own is 1. `ZeroDivisionError` where the base is 0.
        """
        return self._factor("lr", step)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the parameter groups, in the spec's order; those of `layer_decay` come last."""
        return tuple(group_of(name) for name in self.run.tracks if parameter_of(name) == "lr" and group_of(name))

    def factors(self) -> list[Callable[[int], float]]:
        """The list that torch's `LambdaLR` wants: a function for each parameter group, in the order of `groups`.

        Each gives the group's learning rate at a step as a multiple of the base `lr`: that of the group, or else
        the run's. Without groups it is the list of `factor`.
        """
        return [partial(self._factor, f"lr/{name}") for name in self.groups] or [self.factor]

    def _factor(self, name: str, step: int) -> float:
        base = self.run.tracks[name].base
        return float(self.at(step)[name]) / (1.0 if base is None else base)

    def _guarded(self, name: str, track: Track, compute: Any) -> NDArray[np.float64]:
        try:
            values: NDArray[np.float64] = compute(track.curve)
        except NotFinite as error:
            raise _not_finite(name, track, error, self.steps) from None
        return values


def _check_unit(unit: str | None) -> None:
    if unit is not None and unit not in (*UNITS, "fraction"):
        raise ValueError(f"x is one of {', '.join(UNITS)} or fraction, not {unit!r}")


def load(spec: Spec, overrides: Iterable[str] = (), format: str = "") -> Schedule:
    """Load a spec: a path, `-` (standard input), a preset's name, or a mapping as YAML would hold it.

    It may also be the config of a training program, in YAML, JSON or TOML, a shell script, a model card or
    `training_args.bin`, which is recognised by its keys. `format` names the program if they are not certain, and a
    version whose rules hold: `"transformers@4.46"`. `overrides` are settings such as `"lr=3e-4"` or
    `"schedule.to=10%"`; for a config, of its own keys or of facts that it leaves open, such as
    `"dataset_size=52002"`. Raises `SpecError`, with a diagnostic for every fault.

    >>> load({"steps": 90, "lr": 0.1, "schedule": {"kind": "step", "every": 30}})(45)
    0.010000000000000002
    """
    return Schedule(run_of(text_of(spec), listed(overrides), format)[1])


def resume(
    spec: Spec,
    at: int | str | os.PathLike[str] | None = None,
    overrides: Iterable[str] = (),
    restore: str = "both",
    last_epoch: bool = False,
    format: str = "",
) -> Resumption:
    """The values that each further update gets if a run is stopped before update `at` and goes on.

    `overrides` change the plan with which it goes on, as in `load`. `restore` names the states that are loaded: `both`,
    `optimizer`, `scheduler` or `none`; with `last_epoch` the scheduler is built on the restored optimizer, as torch's
    argument does it. `at` is a number of updates, a moment such as `"50%"`, or the path of a checkpoint, whose states
    then take the place of those that the plan leaves; a checkpoint's folder with the config in it may be both. The
    result has the real values in `resumed`, and the exception that ends the run in `raises`.

    >>> spec = {"steps": 8, "lr": 1, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 8}}
    >>> resume(spec, at=4, overrides=["steps=12", "schedule.T_max=12"]).resumed["lr"].round(3).tolist()
    [0.5, 0.309, 0.146, 0.038, 0.0, 0.038, 0.146, 0.309]
    """
    from lrplot.analysis.resume import Restore  # which no other function needs
    from lrplot.analysis.resume import resume as resume_run
    from lrplot.spec.checkpoints import is_checkpoint, plan_in, read_checkpoint
    from lrplot.spec.moments import read_step

    if restore not in [*Restore]:
        raise ValueError(f"restore must be one of {', '.join(Restore)}, not {restore!r}")
    if not isinstance(spec, Mapping) and (inside := plan_in(os.fspath(spec))):
        spec, at = inside, os.fspath(spec) if at is None else at
    if at is None:
        help = "give `--at`, a number of updates, a moment or a checkpoint"
        raise SpecError(Diagnostic("missing-option", "nothing says when the run is stopped", None, help))
    text = text_of(spec)
    plan, new = (run_of(text, settings, format)[1] for settings in ((), listed(overrides)))
    saved = None
    if isinstance(at, str | os.PathLike):
        saved = read_checkpoint(os.fspath(at)) if is_checkpoint(os.fspath(at)) else None
        step = read_step(os.fspath(at), plan) if saved is None else _updates_in(saved)
    else:
        step = index(at)
    if not 0 <= step <= FARTHEST:
        raise ValueError(f"updates count from 0 to 2^62, got {step}")
    try:
        return resume_run(plan, new, step, Restore(restore), last_epoch, saved)
    except Fault as fault:
        raise SpecError.of(fault) from None


def _updates_in(saved: Saved) -> int:
    """The updates that are done in a checkpoint."""
    if saved.update is None:
        message = f"`{saved.place}` does not hold the number of updates"
        help = "give the checkpoint's folder, or a scheduler's state"
        raise SpecError(Diagnostic("unreadable", message, None, help))
    return saved.update


def load_nominal(spec: Spec, overrides: Iterable[str] = (), format: str = "") -> Schedule:
    """Load a spec as `load` does; a config that leaves only its length open has a nominal one, if it may.

    It may if a longer run would only stretch the curve. Such a schedule's run says so by `nominal`; its values are
    those of a share of the run, and the number of its steps means nothing.
    """
    return _nominal(text_of(spec), listed(overrides), format)


def _nominal(text: SpecText, overrides: tuple[str, ...], format: str) -> Schedule:
    try:
        return Schedule(run_of(text, overrides, format)[1])
    except SpecError as error:
        from lrplot.spec.nominal import UnknownLength, nominal  # which no spec needs

        if not isinstance(error, UnknownLength):
            raise
        return Schedule(nominal(error, lambda steps: compiled(text, (*overrides, f"steps={steps}"), format)[1]))


def convert(
    spec: Spec, to: str = "lrplot", overrides: Iterable[str] = (), format: str = "", *, nearest: bool = False
) -> str:
    """The text of a spec or a config in another vocabulary, which `to` names.

    `SpecError` if the spec cannot be used, or if the vocabulary has no words for it: with `nearest`, the result is then
    the nearest that it has. `ValueError` for an unknown target; `lrplot formats` lists them.

    >>> print(convert({"max_steps": 10, "learning_rate": 1e-3, "lr_scheduler_type": "linear"}))
    # read as Hugging Face TrainingArguments by the rules of transformers 5
    steps: 10  # max_steps
    lr: 0.001  # learning_rate
    schedule:
      use: transformers.Trainer  # lr_scheduler_type
      lr_scheduler_type: linear  # lr_scheduler_type
      warmup_steps: 0
    <BLANKLINE>
    """
    from lrplot.emit import EMITTERS, Request  # which no other function needs

    check_text("to", to)
    if to not in EMITTERS:
        raise ValueError(f"to must be one of {', '.join(sorted(EMITTERS))}, not {to!r}")
    tree, run = run_of(text_of(spec), listed(overrides), format)
    try:
        return EMITTERS[to](Request(tree, Schedule(run).run, nearest))
    except Fault as fault:
        raise SpecError.of(fault) from None


def _not_finite(name: str, track: Track, error: NotFinite, steps: int) -> SpecError:
    if reason := track.curve.failure(error.step):
        from lrplot.analysis.checks.scheduler import raising_fix  # only for an error

        message = f"the scheduler raises at update {error.step:,}: {reason}"
        help, fix = "change its arguments, or end the run before", raising_fix(track.curve, steps, error.step)
        return SpecError(Diagnostic("would-raise", message, track.span, help, fix=fix))
    message = error.message(f"`{name}`")
    return SpecError(Diagnostic("not-finite", message, track.span, "keep every value within float64's range"))


@dataclass(frozen=True)
class Findings(Shown, Sequence[Diagnostic]):
    """The findings in a spec, in the order of its text: a sequence of diagnostics, each with its severity."""

    findings: tuple[Diagnostic, ...]

    @overload
    def __getitem__(self, index: int) -> Diagnostic: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Diagnostic, ...]: ...

    def __getitem__(self, index: int | slice) -> Diagnostic | tuple[Diagnostic, ...]:
        return self.findings[index]

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings."""
        return tuple(finding.code for finding in self.findings)


def check(
    spec: Spec, overrides: Iterable[str] = (), format: str = "", log: str | os.PathLike[str] | Log | None = None
) -> Findings:
    """The findings for a spec or a config, see `load`; `SpecError` if it cannot be used.

    If `log` is given, they are those of `agree`: why the run did not follow the schedule.

    >>> check({"steps": 1000, "lr": 1e-3, "schedule": {"kind": "linear", "for": 1250}}).codes
    ('cut-short',)
    """
    from lrplot.analysis.checks.findings import log_findings  # which no other function needs

    if log is not None:
        agreement, run = beside(spec, log, overrides, format)
        return Findings(tuple(log_findings(agreement, run)))
    return _findings(text_of(spec), listed(overrides), format)[0]


def _findings(text: SpecText, overrides: tuple[str, ...], format: str) -> tuple[Findings, int]:
    """The findings for a text, and the number of updates in its run; 0 if a framework raises before it ends."""
    from lrplot.analysis.checks.findings import findings, load_findings  # which no other function needs

    try:
        run = _nominal(text, overrides, format).run
    except SpecError as error:
        return Findings(tuple(load_findings(error))), 0
    return Findings(tuple(findings(run))), run.steps


def fix(
    path: str | os.PathLike[str],
    overrides: Iterable[str] = (),
    format: str = "",
    select: Collection[str] | None = None,
) -> Fixed:
    """The text of a spec or a config with those of its findings cured whose cure is mechanical; no file is changed.

    The arguments are those of `check`; `select` are the codes of findings to cure, all by default. An override may
    give only what the file leaves open. `SpecError` if the file cannot be read.
    """
    from lrplot.analysis.checks.fixing import Looked, fixed  # which no other function needs
    from lrplot.spec.loading import text_in
    from lrplot.spec.overrides import refuse_replaced
    from lrplot.spec.source import read_source

    source, folder, stem = read_source(path)
    settings = listed(overrides)

    def look(text: str) -> Looked:
        try:
            spec = text_in(replace(source, text=text), folder, stem)
            refuse_replaced(spec.tree, settings)
            found, steps = _findings(spec, settings, format)
        except SpecError as error:
            return Looked(error.diagnostics)
        return Looked(tuple(each for each in found if select is None or each.code in select), steps)

    return fixed(source.text, source.name, look)


def agree(
    spec: Spec | Schedule, log: str | os.PathLike[str] | Log, overrides: Iterable[str] = (), format: str = ""
) -> Agreement:
    """Whether a run followed its schedule, to the printed digits of its log, and if not, why.

    `log` is a log or what `read_log` takes. A length that it states is known for a config that lacks its own.
    `SpecError` if one of them cannot be read, or they cannot be compared.
    """
    return beside(spec, log, overrides, format)[0]


def beside(
    spec: Spec | Schedule, log: str | os.PathLike[str] | Log, overrides: Iterable[str], format: str
) -> tuple[Agreement, Run]:
    """A run beside its log: their agreement, and the run."""
    from lrplot.analysis.agreement.agree import agree as agree_run  # which no other function needs
    from lrplot.runs.log import Log

    log = log if isinstance(log, Log) else read_log(log)
    if isinstance(spec, Schedule):
        run = spec.run
    else:
        run = Schedule(run_of(text_of(spec), listed(overrides), format, log)[1]).run
    try:
        return agree_run(run, log, _followed), run
    except Fault as fault:
        raise SpecError.of(fault) from None


def _followed(log: Log) -> str | None:
    """The schedule that the learning rates of a log follow, in words; None if there is none that gives all of them."""
    try:
        found = infer(log)
    except SpecError:
        return None
    return found.name if found.exact else None


def compare(*specs: Spec | Schedule | Log, align: str = "steps") -> Comparison:
    """The numbers of two or more schedules and the differences of the others from the first.

    Of a log, the last run is compared, at its logged steps.

    `align` pairs their values by `steps`, `fraction` of the run, `epochs`, `samples` or `tokens`. `SpecError` if a
    spec cannot be used, or lacks what the alignment needs.

    >>> spec = {"steps": 100, "lr": 1, "schedule": "linear"}
    >>> found = compare(spec, {**spec, "schedule": "cosine"})
    >>> [summary.last for summary in found.summaries], found.differences[0][0].parts
    ([0.01, 0.0002467198171342215], 1)
    """
    from lrplot.analysis.comparison import ALIGNMENTS  # which no other function needs
    from lrplot.analysis.comparison import compare as compare_runs

    if len(specs) < 2:
        raise TypeError(f"compare takes two schedules or more, got {len(specs)}")
    if align not in ALIGNMENTS:
        raise ValueError(f"align must be one of {', '.join(ALIGNMENTS)}, not {align!r}")
    runs = [_compared(spec) for spec in specs]
    try:
        return compare_runs(runs, align)
    except Fault as fault:
        raise SpecError.of(fault) from None


def diff(
    revision: str = "HEAD",
    paths: Iterable[str | os.PathLike[str]] = (),
    overrides: Iterable[str] = (),
    format: str = "",
    folder: str | os.PathLike[str] = ".",
) -> Changes:
    """The specs and configs that changed in the git repository around a folder, and what moves in each.

    `revision` names a commit, which the working tree is compared with, or two: `A..B`, or `A...B` for B compared with
    the commit at which it left A. `paths`, relative to `folder`, limit what is listed. `overrides` and `format` are
    those of `load`, for both states of each spec. A spec that cannot be used is listed with its error. `SpecError` if
    the repository, the revision or a path cannot be read. Nothing in the repository is run or written.
    """
    from functools import cache

    from lrplot.analysis.change import Change, Changes  # which no other function needs
    from lrplot.spec.revisions import Revisions

    settings, place = listed(overrides), Path(folder)
    if not os.path.isdir(place):
        raise SpecError(Diagnostic("no-repository", f"there is no folder `{place}`"))
    try:
        with Revisions.between(revision, [os.fspath(path) for path in paths], place) as both:
            top = os.path.relpath(both.repository.top, place)
            state = cache(lambda side, path: _state(side, path, os.path.join(place, top, path), settings, format))
            found = []
            for pair in both.pairs(lambda path: state(both.after, path)[1]):
                before, after = (
                    state(side, path)[0] if path else None
                    for side, path in ((both.before, pair.old), (both.after, pair.new))
                )
                found.append(Change(before, after, pair.through, not pair.through and both.says_the_same(pair)))
    except Fault as fault:
        raise SpecError.of(fault) from None
    ends = both.ends
    shown = tuple(each for each in found if each.status != "included" or not each.within(0) or each.new or each.gone)
    return Changes(ends.before, ends.after, (ends.old, ends.new), shown, len(found) - len(shown))


def _state(side: Side, path: str, place: str, settings: tuple[str, ...], format: str) -> tuple[State, set[str]]:
    """A spec in one state of a repository, and the paths for which it asks.

    Paths in an error are relative to the repository's top: it may be published in a review.
    """
    from lrplot.analysis.change import State
    from lrplot.analysis.checks.findings import findings

    with side.reading() as asked:
        try:
            run = load_nominal(os.path.normpath(place), settings, format).run
            return State(path, run, tuple(findings(run))), asked
        except SpecError as error:
            first = error.diagnostics[0]
            message = first.message.replace(os.path.join(side.top, ""), "")
            return State(path, error=replace(first, message=message)), asked


def infer(
    log: str | os.PathLike[str] | Log, columns: Mapping[str, str] | str | None = None, format: str = ""
) -> Inference:
    """The shortest spec that gives every logged learning rate of a log, to its printed digits, or the nearest one.

    `log` is a path, `-` (standard input), the folder of a run, or a log that was read; `columns` and `format` are those
    of its reader. `SpecError` if it cannot be read.
    """
    from lrplot.analysis.inference.infer import infer as infer_from  # which no other function needs
    from lrplot.runs.log import Log

    try:
        return infer_from(log if isinstance(log, Log) else read_log(log, columns, format))
    except Fault as fault:
        raise SpecError.of(fault) from None


def _compared(spec: Spec | Schedule | Log) -> Run:
    from lrplot.runs.log import Log
    from lrplot.runs.logged import runs_of

    if isinstance(spec, Log):
        return runs_of(spec)[-1]
    return spec.run if isinstance(spec, Schedule) else load(spec).run


def read_log(path: str | os.PathLike[str], columns: Mapping[str, str] | str | None = None, format: str = "") -> Log:
    """Read a training log: a path, `-` (standard input), or the folder of a run that holds one.

    The format is recognised by what the log holds; `format` names it if that is not certain. `columns` names the
    columns of a table or the keys of JSON lines that their names do not tell: `{"step": "iteration", "lr": "rate"}`, or
    the same as a text, `"step=iteration,lr=rate"`. Raises `SpecError` for every fault, such as a log without learning
    rates.
    """
    from lrplot.logs.shared.reading import read_log as read  # which no schedule needs

    return read(path, columns, format)


def theory(
    spec: Spec | Schedule,
    overrides: Iterable[str] = (),
    format: str = "",
    batch: str | int | None = None,
    law: LossLaw | None = None,
) -> Theory:
    """Numbers that theory gives a schedule before training; `SpecError` if it cannot be used, or is a log.

    `batch` is another batch, by which the learning rate is scaled: a factor such as `x4`, or a size. With a law that
    `loss_law` fitted to a log, `final_loss` is the loss that it predicts.

    >>> found = theory({"steps": 100, "lr": 1, "schedule": "constant"})
    >>> round(found.mass, 3), found.half_mass_step, round(found.bound_ratio, 3)
    (1.0, 49, 1.221)
    >>> theory({"steps": 100, "lr": 1, "schedule": "constant"}, batch="x4").batch.sqrt_lr
    2.0
    >>> found.robbins_monro.sum_diverges, found.robbins_monro.squares_converge
    (True, False)
    """
    from lrplot.analysis.theory.theory import theory_of  # which no other function needs

    if law is not None and not hasattr(law, "final"):
        raise TypeError(f"law must be what loss_law gives, not {type(law).__name__}")
    run = spec.run if isinstance(spec, Schedule) else load(spec, overrides, format).run
    try:
        return theory_of(run, None if batch is None else str(batch), law)
    except Fault as fault:
        raise SpecError.of(fault) from None


def loss_law(
    log: str | os.PathLike[str] | Log, columns: Mapping[str, str] | str | None = None, format: str = ""
) -> LossLaw:
    """Fit a law of the loss to a log, by which `theory` predicts the losses of other schedules.

    `log` is a log as `read_log` takes it, or reads it: of a run whose cooldown is finished, with its learning rates
    and losses. `SpecError` if it does not settle the law.
    """
    from lrplot.analysis.theory.loss_law import loss_law_of  # which no schedule needs
    from lrplot.runs.log import Log

    try:
        return loss_law_of(log if isinstance(log, Log) else read_log(log, columns, format))
    except Fault as fault:
        raise SpecError.of(fault) from None


def range_test(
    log: str | os.PathLike[str] | Log,
    smooth: str = "none",
    columns: Mapping[str, str] | str | None = None,
    format: str = "",
) -> RangeTest:
    """Evaluate an LR range test: where the loss diverges, and the learning rates that the usual rules choose.

    `log` is a log as `read_log` takes it, or reads it; a table of learning rates and losses needs no steps. `smooth`
    is how the losses are smoothed before the rules judge them: `none`, or as `fastai` or `lr-finder` does. `SpecError`
    if the log has no losses, or if its learning rate does not rise.
    """
    from lrplot.analysis.range_test import range_test_of  # which no schedule needs
    from lrplot.logs.shared.reading import read_sweep
    from lrplot.runs.log import Log

    try:
        return range_test_of(log if isinstance(log, Log) else read_sweep(log, columns, format), smooth)
    except Fault as fault:
        raise SpecError.of(fault) from None


def fork(
    spec: Spec | Schedule,
    at: Sequence[int | str],
    cooldown: str = "20%",
    shape: str = "linear",
    to: float | str = 0,
    overrides: Iterable[str] = (),
    format: str = "",
) -> Fork:
    """Cooldown branches off one trunk, each as a spec of its own: they share its first updates and then decay.

    `at` are the updates from which the branches cool down: numbers, or texts such as `"40k"` and `"50%"`. `cooldown`
    is the length of the decay; a percentage is one of the branch. `SpecError` if no branch can leave the trunk there.

    >>> trunk = {"steps": 1000, "lr": 1e-3, "schedule": {"kind": "constant", "warmup": 100}}
    >>> [branch] = fork(trunk, [400]).branches
    >>> branch.cooldown, branch.steps, load(branch.spec)(450)
    (100, 500, 0.0005)
    """
    from lrplot.analysis.fork import fork_of  # which no schedule needs
    from lrplot.schema.scalars import read_duration
    from lrplot.spec.moments import read_step

    run = spec.run if isinstance(spec, Schedule) else load(spec, overrides, format).run
    if not isinstance(at, Iterable):
        raise TypeError(f"at must be a list of updates, not {type(at).__name__}")
    steps = [read_step(str(each), run) for each in ([at] if isinstance(at, str) else at)]
    if not steps:
        raise ValueError("at must name an update or more")
    check_text("cooldown", cooldown)
    try:
        length = read_duration(cooldown)
        if length is None:
            raise Fault(f"`{cooldown}` is not a duration", field="cooldown", help="write `20%`, `5k` or `1B tokens`")
        return fork_of(run, steps, length, shape, to)
    except Fault as fault:
        raise SpecError.of(fault) from None


@dataclass(frozen=True)
class Moment:
    """The values of all tracks at a point in a run: the update `step`, which `when` names.

    Past the run's end they are those that would follow.
    """

    when: str
    step: int
    values: Mapping[str, float]
    past_end: bool


def at(spec: Spec | Schedule, *when: int | str, overrides: Iterable[str] = (), format: str = "") -> tuple[Moment, ...]:
    """The values at some points in a run: `0`, `"2k"`, `"50%"`, `"3 epochs"`, `"first"`, `"peak"`, `"last"`.

    `SpecError` if the spec cannot be used, or if a text is no point in the run.

    >>> spec = {"steps": 1000, "lr": 1e-3, "schedule": {"kind": "linear", "warmup": 100}}
    >>> [(moment.step, moment.values["lr"]) for moment in at(spec, "peak", "55%")]
    [(100, 0.001), (550, 0.0005)]
    """
    from lrplot.spec.moments import read_step  # which no other function needs

    schedule = spec if isinstance(spec, Schedule) else load(spec, overrides, format)
    steps = [read_step(str(each), schedule.run) for each in when]
    values = schedule.at(np.array(steps, dtype=np.int64))
    return tuple(
        Moment(str(each), step, {name: float(track[i]) for name, track in values.items()}, step >= schedule.steps)
        for i, (each, step) in enumerate(zip(when, steps, strict=True))
    )


def show(
    *specs: Spec | Schedule | Log,
    width: int = 80,
    ascii: bool = False,
    color: bool = False,
    log: bool = False,
    normalize: bool = False,
    overlay: bool = False,
) -> str:
    """The page that the command prints of each schedule or log, or with `overlay` of all of them in one chart."""
    from lrplot.analysis.checks.findings import findings  # which no other function needs
    from lrplot.output.terminal.charts import Window
    from lrplot.output.terminal.glyphs import ASCII, BRAILLE
    from lrplot.output.terminal.look import Look
    from lrplot.output.terminal.overlay import format_overlay
    from lrplot.output.terminal.page import format_page

    if not specs:
        raise TypeError("show takes a schedule or more")
    if index(width) not in WIDTHS:
        raise ValueError(f"width must be from {WIDTHS[0]} to {WIDTHS[-1]} columns, not {width}")
    runs = [_compared(spec) for spec in specs]
    look = Look(width, ASCII if ascii else BRAILLE, color, log, normalize)
    if overlay:
        return format_overlay(runs, [Window(0, run.steps) for run in runs], look)
    return "\n".join(format_page(run, look, findings=findings(run)) for run in runs)


def plot(
    *specs: Spec | Schedule | Log,
    output: str | os.PathLike[str] | None = None,
    x: str | None = None,
    log: bool = False,
    normalize: bool = False,
    title: str | None = None,
    theme: str = "auto",
    size: tuple[float, float] | None = None,
    dpi: int = 200,
) -> Picture:
    """A picture of one schedule or log, or of several in one chart, which a notebook shows.

    It is written to `output`, a .png, .svg or .pdf file, if that is given: `theme` is `light`, `dark`, or `auto`, which
    is both in an .svg file and light in others; `size` is in inches. `SpecError` if the picture cannot be drawn.
    """
    from lrplot.chart.picture import picture_of  # which needs more than a schedule does
    from lrplot.output.image.shared.sheet import AUTO, THEMES, Sheet
    from lrplot.output.writers import PICTURES, find_format

    if not specs:
        raise TypeError("plot takes a schedule or more")
    if theme not in (*THEMES, AUTO):
        raise ValueError(f"theme is one of {', '.join((*THEMES, AUTO))}, not {theme!r}")
    _check_unit(x)
    runs = [_compared(spec) for spec in specs]
    sheet = Sheet(dpi=dpi, theme=theme) if size is None else Sheet(*size, dpi, theme)
    try:
        picture = picture_of(runs, x, log, sheet.pixels, title, normalize=normalize)
        if output is not None:
            from lrplot.output.files import whole_file
            from lrplot.output.image.figure import write_image

            writer = find_format(PICTURES, os.fspath(output))
            if theme == AUTO and not writer.adapts:
                sheet = replace(sheet, theme="light")
            with whole_file(Path(output)) as file:
                write_image(picture, sheet, writer, file)
    except Fault as fault:
        raise SpecError.of(fault) from None
    return picture


def export(
    spec: Spec | Schedule | Log,
    output: str | os.PathLike[str] | None = None,
    start: int = 0,
    stop: int | None = None,
    every: int = 1,
    columns: Sequence[str] | None = None,
    units: Sequence[str] = (),
) -> Rows:
    """The table of a schedule with a row for each step, from `start` up to `stop`, or of a log's rows.

    `columns` are the names of tracks, all by default; `units` adds the epochs, samples, tokens or fraction of the run
    before each step. The table is written to `output`, a .csv, .tsv, .json, .jsonl or .npz file, if that is given.

    >>> export({"steps": 4, "lr": 1, "schedule": "linear"}, every=2).columns
    {'step': array([0, 2]), 'lr': array([1. , 0.5])}
    """
    from lrplot.output.tables.shared.rows import rows_of, with_units  # which no other function needs
    from lrplot.output.writers import TABLES, find_format

    if unknown := [unit for unit in units if unit not in (*UNITS, "fraction")]:
        raise ValueError(f"units are {', '.join(UNITS)} or fraction, not {unknown[0]!r}")
    try:
        whole = rows_of(with_units(_compared(spec), units))
        start, every, stop = index(start), index(every), whole.stop if stop is None else index(stop)
        if not 0 <= start < stop or every < 1:
            raise ValueError(f"there are no steps from {start} to {stop}, every {every}")
        names = list(whole.tracks) if columns is None else list(columns)
        if unknown := [name for name in names if name not in whole.tracks]:
            raise ValueError(f"there is no column {unknown[0]!r}; the columns are {', '.join(whole.tracks)}")
        rows = replace(whole, tracks={name: whole.tracks[name] for name in names}, start=start, stop=stop, every=every)
        if output is not None:
            from lrplot.output.files import whole_file

            writer = find_format(TABLES, os.fspath(output))
            with whole_file(Path(output)) as file:
                writer(rows, file)
    except Fault as fault:
        raise SpecError.of(fault) from None
    return rows
