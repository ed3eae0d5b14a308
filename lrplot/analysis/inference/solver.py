"""Fitting of parameters to intervals: least squares, and the smallest largest residual where these just miss."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import log

import numpy as np
from numpy.typing import NDArray

from lrplot.curves.shapes import Floats
from lrplot.lazy import dataclass

ITERATIONS = 40
STEP = 1e-6  # of a parameter: what it is moved by to find out its effect
LINEARIZED = 8  # times that a model is linearized on the way to the smallest largest residual
SHORTER = 4  # times that a step which overshoots is halved
SHARPNESS = (4.0, 16.0, 64.0)
NEWTON = 8  # steps for each sharpness
EXCHANGES = 30  # of rows, on the way to the smallest largest residual
ENOUGH = 0.99  # tolerances: a largest residual that need not be smaller
NEARLY = 1.02  # tolerances: an exact fit is hard to find if it is the only one
NEAR = 1000.0  # tolerances: a fit that misses by more is not sharpened
SINGULAR = 1e-11  # of the largest singular value of a Jacobian: what counts as none
LOOSE = 1e-7  # of the same: what may be none, as it is computed from differences
FARTHEST = 1e30  # tolerances
WIDTHS = 3.0  # standard deviations that an interval of a parameter spans on each side

Model = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters, and their largest residual in tolerances: at most 1 if they explain every point."""

    theta: Floats
    worst: float

    @property
    def fits(self) -> bool:
        """Whether every point is within its tolerance, or so nearly that shorter numbers may be."""
        return self.worst <= NEARLY


@dataclass(frozen=True, eq=False)
class Problem:
    """Points that a model must meet within tolerances, and bounds of its parameters.

    `model(theta)` gives the values at all points, NaN if the parameters have no meaning. If it is `rough`, they may
    jump where a parameter passes a point. `scale` has a usual size of each parameter.
    """

    model: Model
    target: Floats
    tolerance: Floats
    low: Floats
    high: Floats
    scale: Floats
    rough: bool = False

    @np.errstate(all="ignore")
    def residuals(self, theta: Floats) -> Floats:
        """The difference at each point in tolerances."""
        return self._residuals(theta)

    def _residuals(self, theta: Floats) -> Floats:
        """The same; `fmin` and `fmax` take the bound in place of NaN."""
        return np.asarray(np.fmax(np.fmin((self.model(theta) - self.target) / self.tolerance, FARTHEST), -FARTHEST))

    @np.errstate(all="ignore")
    def fit(self, start: Floats, free: Sequence[int], iterations: int = ITERATIONS) -> Fit:
        """The best values of the parameters with the numbers `free`, from a starting point."""
        theta = np.clip(start, self.low, self.high)
        residuals = self._residuals(theta)
        if free:
            theta, residuals = self._least_squares(theta, residuals, list(free), iterations)
            if 1 < np.abs(residuals).max() < NEAR:
                theta, residuals = self._sharpen(theta, residuals, list(free))
        return Fit(theta, float(np.abs(residuals).max()))

    @np.errstate(all="ignore")
    def spread(self, theta: Floats, free: Sequence[int]) -> dict[int, tuple[float, float]]:
        """The likely and the largest distance of each free parameter from its value.

        Both are infinite if the points do not determine it. If the residuals of many points are independent, it is
        closer than it may be: where all values were rounded alike, such as those of a constant, it need not be.
        """
        scale, left, singular, rows = self._decomposed(theta, free)
        if not scale.all() or singular[-1] <= SINGULAR * singular[0]:
            return dict.fromkeys(free, (np.inf, np.inf))
        inverse = (rows.T / singular) @ left.T / scale[:, None] * self.scale[list(free)][:, None]
        likely = WIDTHS * np.linalg.norm(inverse, axis=1)
        possible = 1.01 * np.maximum(np.abs(inverse).sum(axis=1), likely)
        return {k: (float(a), float(b)) for k, a, b in zip(free, likely, possible, strict=True)}

    @np.errstate(all="ignore")
    def is_loose(self, theta: Floats, free: Sequence[int]) -> bool:
        """Whether changes of some free parameters may cancel out as far as differences of values can show."""
        scale, _, singular, _ = self._decomposed(theta, free)
        return not scale.all() or bool(singular[-1] <= LOOSE * singular[0])

    def _decomposed(self, theta: Floats, free: Sequence[int]) -> tuple[Floats, Floats, Floats, Floats]:
        """The lengths of the columns of the Jacobian, and its singular value decomposition if these are 1."""
        jacobian = self.jacobian(theta, free)
        scale = np.linalg.norm(jacobian, axis=0)
        left, singular, rows = np.linalg.svd(jacobian / np.where(scale == 0, 1.0, scale), full_matrices=False)
        return scale, left, singular, rows

    @np.errstate(all="ignore")
    def alone(self, theta: Floats, k: int) -> tuple[float, float]:
        """The room of one parameter downwards and upwards if all others stay, to a first approximation."""
        residuals = self._residuals(theta)
        slopes = self._jacobian(theta, residuals, [k])[:, 0]
        moving = slopes != 0
        if not moving.any():
            return 0.0, 0.0
        ends = np.stack([(-1 - residuals[moving]) / slopes[moving], (1 - residuals[moving]) / slopes[moving]])
        low, high = float(ends.min(axis=0).max()), float(ends.max(axis=0).min())
        return (low * self.scale[k], high * self.scale[k]) if low <= high else (0.0, 0.0)

    @np.errstate(all="ignore")
    def jacobian(self, theta: Floats, free: Sequence[int]) -> Floats:
        """The change of each residual with each parameter in units of its scale, at some parameters."""
        return self._jacobian(theta, self._residuals(theta), list(free))

    def _jacobian(self, theta: Floats, residuals: Floats, free: list[int]) -> Floats:
        """The change of each residual with each parameter in units of its scale."""
        columns = []
        for k in free:
            step = STEP * max(abs(theta[k]), 1e-3 * self.scale[k])
            sides = (step, -step) if self.rough else (step if theta[k] + step <= self.high[k] else -step,)
            slopes = []
            for side in sides:
                moved = theta.copy()
                moved[k] += side
                slopes.append((self._residuals(moved) - residuals) / ((moved[k] - theta[k]) / self.scale[k]))
            smaller = np.abs(slopes[0]) <= np.abs(slopes[-1])
            columns.append(np.where(smaller, slopes[0], slopes[-1]))
        return np.stack(columns, axis=1)

    def _least_squares(
        self, theta: Floats, residuals: Floats, free: list[int], iterations: int
    ) -> tuple[Floats, Floats]:
        """Levenberg and Marquardt's method, with bounds."""
        damping, loss = 1e-4, float(residuals @ residuals)
        for _ in range(iterations):
            jacobian = self._jacobian(theta, residuals, free)
            improved = False
            for _ in range(6):
                moved = self._moved(theta, jacobian, residuals, free, damping)
                found = self._residuals(moved)
                new = float(found @ found)
                if new < loss:
                    improved = True
                    break
                damping = max(damping, 1e-8) * 8
            if not improved:
                break
            gain = 1 - new / loss
            theta, residuals, loss = moved, found, new
            damping /= 6
            if gain < 1e-4 or (gain < 0.1 and np.abs(residuals).max() <= 1):
                break
        return theta, residuals

    def _moved(self, theta: Floats, jacobian: Floats, residuals: Floats, free: list[int], damping: float) -> Floats:
        def step(matrix: Floats) -> Floats:
            lower = np.diag(np.full(matrix.shape[1], damping**0.5))
            target = np.concatenate([-residuals, np.zeros(matrix.shape[1])])
            return np.asarray(np.linalg.lstsq(np.concatenate([matrix, lower]), target, rcond=None)[0])

        return self._within(theta, jacobian, free, step)

    def _within(self, theta: Floats, jacobian: Floats, free: list[int], step: Callable[[Floats], Floats]) -> Floats:
        """The parameters after a step in scaled ones; if it leaves the bounds, the others move on their own."""
        scale = np.linalg.norm(jacobian, axis=0)
        scale[scale == 0] = 1.0
        moved = theta.copy()
        moved[free] += step(jacobian / scale) / scale * self.scale[free]
        kept = np.clip(moved, self.low, self.high)
        inside = [i for i, k in enumerate(free) if kept[k] == moved[k]]
        stuck = [k for k in free if kept[k] != moved[k] and theta[k] == kept[k]]
        if stuck and inside:
            moved = theta.copy()
            moving = [free[i] for i in inside]
            moved[moving] += step((jacobian / scale)[:, inside]) / scale[inside] * self.scale[moving]
            kept = np.clip(moved, self.low, self.high)
        return kept

    def _sharpen(self, theta: Floats, residuals: Floats, free: list[int]) -> tuple[Floats, Floats]:
        """Towards the smallest largest residual, by Newton's method on a smooth maximum of ever sharper corners."""
        best, least = theta, residuals
        for _ in range(LINEARIZED):
            jacobian = self._jacobian(best, least, free)
            moved = self._within(best, jacobian, free, partial(_smallest_maximum, offset=least))
            found = self._residuals(moved)
            for _ in range(SHORTER):
                if np.abs(found).max() < np.abs(least).max():
                    break
                moved = (best + moved) / 2
                found = self._residuals(moved)
            else:
                break
            best, least = moved, found
            if np.abs(least).max() <= 1:
                break
        return best, least


def _smallest_maximum(matrix: Floats, offset: Floats) -> Floats:
    """The x for which the largest of |matrix·x + offset| is smallest, or as small as is needed to be below 1.

    It stops if that cannot be: any weights that the columns of the matrix do not see are a bound of it from below.
    """
    count = matrix.shape[1]
    x = np.zeros(count)
    found = offset
    best, least = x, float(np.abs(offset).max())
    columns, _ = np.linalg.qr(matrix)
    for sharpness in SHARPNESS:
        level, weights = _smooth(found, sharpness)
        for _ in range(NEWTON):
            signed = weights * np.sign(found)
            gradient = matrix.T @ signed
            hessian = sharpness * ((matrix.T * weights) @ matrix - np.outer(gradient, gradient))
            hessian.flat[:: count + 1] += 1e-9 * hessian.trace() + 1e-12
            step = np.linalg.solve(hessian, -gradient)
            change = matrix @ step
            length, improved = 1.0, False
            while length > 1e-3 and not improved:
                moved = found + length * change
                smooth, weights_there = _smooth(moved, sharpness)
                improved = smooth < level
                length /= 1 if improved else 3
            if not improved:
                break
            gain = level - smooth
            x, found, level, weights = x + length * step, moved, smooth, weights_there
            largest = float(np.abs(found).max())
            if largest < least:
                best, least = x, largest
            if least < ENOUGH:
                return best
            if gain < 1e-3 / sharpness:
                break
        unseen = weights * np.sign(found)
        unseen = unseen - columns @ (columns.T @ unseen)
        if unseen @ offset > NEARLY * np.abs(unseen).sum():
            return best
    exact = _exchange(matrix, offset, weights)
    return exact if float(np.abs(offset + matrix @ exact).max()) < least else best


def _exchange(matrix: Floats, offset: Floats, weights: Floats) -> Floats:
    """The x for which the largest of |matrix·x + offset| is smallest: Stiefel's exchange of rows.

    It is determined by one row more than there are columns, at which the residuals are equal. The first such rows are
    independent ones with large weights; then the row with the largest residual replaces one of them, until it is one.
    """
    count = matrix.shape[1]
    rows = _independent(matrix, weights)
    x = np.zeros(count)
    for _ in range(EXCHANGES):
        part = matrix[rows]
        null = np.linalg.svd(part.T)[2][-1]
        if null @ offset[rows] < 0:
            null = -null
        signs = np.where(null < 0, -1.0, 1.0)
        size = np.maximum(np.abs(null), 1e-13)
        solution = np.linalg.lstsq(np.column_stack([part, -signs]), -offset[rows], rcond=None)[0]
        x, level = solution[:-1], float(solution[-1])
        found = offset + matrix @ x
        worst = int(np.argmax(np.abs(found)))
        if level > NEARLY or np.abs(found[worst]) <= max(level * (1 + 1e-9), ENOUGH):
            break
        side = np.sign(found[worst])
        mixed = np.linalg.lstsq(part.T, matrix[worst], rcond=None)[0]
        rows[int(np.argmax(side * mixed * signs / size))] = worst
    return x


def _independent(matrix: Floats, weights: Floats) -> NDArray[np.int64]:
    """Numbers of independent rows with large weights, one more than there are columns."""
    left = matrix * np.sqrt(weights + 1e-9 * weights.max())[:, None]
    rows: list[int] = []
    for _ in range(matrix.shape[1]):
        row = int(np.argmax(np.square(left).sum(axis=1)))
        rows.append(row)
        direction = left[row] / (np.linalg.norm(left[row]) + 1e-300)
        left = left - np.outer(left @ direction, direction)
    others = weights.copy()
    others[rows] = -1
    return np.array([*rows, int(np.argmax(others))])


def _smooth(residuals: Floats, sharpness: float) -> tuple[float, Floats]:
    """A smooth stand-in for the largest absolute residual, and the weight of each in it."""
    size = np.abs(residuals)
    top = float(size.max())
    weights = np.exp(sharpness * (size - top))
    total = float(weights.sum())
    return top + log(total) / sharpness, weights / total
