"""The spec that a log follows, to its printed digits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from lrplot.analysis.agreement.conventions import NEXT, USED
from lrplot.analysis.inference.evidence import Evidence, gathered
from lrplot.analysis.inference.forms import Spec
from lrplot.analysis.inference.numbers import plain, simplest
from lrplot.analysis.inference.parameters import Updates
from lrplot.analysis.inference.ranges import ranges, unseen
from lrplot.analysis.inference.result import Inference, Open, Tie
from lrplot.analysis.inference.search import TIED, Answer, Search, in_epochs
from lrplot.analysis.inference.verify import Verdict, verify
from lrplot.analysis.inference.writing import text_of
from lrplot.diagnostics import Fault
from lrplot.runs.log import Log
from lrplot.runs.run import group_of, parameter_of

MOST_TIES = 3
NEGLIGIBLE = 1e-6  # of the peak
NEAREST = 6  # misses of which the best is chosen after rounding
CONVENTIONS = {0: NEXT, -1: USED}
EITHER = f"{NEXT}, or that of update N − 1"


@np.errstate(all="ignore")  # parameters that give no finite values are far from every point
def infer(log: Log) -> Inference:
    """The shortest spec that gives every logged learning rate of the log's last run, or the nearest one.

    `Fault` if no row has a finite learning rate.
    """
    points = log.points
    evidence = gathered(points, points.lr, log.stated.get("epochs" if log.unit == "epochs" else "steps", 0))
    grouped = any(parameter_of(name) == "lr" and group_of(name) for name in points.tracks)
    evidence = replace(evidence, relative=grouped)
    if not len(evidence):
        raise Fault("no row has a finite learning rate", code="no-points")
    search = Search(evidence, one_based=log.unit == "epochs" and evidence.steps[0] == 1)
    answers = search.run()
    best = answers[0] if answers else _nearest(search)
    exact = best.verdict.exact  # the nearest is too if the points do not determine it
    whole = evidence.shifted(best.offset)
    groups, other = _groups(log, best, whole)
    spec = _named(_unit(best.spec | groups, log))
    ties = tuple(Tie(each.name, _named(_unit(each.spec, log)), each.offset) for each in _tied(best, answers[1:]))
    left: list[Open] = [*best.open]
    if exact and best.form is not None and best.theta is not None:
        left += ranges(best.form, best.theta, search.sample.shifted(best.offset))
    left += [
        *(unseen(best.form, best.theta, whole, "epochs" if log.unit == "epochs" else "steps") if exact else ()),
        *other,
    ]
    row = int(np.argmax(best.verdict.differences))
    peak = float(np.abs(evidence.values).max())
    largest = float(best.verdict.differences[row] / peak) if peak else 0.0
    found = Inference(
        name=best.name,
        spec=spec,
        text="",
        exact=exact,
        largest=largest,
        step=int(evidence.steps[row]),
        points=len(evidence),
        offset=best.offset,
        convention=_convention(best, evidence, exact),
        float32=evidence.float32,
        open=tuple(left),
        ties=ties,
    )
    return replace(found, text=text_of(found, log))


def _convention(best: Answer, evidence: Evidence, exact: bool) -> str:
    """The convention by which logged values belong to updates, in words."""
    other = -1 - best.offset
    if exact and evidence.steps[0] + other >= 0:
        verdict = verify(best.spec, evidence.shifted(other))
        if verdict is not None and verdict.exact:
            return EITHER
    return CONVENTIONS[best.offset]


def _tied(best: Answer, others: Iterable[Answer]) -> list[Answer]:
    """Other answers that are about as short, each spec once."""
    found: list[Answer] = []
    for each in others:
        same = any(each.spec == known.spec for known in (best, *found))
        if each.price <= best.price + TIED and not same and len(found) < MOST_TIES:
            found.append(each)
    return found


def _nearest(search: Search) -> Answer:
    """The spec that misses the points by least."""
    found: list[tuple[float, Answer]] = []
    for offset in search.offsets[:1] or [0]:
        whole = search.evidence.shifted(offset)
        for miss in sorted(search.misses, key=lambda each: each.largest)[:NEAREST]:
            theta = np.maximum(miss.theta, 0.0)
            for k, parameter in enumerate(miss.form.parameters):
                least = 0.0 if theta[k] < NEGLIGIBLE and parameter.kind == "share" else theta[k]
                theta[k] = round(theta[k]) if parameter.kind == "updates" else float(f"{least:.4g}")
            spec = miss.form.spec(theta, whole)
            verdict = verify(spec, whole)
            if verdict is not None:
                answer = Answer(miss.form.name, spec, 0.0, offset, verdict, miss.form, theta)
                found.append((float(verdict.differences.max()), answer))
    found.append(_middle(search.evidence))
    return min(found, key=lambda each: each[0])[1]


def _middle(evidence: Evidence) -> tuple[float, Answer]:
    """The constant between the least and the largest value, which any points have."""
    value = max(float(f"{(evidence.values.min() + evidence.values.max()) / 2:.4g}"), 0.0)
    spec: Spec = {"steps": max(evidence.length, 1), "lr": plain(value), "schedule": "constant"}
    differences = np.abs(evidence.values - value)
    verdict = Verdict(differences, np.flatnonzero(differences > evidence.tolerance))
    return float(differences.max()), Answer("constant", spec, 0.0, 0, verdict)


def _groups(log: Log, best: Answer, whole: Evidence) -> tuple[Spec, list[Open]]:
    """Parameter groups as multiples of the learning rate, and the tracks that are not part of the spec."""
    groups: dict[str, Any] = {}
    other = []
    base = best.spec.get("lr")
    for name, values in log.points.tracks.items():
        if name == "lr":
            continue
        group = group_of(name)
        evidence = gathered(log.points, values, 0).shifted(best.offset) if parameter_of(name) == "lr" else None
        rate = _multiple(evidence, whole, base, best.spec, group) if evidence is not None and len(evidence) else None
        if rate is None:
            other.append(Open(name, None, None, "logged, and not part of this spec"))
        else:
            groups[group] = {"lr": rate}
    return ({"groups": groups} if groups else {}), other


def _multiple(evidence: Evidence, whole: Evidence, base: Any, spec: Spec, group: str) -> float | None:
    """The base learning rate of a group whose values are a multiple of the run's; None if they are not."""
    _, rows, others = np.intersect1d(evidence.steps, whole.steps, return_indices=True)
    total = float(np.square(whole.values[others]).sum())
    if base is None or not len(rows) or total == 0:
        return None
    ratio = float(evidence.values[rows] @ whole.values[others]) / total
    width = float(evidence.tolerance.max()) / whole.peak + 1e-12 * abs(ratio)
    for rate in simplest((ratio - width) * base, (ratio + width) * base, ratio * base):
        verdict = verify(spec | {"groups": {group: {"lr": plain(rate)}}}, evidence, f"lr/{group}")
        if verdict is not None and verdict.exact:
            return plain(rate)
    return None


def _unit(spec: Spec, log: Log) -> Spec:
    """A spec in the unit of the log's steps."""
    if log.unit != "epochs" or "epochs" in spec:
        return spec
    return {("epochs" if key == "steps" else key): in_epochs(value) for key, value in spec.items()}


def _named(spec: Spec) -> Spec:
    """A spec with plain numbers."""
    return {key: _plain(value) for key, value in spec.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, Updates) else value
