"""All topics for one run."""

from __future__ import annotations

from lrplot.analysis.summary import summarize
from lrplot.analysis.theory.adam import ADAM, BETA1, BETA2, beta, first_updates
from lrplot.analysis.theory.adamw import ADAMW
from lrplot.analysis.theory.batch import Scaling, rule_of, scaling
from lrplot.analysis.theory.convex import CONVEX, relative
from lrplot.analysis.theory.loss_law import LossLaw
from lrplot.analysis.theory.mass import MASS
from lrplot.analysis.theory.quadratic import QUADRATIC
from lrplot.analysis.theory.robbins_monro import ROBBINS_MONRO, RobbinsMonro, robbins_monro
from lrplot.analysis.theory.topic import Topic
from lrplot.analysis.theory.totals import totals
from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.lazy import dataclass
from lrplot.runs.run import Run, parameter_of

TOPICS = (MASS, CONVEX, QUADRATIC, ADAMW, ADAM, ROBBINS_MONRO)


def topics_of(law: LossLaw | None = None) -> tuple[Topic, ...]:
    """The topics of the table: the loss first, if a law predicts it, then all others."""
    return (law.topic, *TOPICS) if law else TOPICS


@dataclass(frozen=True)
class Theory(Shown):
    """Statements about the learning rate of a run of `steps` updates, in numbers.

    `mass` is the mean as a share of the peak, `half_mass_step` the update by which half of the sum is spent, and
    `above_half` the share of updates at half the peak or more. `bound_ratio` and `peak_ratio` are the convex
    last-iterate bound and the peak that minimizes it, as multiples of those of a linear decay to 0. `noise_floor` is
    the last value as a share of the peak.

    `adamw_timescale` is 1/(lr·wd) at its shortest, in updates, and `adamw_timescale_share` that as a share of the
    run; `adamw_mass` is Σ lr·wd, and `initial_weights_left` the product of all 1 − lr·wd. They are None if the run has
    no weight decay. `adam_first_update` and `adam_largest_update` are sizes of updates as multiples of a settled one
    at the peak, `warmup` is the first update at the peak, and `adam_warmup` 2/(1 − β₂).

    `final_loss` is the loss after the last update, by a law that was fitted to a log. It is None without one, and if
    the law says nothing about this run.

    All other numbers are None if the learning rate is 0 throughout or below 0 somewhere. If `sampled`, they are taken
    from a sample of the updates. `groups` is the number of parameter groups, whose own learning rates are not judged.
    `batch` has the learning rate for another batch; None unless one is asked for. `sgd` is whether the optimizer is
    SGD, by its name in a config or by `momentum` in a spec.
    """

    name: str
    steps: int
    robbins_monro: RobbinsMonro
    mass: float | None = None
    half_mass_step: int | None = None
    above_half: float | None = None
    bound_ratio: float | None = None
    peak_ratio: float | None = None
    noise_floor: float | None = None
    adamw_timescale: float | None = None
    adamw_timescale_share: float | None = None
    adamw_mass: float | None = None
    initial_weights_left: float | None = None
    adam_first_update: float | None = None
    adam_largest_update: float | None = None
    warmup: int | None = None
    adam_warmup: int | None = None
    final_loss: float | None = None
    sampled: bool = False
    groups: int = 0
    batch: Scaling | None = None
    sgd: bool = False


def theory_of(run: Run, batch: str | None = None, law: LossLaw | None = None) -> Theory:
    """The theory of a run, of another `batch` if one is given, such as `x4` or `1024`, and the loss by a law.

    A `Fault` for a log, whose values are not known at every update.
    """
    if run.points:
        raise Fault(f"{run.name}: a log has values at some updates only, and these sums need all of them")
    curve, steps = run.lr.curve, run.steps
    summary = summarize(curve, steps)
    tail, groups = robbins_monro(curve), sum(parameter_of(name) == "lr" for name in run.tracks) - 1
    scaled = scaling(run, batch) if batch is not None else None
    sgd = rule_of(run) == "linear"
    if summary.peak <= 0 or summary.low < 0:
        return Theory(run.name, steps, tail, groups=groups, batch=scaled, sgd=sgd)
    beside = run.tracks.get("weight_decay")
    sums = totals(curve, steps, summary.peak, beside.curve if beside else None)
    bound, peak = relative(sums.mass, sums.noise, steps)
    beta1, beta2 = (beta(run, name, default) for name, default in (("beta1", BETA1), ("beta2", BETA2)))
    first, largest = first_updates(curve, steps, summary.peak, beta1)
    timescale = 1 / sums.fastest if sums.fastest > 0 else None
    return Theory(
        name=run.name,
        steps=steps,
        robbins_monro=tail,
        mass=summary.mass,
        half_mass_step=sums.half,
        above_half=summary.above_half,
        bound_ratio=bound,
        peak_ratio=peak,
        noise_floor=summary.last / summary.peak,
        adamw_timescale=timescale,
        adamw_timescale_share=timescale / steps if timescale else None,
        adamw_mass=sums.decay if timescale else None,
        initial_weights_left=sums.kept if timescale else None,
        adam_first_update=first,
        adam_largest_update=largest,
        warmup=summary.peak_step,
        adam_warmup=round(2 / (1 - beta2)),
        final_loss=law.final(run) if law else None,
        sampled=summary.mean_sampled,
        groups=groups,
        batch=scaled,
        sgd=sgd,
    )
