"""Sound and faulty runs at random: how many sound ones raise an alarm, how many causes are named with their number.

PYTHONPATH=.:tests python tests/analysis/agreement/bench.py [RUNS] [SEED]
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import numpy as np
from analysis.agreement.simulated import KINDS, SHOWN, by_epoch, logged, skipping, smoothed

from lrplot.analysis.agreement.agree import agree
from lrplot.api import load

DIGITS = ("full", "float32", -8, -7, 3, 4, 5, 6, 7, 10, 17)


def plan(random):
    """A random kind with its length, warmup, peak and its spec."""
    name = random.choice(list(KINDS))
    total = int(random.choice([1000, 5000, 12_345, 40_000, 100_000]))
    warmup = int(total * random.choice([0.01, 0.03, 0.1]))
    peak = float(random.choice([1e-3, 3e-4, 2e-5, 0.1]))
    return name, KINDS[name], total, warmup, peak


def rows(random, last):
    """Logged steps, evenly spaced, sometimes with gaps."""
    count = int(random.choice([20, 50, 200, 2000]))
    gap = max(last // count, 1)
    steps = np.arange(gap, last + 1, gap)
    if random.random() < 0.3:
        kept = random.random(len(steps)) < 0.7
        kept[[0, -1]] = True
        steps = steps[kept]
    return steps


def digits_of(random, peak):
    """Printed digits, such that the peak has three at least."""
    digits = DIGITS[random.integers(len(DIGITS))]
    return 4 if digits in (-7, -8) and peak < 1e-4 else digits


def sound_logs(random, rate, total, digits):
    """Logs of a sound run by rarer conventions, each with its name and the length of an epoch; 0 if it has none."""
    steps = rows(random, total - 1)
    skips = np.sort(random.choice(np.arange(1, max(total // 2, 12)), size=int(random.integers(1, 5)), replace=False))
    yield f"skips {skips}", 0, skipping(rate, steps, skips, digits)
    early = np.arange(int(random.integers(1, 8)))
    yield f"skips {early}", 0, skipping(rate, steps, early, digits)
    for summary in ("lower median", "median"):
        yield f"20 {summary}", 0, smoothed(rate, np.arange(0, total, 10)[:3000], 20, summary, digits)
    length = max(total // 50, 1)
    for summary in ("mean", "median", "first", "last"):
        for first in (0, 1):
            log = by_epoch(rate, total // length, length, summary, first, digits)
            yield f"epochs {summary} {first}", length, log


def fault(random, kind, total, warmup, peak):
    """A fault: its code, its number, and the rate of a run with any number in its place."""
    known = ["clock", "scaled", "restarted", "late", "constant"]
    known += ["horizon"] if kind.ends else []
    known += ["warmup"] if kind.warms else []
    known += ["rises"] if kind.climbs else []
    rate = kind.rate
    match random.choice(known):
        case "clock" if random.random() < 0.5:
            return "log-clock", int(random.choice([2, 3, 4, 8, 16])), clocked(rate, total, warmup, peak)
        case "clock":
            return "log-clock", 1 / random.choice([2, 4, 8, 16]), clocked(rate, total, warmup, peak)
        case "scaled":
            k = float(random.choice([0.5, 2, 0.1, 8, 1.5, 0.25]))
            return "log-scaled", k, lambda k: lambda s: rate(s, total, warmup, k * peak)
        case "horizon":
            other = int(total * random.choice([0.5, 0.8, 0.9, 1.25, 2, 3]))
            code = "log-rises" if kind.climbs and other < total else "log-horizon"
            return code, other, lambda other: lambda s: rate(s, other, warmup, peak)
        case "warmup":
            other = int(warmup * random.choice([0, 0.5, 2, 3]))
            return "log-warmup", other, lambda other: lambda s: rate(s, total, other, peak)
        case "restarted":
            start = int(total * random.uniform(0.2, 0.7))
            return (
                "log-restarted",
                start,
                lambda start: lambda s: rate(np.where(s >= start, s - start, s), total, warmup, peak),
            )
        case "late":
            start = int(total * random.uniform(0.05, 0.3)) + 50
            return "log-late", start, lambda start: lambda s: rate(np.maximum(s - start, 0), total, warmup, peak)
        case "rises":
            end = int(total * random.choice([0.5, 0.8]))
            return "log-rises", end, lambda end: lambda s: rate(s, end, warmup, peak)
    start = max(int(total * random.uniform(0.1, 0.6)), warmup + 1)
    return "log-constant", start, lambda start: lambda s: rate(np.minimum(s, start), total, warmup, peak)


def clocked(rate, total, warmup, peak):
    return lambda k: lambda s: rate(k * s if k >= 1 else s // round(1 / k), total, warmup, peak)


def same(log, other):
    """Whether two logs cannot be told apart by their printed digits."""
    a, b = log.points.lr, other.points.lr
    return bool(
        (np.abs(a.values - b.values) <= 2.5 * np.maximum(a.slack, b.slack) + 1e-12 * np.abs(a.values).max()).all()
    )


def trial(number: int, seed: int, tally: Counter[str]) -> list[str]:
    """Judge a sound run, a faulty one and the rarer logs of a sound one; what was judged wrongly, in words."""
    random = np.random.default_rng([seed, number])
    name, kind, total, warmup, peak = plan(random)
    spec = kind.spec(total, warmup, peak)
    run = load(spec).run
    shown, digits = str(random.choice(list(SHOWN))), digits_of(random, peak)
    steps = rows(random, total - 1)
    code, expected, changed = fault(random, kind, total, warmup, peak)

    def rate(s):
        return kind.rate(s, total, warmup, peak)

    about = f"#{number} {name} {total=} {warmup=} {peak=} rows={len(steps)} {shown} {digits}"
    wrong = []
    sound, faulty = logged(rate, steps, shown, digits), logged(changed(expected), steps, shown, digits)
    start = time.process_time()
    alarms, causes = agree(run, sound).causes, agree(run, faulty).causes
    tally["milliseconds"] = max(tally["milliseconds"], round(1000 * (time.process_time() - start)))
    tally["sound"] += 1
    tally["sound, alarm"] += bool(alarms)
    wrong += [f"ALARM {about} {each.code} {each.statement}" for each in alarms]
    if not any(same(faulty, logged(rate, steps, other, digits)) for other in SHOWN):
        code = "log-constant" if np.ptp(faulty.points.lr.values) == 0 else code
        named = {each.code: each.number for each in causes}
        right = code in named and (
            code == "log-constant"
            or any(same(faulty, logged(changed(named[code]), steps, other, digits)) for other in SHOWN)
        )
        tally[f"faulty, {code}"] += 1
        tally["faulty"] += 1
        tally["faulty, named"] += code in named
        tally["faulty, number"] += right
        wrong += [] if right else [f"MISS {about} {code} {expected} -> {named}"]
    for words, length, log in sound_logs(random, rate, total, digits):
        if length and "schedule" not in spec:
            continue
        tally["rarer"] += 1
        for each in agree(load({**spec, "steps_per_epoch": length} if length else spec).run, log).causes:
            tally["rarer, alarm"] += 1
            wrong.append(f"ALARM {about} {words} {each.code} {each.statement}")
    return wrong


def main(count: int = 100, seed: int = 0) -> None:
    """Print what was judged wrongly, and the figures of each kind of run."""
    tally: Counter[str] = Counter()
    for number in range(count):
        for line in trial(number, seed, tally):
            sys.stdout.write(line + "\n")
    for name, value in sorted(tally.items()):
        sys.stdout.write(f"{name:24} {value:6}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
