"""Loss curves of other schedules, by a law with four parameters that one log with a finished cooldown settles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

import numpy as np

from lrplot.analysis.summary import AVERAGED, SUMMED, summarize
from lrplot.analysis.theory.topic import Row, Topic
from lrplot.curves.shapes import Floats
from lrplot.curves.steps import Steps
from lrplot.diagnostics import Fault
from lrplot.display import Shown
from lrplot.engine.evaluate import BLOCK, blocks
from lrplot.lazy import dataclass
from lrplot.runs.log import Log
from lrplot.runs.run import Run
from lrplot.wording import learning_rate, several

DECAY = 0.999  # of the moving average, per update; fits prefer 0.99 and then predict several times worse
FEWEST = 20  # rows after the peak
MOST = 2000  # rows that are fitted; of more, means over equal ratios of their number, which bend the curve little
FINISHED = 0.6  # of the peak, by which the moving average must have fallen; with less, annealing is not determined
SAME = 0.02  # of a peak: a smaller difference is that of printed digits and sparse rows
FAR = 3  # times the updates of the log: the law was tried up to there
DELTA = 1e-3  # a relative residual; larger ones count less, as in Huber's loss
ROUNDS, TOLERANCE = 60, 1e-7  # of the robust fit
LOWEST, HIGHEST, TRIED = 0.02, 3.0, 25  # exponents, and how many of them a round of the search tries


@dataclass(frozen=True, eq=False)
class LossLaw(Shown):
    """The loss after an update as floor + scale · S^−exponent − annealing · (peak − r) / (1 − 0.999).

    S is the sum of the learning rate so far, and r its moving average, 0.999 · r + 0.001 · lr. In the words of the
    paper these are L₀, A, α and C; its S₂ is (lr₀ − r) / (1 − λ), here with the peak for lr₀, so that a warmup does
    not shift the floor. Source: Tissue, Wang, Wang 2024 (arXiv:2408.11029).

    `name` and `peak` are those of the log, and `updates` and `logged` the rows that were fitted, from its peak on:
    their updates and losses. `scatter` is the root mean square of their residuals. `remarks` are what the fit assumed.
    """

    name: str
    peak: float
    updates: Steps = field(repr=False)
    logged: Floats = field(repr=False)
    floor: float
    scale: float
    exponent: float
    annealing: float
    scatter: float
    remarks: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        """The first update that was fitted."""
        return int(self.updates[0])

    @property
    def last(self) -> int:
        """The last update that was fitted."""
        return int(self.updates[-1])

    def losses(self, run: Run, at: Steps) -> Floats:
        """The losses of a run after the updates `at`, in ascending order."""
        every = _every(run.steps)
        return self._loss(*_states(blocks(run.lr.curve, 0, int(at[-1]) + 1, every), every, at))

    def refusal(self, run: Run) -> str | None:
        """The reason why no loss of a run is predicted: its peak, or its length; None if one is."""
        peak = summarize(run.lr.curve, run.steps).peak
        if abs(peak - self.peak) > SAME * self.peak:
            return f"its peak is {learning_rate(peak)}, that of {self.name} {learning_rate(self.peak)}"
        if run.steps <= self.start:
            return f"it ends before update {self.start:,}, the first that is fitted"
        return None

    def final(self, run: Run) -> float | None:
        """The loss after the last update of a run; None if the law says nothing about it."""
        if self.refusal(run):
            return None
        return float(self.losses(run, np.array([run.steps - 1]))[0])

    def notes(self, runs: Sequence[Run]) -> list[str]:
        """Remarks on predictions that are uncertain or impossible: the log's own, other peaks, much longer runs."""
        notes = list(self.remarks)
        for run in runs:
            if refusal := self.refusal(run):
                notes.append(f"{run.name}: no loss is predicted: {refusal}")
            elif round(run.steps / self.last, 1) > FAR:
                notes.append(
                    f"{run.name}: more than {FAR} times as long as {self.name}, further than the law was tried"
                )
        return notes

    @property
    def topic(self) -> Topic:
        """The rows of a table of predictions, with what they assume."""
        rows, reach = several(len(self.updates), "row"), f"{1 / (1 - DECAY):,.0f}"
        return Topic(
            "Loss",
            (Row("final_loss", "final loss", "loss"),),
            assumes=f"the model, data, batch size and peak of {self.name}, to whose {rows} the law was fitted; they "
            f"scatter by {self.scatter:.2g} and end at {self.logged[-1]:.3f}. A change of the rate acts over about "
            f"{reach} updates. On public runs of 25M to 400M parameters, predictions from one log were off by 0.01 on "
            "average and 0.06 at worst; smaller differences mean little",
            source="Tissue et al. 2024 (arXiv:2408.11029)",
            needs=f"needs a peak of {learning_rate(self.peak)}, that of {self.name}",
        )

    def _loss(self, sums: Floats, recent: Floats) -> Floats:
        falls = (self.peak - recent) / (1 - DECAY)
        return self.floor + self.scale * sums**-self.exponent - self.annealing * falls


def loss_law_of(log: Log) -> LossLaw:
    """The law of a log's losses; a `Fault` if it has too few of them, or if its cooldown is not finished."""
    if log.unit != "updates":
        raise Fault(f"{log.name}: a law of losses needs updates, and the log counts {log.unit}")
    steps, rates, losses = _rows(log)
    first = int(rates.argmax())
    peak, known = float(rates[first]), np.isfinite(losses) & (np.arange(len(steps)) >= first)
    if peak <= 0:
        raise Fault(f"{log.name}: its learning rate is never above 0")
    at, seen = steps[known], losses[known]
    if len(at) < FEWEST:
        message = f"{log.name}: {several(len(at), 'row')} with a loss from the peak of the learning rate on"
        raise Fault(f"{message}, and the law needs {FEWEST}")
    if seen.min() <= 0:
        raise Fault(f"{log.name}: a loss of {learning_rate(float(seen.min()))}, and the law holds for losses above 0")
    every = _every(int(at[-1]) + 1)
    sums, recent = _states(_blocks(steps, rates, int(at[-1]) + 1, every), every, at)
    if peak - recent[-1] < FINISHED * peak:
        raise Fault(
            f"{log.name}: its cooldown is not finished: over the last {1 / (1 - DECAY):,.0f} updates the learning rate "
            f"is {recent[-1] / peak:.0%} of its peak on average",
            help=f"the loss of an annealed model follows only from a log whose rate fell to {1 - FINISHED:.0%} or less",
        )
    rate, loss = _power_of_two(peak), _power_of_two(float(seen.max()))  # so that no size is too small or too large
    try:
        floor, scale, exponent, annealing, scatter = _fit(sums / rate, (peak - recent) / rate, seen / loss)
        scale *= loss * rate**exponent
    except (np.linalg.LinAlgError, OverflowError):
        floor, scale, exponent, annealing, scatter = (float("nan"),) * 5
    law = LossLaw(log.name, peak, at, seen, floor * loss, scale, exponent, annealing * loss / rate, scatter * loss)
    if not (0 < law.scale < np.inf and 0 < law.annealing < np.inf and LOWEST < law.exponent < HIGHEST):
        raise Fault(f"{log.name}: its losses do not fall as the law has it, with training and with the learning rate")
    if steps[0] > 1:
        law = replace(law, remarks=(f"before update {steps[0]:,} the log has no rows: a line from 0 is assumed",))
    return law


def _power_of_two(size: float) -> float:
    """A number of about a size, by which others are divided without rounding."""
    return float(2.0 ** (np.frexp(size)[1] - 1))


def _rows(log: Log) -> tuple[Steps, Floats, Floats]:
    """The steps, learning rates and losses of the rows that have a rate."""
    points, losses = log.points, log.losses
    known = ~np.isnan(points.lr.values)
    return points.steps[known], points.lr.values[known], losses[known]


def _every(steps: int) -> int:
    """The updates for which each evaluated one stands: one, in a very long run more."""
    return 1 if steps <= SUMMED else steps // AVERAGED


def _blocks(steps: Steps, rates: Floats, stop: int, every: int) -> Iterator[tuple[Steps, Floats]]:
    """The learning rate of a log at every update, or every few: on lines between its rows, the first from 0."""
    if steps[0] > 1:
        steps, rates = np.insert(steps, 0, 0), np.insert(rates, 0, 0.0)
    for start in range(0, stop, BLOCK * every):
        block = np.arange(start, min(start + BLOCK * every, stop), every, dtype=np.int64)
        yield block, np.interp(block, steps, rates)


def _states(rates: Iterable[tuple[Steps, Floats]], every: int, at: Steps) -> tuple[Floats, Floats]:
    """The sum of the learning rate after the updates `at`, and its moving average, which begins at the first rate.

    Each of the values, which come in blocks, stands for `every` updates.
    """
    sums, recent = np.empty(len(at)), np.empty(len(at))
    keep = DECAY ** min(every, BLOCK)
    length = max(1, BLOCK // every)  # values whose weights do not underflow
    total, average, done = 0.0, None, 0
    for steps, values in rates:
        totals = total + every * np.cumsum(values)
        averages = np.empty(len(values))
        for start in range(0, len(values), length):
            part = values[start : start + length]
            average = float(part[0]) if average is None else average
            weights = keep ** np.arange(1, len(part) + 1)
            averages[start : start + length] = weights * (average + (1 - keep) * np.cumsum(part / weights))
            average = float(averages[start + len(part) - 1])
        total = float(totals[-1])
        stop = int(np.searchsorted(at, steps[-1] + every))
        places = (at[done:stop] - steps[0]) // every
        sums[done:stop], recent[done:stop] = totals[places], averages[places]
        done = stop
    return sums, recent


def _fit(sums: Floats, falls: Floats, losses: Floats) -> tuple[float, float, float, float, float]:
    """The floor, scale, exponent and annealing of the law, and the scatter of the losses about it.

    For a given exponent the law is linear in the others. Relative residuals are weighted as by Huber's loss, whose
    bound is 0.001, as the paper has it.
    """
    groups = np.unique(np.geomspace(1, len(losses) + 1, MOST).astype(np.int64))[:-1] - 1
    counts = np.diff(np.append(groups, len(losses)))
    means = [np.add.reduceat(values, groups) / counts for values in (sums, falls, losses)]
    span, seen = means[0][-1], means[2]
    shares, falls = means[0] / span, means[1] / (1 - DECAY)
    sizes = np.sqrt(counts)
    weights, found = sizes / seen, np.zeros(4)
    for _ in range(ROUNDS):
        before = found
        exponent, found = _best(shares, falls, seen, weights)
        residuals = seen - (found[0] + found[1] * shares**-exponent - found[2] * falls)
        weights = sizes * np.sqrt(np.minimum(1, DELTA / np.maximum(np.abs(residuals / seen), 1e-300))) / seen
        found = np.array([*found, exponent])
        if np.all(np.abs(found - before) <= TOLERANCE * np.abs(found)):
            break
    floor, scale, annealing, exponent = found.tolist()
    return floor, scale * span**exponent, exponent, annealing, float(np.sqrt(np.mean(residuals**2)))


def _best(shares: Floats, falls: Floats, losses: Floats, weights: Floats) -> tuple[float, Floats]:
    """The exponent with the least weighted squares, and the floor, scale and annealing that go with it."""
    low, high = LOWEST, HIGHEST
    while True:
        exponents = np.geomspace(low, high, TRIED)
        columns = np.empty((TRIED, len(losses), 3))
        columns[..., 0] = weights
        columns[..., 1] = weights * shares ** -exponents[:, None]
        columns[..., 2] = -weights * falls
        sizes = np.sqrt(np.square(columns).sum(axis=1, keepdims=True))  # of columns, which differ by orders
        columns /= sizes
        turned = columns.transpose(0, 2, 1)
        found = np.linalg.solve(turned @ columns, turned @ (weights * losses)[:, None])
        squares = np.square((columns @ found)[..., 0] - weights * losses).sum(axis=1)
        best = int(squares.argmin())
        if high / low < 1 + TOLERANCE:
            return float(exponents[best]), found[best, :, 0] / sizes[best, 0]
        low, high = float(exponents[max(best - 1, 0)]), float(exponents[min(best + 1, TRIED - 1)])
