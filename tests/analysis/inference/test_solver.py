"""Fits to intervals."""

from __future__ import annotations

import numpy as np
import pytest

from lrplot.analysis.inference.solver import Problem


def line_through(x, y, tolerance):
    bounds = np.full(2, 1e9)
    return Problem(lambda theta: theta[0] + theta[1] * x, y, np.full(len(x), tolerance), -bounds, bounds, np.ones(2))


def test_the_smallest_largest_residual_of_a_line():
    # Chebyshev: the line nearest to x² on [0, 1] is x − 1/8, and misses by 1/8.
    x = np.linspace(0, 1, 101)
    fit = line_through(x, x**2, 0.125).fit(np.zeros(2), [0, 1])
    assert fit.worst == pytest.approx(1, abs=1e-3)
    assert fit.theta == pytest.approx([-0.125, 1], abs=1e-3)
    assert fit.fits
    assert not line_through(x, x**2, 0.12).fit(np.zeros(2), [0, 1]).fits


def test_rounded_points_of_a_line_have_a_line():
    x = np.arange(200.0)
    fit = line_through(x, np.round(3 + 0.0123 * x, 1), 0.05).fit(np.zeros(2), [0, 1])
    assert fit.fits


def test_a_fixed_parameter_stays():
    x = np.arange(10.0)
    fit = line_through(x, 2 * x, 1e-6).fit(np.array([1.0, 0.0]), [1])
    assert fit.theta[0] == 1
    assert not fit.fits


def test_bounds_hold():
    x = np.arange(10.0)
    problem = Problem(lambda theta: theta[0] * x, 2 * x, np.ones(10), np.array([0.0]), np.array([1.5]), np.ones(1))
    assert problem.fit(np.array([1.0]), [0]).theta == [1.5]


def test_a_parameter_without_effect_is_not_determined():
    x = np.arange(10.0)
    problem = Problem(lambda theta: theta[0] * x, x, np.ones(10), np.zeros(2), np.ones(2), np.ones(2))
    assert problem.spread(np.array([1.0, 0.5]), [0, 1])[1] == (np.inf, np.inf)


def test_parameters_that_make_up_for_each_other_are_loose():
    x = np.arange(10.0)
    ones = np.ones(2)
    sums = Problem(lambda theta: (theta[0] + theta[1]) * x, x, np.ones(10), -ones, ones, ones)
    assert sums.is_loose(np.array([0.5, 0.5]), [0, 1])
    assert not sums.is_loose(np.array([0.5, 0.5]), [0])
    assert not line_through(x, x, 0.1).is_loose(np.zeros(2), [0, 1])


def test_values_that_are_not_finite_are_far_away():
    problem = Problem(lambda theta: theta[0] / np.zeros(3), np.ones(3), np.ones(3), np.zeros(1), np.ones(1), np.ones(1))
    assert problem.residuals(np.ones(1)).tolist() == [1e30] * 3
