"""Logs for tests: values by formulas of their own, printed with some digits."""

from __future__ import annotations

import numpy as np

from lrplot.runs.log import Log, Points, Values


def printed(values, digits):
    """Values as a program prints them: with significant digits, as float32 if `digits` is 32, or in full if it is 17.

    If `digits` is negative, they are decimals.
    """
    values = np.asarray(values, dtype=np.float64)
    if digits == 17:
        return Values(values, np.zeros(len(values)))
    if digits == 32:
        single = values.astype(np.float32)
        return Values(single.astype(np.float64), np.spacing(np.abs(single)).astype(np.float64) / 2)
    if digits < 0:
        return Values(np.array([float(f"{x:.{-digits}f}") for x in values]), np.full(len(values), 0.5 * 10.0**digits))
    texts = np.array([float(f"{x:.{digits - 1}e}") for x in values])
    with np.errstate(divide="ignore"):
        slack = 0.5 * 10.0 ** (np.floor(np.log10(np.abs(texts)) + 1e-12) - digits + 1)
    return Values(texts, np.where(texts == 0, 0.0, slack))


def log_of(steps, values, digits=17, unit="updates", stated=None, others=None):
    """A log of one run with a learning rate, and of `others` by name."""
    steps = np.asarray(steps, dtype=np.int64)
    tracks = {name: printed(each, digits) for name, each in {"lr": values, **(others or {})}.items()}
    points = Points(steps, np.arange(len(steps)) + 2, tracks)
    return Log("log", "log.csv", "csv", "a table", unit, (points,), stated or {})


def cosine(u):
    """Half a cosine, from 1 to 0."""
    return (1 + np.cos(np.pi * np.clip(u, 0, 1))) / 2


def line(u):
    """A straight line, from 1 to 0."""
    return 1 - np.clip(u, 0, 1)


def root(u):
    """One minus a square root, from 1 to 0."""
    return 1 - np.sqrt(np.clip(u, 0, 1))


def square(u):
    """A parabola, from 1 to 0."""
    return (1 - np.clip(u, 0, 1)) ** 2


def decay(s, shape, peak, total, warmup=0, floor=0.0, first=0.0, ahead=0):
    """A linear warmup from a share of the peak, then a decay to another share of it at step `total`."""
    s = np.asarray(s, dtype=np.float64)
    ramp = first + (1 - first) * (s + ahead) / max(warmup, 1)
    return peak * np.where(s < warmup, ramp, floor + (1 - floor) * shape((s - warmup) / (total - warmup)))
