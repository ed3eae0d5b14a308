"""The noise floor of a constant rate on a quadratic."""

from __future__ import annotations

from lrplot.analysis.theory.topic import Row, Topic

QUADRATIC = Topic(
    "Noise floor",
    (Row("noise_floor", "at the end / at the peak", "share"),),
    assumes="SGD on a quadratic whose gradient noise has a constant covariance C, small rates. A rate held at a "
    "stalls at a loss of about a·tr(C)/4 above the least; only a rate that decays to 0 gets below every floor, and it "
    "lags behind if it falls faster than the flattest direction forgets, in 1/(2·a·curvature) updates. Curvature "
    "and noise of a network are not known before training: this ranks no schedules",
    source="Zhang et al. 2019 (arXiv:1907.04164); the exact floor is Σ a·cᵢ/(2·(2 − a·hᵢ))",
)
