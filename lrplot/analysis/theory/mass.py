"""LR mass: how much of the largest possible step a run takes in total, and when."""

from __future__ import annotations

from lrplot.analysis.theory.topic import Row, Topic

MASS = Topic(
    "LR mass",
    (
        Row("mass", "mean / peak", "ratio"),
        Row("half_mass_step", "half of it spent at", "update"),
        Row("above_half", "above half the peak", "percent"),
    ),
    assumes="nothing; these are sums of the schedule's values. At equal peaks a comparison is mostly one of mass",
    source="arithmetic",
)
