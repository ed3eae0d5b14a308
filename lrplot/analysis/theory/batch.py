"""A run with another batch: its updates, and its learning rate by the linear and by the square-root rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import sqrt
from typing import Literal

from lrplot.analysis.summary import summarize
from lrplot.analysis.theory.adam import BETA1, BETA2, beta
from lrplot.analysis.theory.topic import Row, Topic
from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.runs.numbers import exact, nearest
from lrplot.runs.run import Reading, Run
from lrplot.runs.timebase import MOST_STEPS
from lrplot.schema.scalars import read_duration, read_number
from lrplot.text.tree import Mapping
from lrplot.wording import updates

Rule = Literal["linear", "square root"]

_FACTOR = re.compile(r"[x×*]\s*(?P<before>[^x×*]+)|(?P<after>[^x×*]+?)\s*[x×*]")
# Keys of a training program's config that name its optimizer, and what the names have in common by rule.
_OPTIMIZER = re.compile(
    r"(.*[._])?opt(im(izer)?)?(_type|\..*\b(_?name|type|_target_|class_path|_component_))?", re.IGNORECASE
)
_NAMES: dict[Rule, re.Pattern[str]] = {
    "linear": re.compile("sgd|momentum", re.IGNORECASE),
    "square root": re.compile("adam|rmsprop", re.IGNORECASE),
}
_HELP = "write a factor such as `x4`, or a size such as `1024` or `'4M tokens'`"

BATCH = Topic(
    "Batch",
    (
        Row("factor", "times the batch", "multiple"),
        Row("size", "samples per update", "update"),
        Row("steps", "updates, about", "update"),
        Row("warmup", "peak reached at", "update"),
        Row("rule", "rule for its optimizer", "word", absent="not stated"),
    ),
    assumes="the run sees the same samples, so that every time in updates is divided by the factor. The optimizer "
    "is the one that a config names; `momentum` in a spec means SGD, `beta1` or `beta2` Adam. Both rules are starting "
    "points: how large a batch still helps depends on the gradient noise, which is known only in training and grows as "
    "the loss falls",
    source="arithmetic; McCandlish et al. 2018 (arXiv:1812.06162) for the gradient noise scale",
)

LINEAR = Topic(
    "Linear rule, for SGD",
    (
        Row("linear_lr", "peak, far below noise scale", "number"),
        Row("linear_lr_at_noise_scale", "peak, batch at noise scale", "number"),
    ),
    assumes="k times the rate, with momentum and weight decay as they are, and a warmup. The best rate of SGD on a "
    "quadratic with curvature H, gradient g and noise covariance C of one sample grows like B/(B + N), where "
    "N = tr(HC)/(g·Hg) is the noise scale: like B only while B is far below N. From B = N, k times the batch "
    "allows 2k/(k + 1) times the rate, and never twice. ResNet-50 on ImageNet lost no accuracy up to a batch of 8,192; "
    "the limit of another problem may be lower or higher",
    source="Goyal et al. 2017 (arXiv:1706.02677); McCandlish et al. 2018 (arXiv:1812.06162), sec. 2",
)

SQUARE_ROOT = Topic(
    "Square-root rule, for Adam",
    (
        Row("sqrt_lr", "peak", "number", absent="–"),
        Row("sqrt_beta1", "β₁", "beta", absent="–"),
        Row("sqrt_beta2", "β₂", "beta", absent="–"),
        Row("sqrt_eps", "eps", "multiple"),
        Row("sqrt_weight_decay", "AdamW's weight decay", "number"),
        Row("sqrt_ends", "the rule ends at", "multiple"),
    ),
    assumes="√k times the rate. 1 − β becomes k·(1 − β), so that Adam's averages span as many samples as before, from "
    "β₁ = 0.9 and β₂ = 0.999 unless the spec gives others; "
    "eps falls by √k as the noise does. AdamW's weight decay grows by √k to keep its time scale in samples. It holds "
    "while noise dominates the gradients and rates are small, and ends for good where β₁ reaches 0, at k = 1/(1 − β₁). "
    "Beyond the noise scale it is too high: Adam's best rate falls again",
    source="Malladi et al. 2022 (arXiv:2205.10287); Li et al. 2024 (arXiv:2405.14578); Wang & Aitchison 2024 "
    "(arXiv:2405.13698) for the time scale",
)

TOPICS = (BATCH, LINEAR, SQUARE_ROOT)


@dataclass(frozen=True)
class Scaling:
    """A run with `factor` times the batch that sees the same samples: `steps` updates, its peak at update `warmup`.

    `size` is the new batch in samples, None if the spec states none. `rule` is that of the optimizer that the
    config names or the spec implies, None if neither does.

    `linear_lr` is the peak by the linear rule, and `linear_lr_at_noise_scale` the peak if the batch is at the gradient
    noise scale already. `sqrt_lr` is the peak by the square-root rule; `sqrt_beta1`, `sqrt_beta2` and
    `sqrt_weight_decay` are the values that go with it, and `sqrt_eps` the factor of Adam's eps. They are None from the
    factor `sqrt_ends` on, where the rule ends. Learning rates are None if the run has none above 0.
    """

    factor: float
    size: int | None
    steps: int
    warmup: int
    rule: Rule | None
    linear_lr: float | None
    linear_lr_at_noise_scale: float | None
    sqrt_lr: float | None
    sqrt_beta1: float | None
    sqrt_beta2: float | None
    sqrt_eps: float | None
    sqrt_weight_decay: float | None
    sqrt_ends: float


def scaling(run: Run, batch: str) -> Scaling:
    """A run with another batch, a factor (`x4`) or a size (`1024`, `4M tokens`); a `Fault` if it is neither."""
    factor = read_factor(batch, run)
    summary = summarize(run.lr.curve, run.steps)
    peak = exact(summary.peak) if summary.peak > 0 else None
    root = sqrt(factor)
    samples, track = run.timebase.rates.samples_per_step, run.tracks.get("weight_decay")
    decay = track.curve.limit(0) if track else 0.0
    betas = [exact(beta(run, name, default)) for name, default in (("beta1", BETA1), ("beta2", BETA2))]
    beta1, beta2 = (1 - factor * (1 - each) for each in betas)
    ends = 1 / (1 - min(betas))
    holds = factor < ends or factor <= 1
    return Scaling(
        factor=float(factor),
        size=nearest(samples * factor) if samples else None,
        steps=max(1, nearest(run.steps / factor)),
        warmup=nearest(summary.peak_step / factor),
        rule=rule_of(run),
        linear_lr=float(peak * factor) if peak else None,
        linear_lr_at_noise_scale=float(peak * 2 * factor / (factor + 1)) if peak else None,
        sqrt_lr=float(peak) * root if peak and holds else None,
        sqrt_beta1=float(beta1) if holds else None,
        sqrt_beta2=float(beta2) if holds else None,
        sqrt_eps=1 / root if holds else None,
        sqrt_weight_decay=decay * root if decay > 0 and holds else None,
        sqrt_ends=float(ends),
    )


def read_factor(text: str, run: Run) -> Fraction:
    """The factor that a text means for a run's batch: `x4`, `4x`, `×4`, or a size in samples or tokens."""
    if match := _FACTOR.fullmatch(text.strip()):
        factor = read_number(match["before"] or match["after"])
    elif (size := read_number(text)) is not None:
        factor = _relative(size, "samples", run)
    else:
        amount = read_duration(text)
        known = amount is not None and amount.unit in ("samples", "tokens")
        factor = _relative(amount.amount, amount.unit, run) if amount and known else None
    if factor is None or factor <= 0:
        raise Fault(f"`{text}` is no batch", help=_HELP, code="bad-option")
    samples = run.timebase.rates.samples_per_step
    if samples and samples * factor < 1:
        raise Fault(f"`{text}` is less than one sample", code="bad-option")
    if not run.steps / MOST_STEPS <= factor <= MOST_STEPS:
        raise Fault(f"`{text}` is beyond sense for a run of {updates(run.steps)}", help=_HELP, code="bad-option")
    return factor


def _relative(size: Fraction, unit: str, run: Run) -> Fraction:
    """A batch of a size as a multiple of the run's own."""
    if not run.timebase.rates.has(unit):
        key, other = ("batch_size=256", "tokens") if unit == "samples" else ("tokens_per_step=0.5M", "samples")
        known = f"a size in {other}, or " if run.timebase.rates.has(other) else ""
        help = f"write a factor such as `x4`, or {known}add `--set {key}`"
        raise Fault(f"{run.name} does not say how many {unit} its batch has", help=help, code="missing-conversion")
    return size / run.timebase.rates.per_step(unit)


def rule_of(run: Run) -> Rule | None:
    """The rule for the optimizer that a config names, or that `momentum`, or `beta1` and `beta2`, imply; else None."""
    names = list(_optimizers(run.reading)) if run.reading else []
    rules = [rule for rule, known in _NAMES.items() if any(map(known.search, names))]
    if len(rules) == 1:
        return rules[0]
    keys = {entry.key.text for entry in run.tree} if isinstance(run.tree, Mapping) else set()
    sgd, adam = "momentum" in keys, not keys.isdisjoint(("beta1", "beta2"))
    return None if sgd == adam else "linear" if sgd else "square root"


def _optimizers(reading: Reading) -> Iterator[str]:
    """The words at those keys of a training config that name an optimizer."""
    for span, path in reading.keys.items():
        if span.line is not None and _OPTIMIZER.fullmatch(path):
            yield span.source.lines[span.line][span.column : span.end_column]
