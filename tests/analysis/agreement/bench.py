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


def main(count: int, seed: int) -> None:
    """Print the figures, and the runs that were judged wrongly."""
    tally: dict[str, Counter[str]] = {}
    longest = 0.0
    for number in range(count):
        random = np.random.default_rng([seed, number])
        name, kind, total, warmup, peak = plan(random)
        run = load(kind.spec(total, warmup, peak)).run
        steps, shown, digits = rows(random, total), str(random.choice(list(SHOWN))), digits_of(random, peak)
        code, expected, rate = fault(random, kind, total, warmup, peak)
        if shown == "after":
            steps = steps[steps < total]
        sound = logged(lambda s, kind=kind, t=(total, warmup, peak): kind.rate(s, *t), steps, shown, digits)
        faulty = logged(rate(expected), steps, shown, digits)
        about = f"#{number} {name} {total=} {warmup=} {peak=} n={len(steps)} {shown} {digits}"
        start = time.process_time()
        alarm = agree(run, sound)
        verdict = agree(run, faulty)
        longest = max(longest, time.process_time() - start)
        if alarm.causes:
            print("ALARM", about, alarm.causes[0].code, alarm.causes[0].statement)
        found = tally.setdefault(name, Counter())
        spec = kind.spec(total, warmup, peak)
        for words, length, log in sound_logs(random, lambda s: kind.rate(s, total, warmup, peak), total, digits):
            other = load({**spec, **({"steps_per_epoch": length} if length and "schedule" in spec else {})}).run
            if length and "schedule" not in spec:
                continue
            found["rarer"] += 1
            if (verdict_of := agree(other, log)).causes:
                found["rarer alarm"] += 1
                print("ALARM", about, words, [(each.code, each.statement) for each in verdict_of.causes])
        found["sound"] += 1
        found["alarm"] += bool(alarm.causes)
        if same(faulty, sound) or any(
            same(faulty, logged(lambda s: kind.rate(s, total, warmup, peak), steps, other, digits)) for other in SHOWN
        ):
            continue
        if np.ptp(faulty.points.lr.values) == 0:
            code = "log-constant"
        codes = {each.code: each.number for each in verdict.causes}
        found[code] += 1
        found["named"] += code in codes
        near = code in codes and (
            codes[code] == expected
            or code == "log-constant"
            or any(same(faulty, logged(rate(codes[code]), steps, other, digits)) for other in SHOWN)
        )
        found["number"] += near
        if not near:
            print("MISS", about, code, expected, "->", [(each.code, each.number) for each in verdict.causes])
    for name, found in tally.items():
        print(f"{name:22} {dict(found)}")
    total_of = sum(tally.values(), Counter())
    faulty = sum(value for key, value in total_of.items() if key.startswith("log-"))
    print(
        f"sound {total_of['sound']}, alarms {total_of['alarm']}; rarer {total_of['rarer']}, alarms {total_of['rarer alarm']}; faulty {faulty}, named {total_of['named']}, number {total_of['number']}"
    )
    print(f"longest pair {longest:.2f} s")


if __name__ == "__main__":
    main(*(int(each) for each in (*sys.argv[1:], 100, 0)[:2]) if len(sys.argv) < 3 else map(int, sys.argv[1:3]))
