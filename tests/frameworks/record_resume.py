"""Stop and resume runs in the real frameworks, their states saved and loaded there, and write what they give.

    python tests/frameworks/record_resume.py torch keras       write reference files
    python tests/frameworks/record_resume.py --check 500 torch  compare 500 fresh random cases, live

A peer that takes part has `MODES`, ways to restore (or `modes(name)`, those of a scheduler), and `resume(plan, new, at,
mode)`, which follows the spec `plan` up to update `at`, saves, builds everything again for the spec `new`, loads, and
yields the values of each further update; it raises where the framework does. Some have `resumptions()`, cases worth
trying; `SURROUNDINGS`, further keys of random specs; and `resumable(plan, new, at)`, whether a case can be tried.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # lrplot need not be installed beside the frameworks

from frameworks.resumptions import RESUMED, Case, deviation

from lrplot.frameworks import NAMES, framework

DRAWS = 4  # random cases of each scheduler and mode
LONGEST = 24  # updates of a random plan
Spec = dict[str, Any]


def run(peer: Any, plan: Spec, new: Spec, at: int, mode: str) -> Case:
    """What the framework gives for the updates from `at` on."""
    values: dict[str, list[float]] = {}
    try:
        for row in islice(peer.resume(plan, new, at, mode), max(new["steps"] - at, 0)):
            for name, value in row.items():
                values.setdefault(name, []).append(float(value))
    except Exception as error:  # whatever the framework raises is a result
        return Case(plan, new, at, mode, values, (at + len(values.get("lr", [])), f"{type(error).__name__}: {error}"))
    return Case(plan, new, at, mode, values)


def drawn(peer: Any, name: str, rng: random.Random) -> tuple[Spec, Spec, int]:
    """A random plan of a scheduler, a change of it, and an update at which it is resumed."""
    while (plan := peer.draw(name, rng))["steps"] > LONGEST or "groups" in plan:
        pass
    plan = {**plan, **getattr(peer, "SURROUNDINGS", {})}
    new = {**plan, "steps": plan["steps"] + rng.randint(0, 12)}
    what = rng.choice(("length", "lr", "arguments", "arguments", "all"))
    if what in ("arguments", "all"):
        new["schedule"] = varied(peer, plan["schedule"], rng)
    if what in ("lr", "all") and "lr" in plan:
        new["lr"] = plan["lr"] * rng.choice((0.1, 0.5, 3.0))
    steps = plan["steps"]
    at = rng.choice((0, 1, 2, rng.randint(0, steps), rng.randint(0, steps), steps - 1, steps, steps + 2))
    new["steps"] = max(new["steps"], at + 4)
    return plan, new, at


def varied(peer: Any, schedule: Spec, rng: random.Random) -> Spec:
    """The same scheduler, or the same ones in a composite, with other arguments; the metric stays."""
    if "schedulers" in schedule:
        return {**schedule, "schedulers": [varied(peer, each, rng) for each in schedule["schedulers"]]}
    if "lr_scheduler" in schedule:
        return {**schedule, "lr_scheduler": varied(peer, schedule["lr_scheduler"], rng)}
    home, _, name = schedule["use"].partition(".")
    if home != peer.__name__.rpartition(".")[2]:
        peer = import_module(f"frameworks.peers.{home}")
    other: Spec = peer.draw(name, rng)["schedule"]
    return {**other, **{key: schedule[key] for key in ("metrics",) if key in schedule}}


def cases(name: str) -> Iterator[Case]:
    """A framework's cases: random ones, the same every time, and those worth trying."""
    peer = import_module(f"frameworks.peers.{name}")
    for scheduler in framework(name).schedulers:
        rng = random.Random(f"resumed {scheduler}")
        for mode in modes_of(peer, scheduler):
            for _ in range(DRAWS):
                if case := usable(peer, *drawn(peer, scheduler, rng), mode):
                    yield case
    if hasattr(peer, "resumptions"):
        for plan, new, at, mode in peer.resumptions():
            if case := usable(peer, plan, new, at, mode):
                yield case


def modes_of(peer: Any, scheduler: str) -> tuple[str, ...]:
    """The ways to restore a scheduler."""
    modes: tuple[str, ...] = peer.modes(scheduler) if hasattr(peer, "modes") else peer.MODES
    return modes


def usable(peer: Any, plan: Spec, new: Spec, at: int, mode: str) -> Case | None:
    """A case, unless the plan does not get to `at` or the changed plan is no spec by itself."""
    if hasattr(peer, "resumable") and not peer.resumable(plan, new, at):
        return None
    try:
        for _ in islice(peer.drive(plan), at + 1):
            pass
        next(iter(peer.drive(new)))
    except Exception:
        return None
    return run(peer, plan, new, at, mode)


def record(name: str) -> None:
    """Write a framework's reference file."""
    peer = import_module(f"frameworks.peers.{name}")
    header = {
        "distribution": peer.DISTRIBUTION,
        "version": version(peer.DISTRIBUTION).partition("+")[0],
        "command": f"python tests/frameworks/record_resume.py {name}",
    }
    lines = [json.dumps(header), *(case.line() for case in cases(name))]
    RESUMED.mkdir(exist_ok=True)
    (RESUMED / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines) - 1} cases")


def check(name: str, count: int, seed: int) -> bool:
    """Compare random cases, live; print those that are off."""
    peer = import_module(f"frameworks.peers.{name}")
    rng = random.Random(seed)
    worst, bad, compared = 0.0, 0, 0
    while compared < count:
        scheduler = rng.choice(list(framework(name).schedulers))
        if not (modes := modes_of(peer, scheduler)):
            continue
        mode = rng.choice(modes)
        case = usable(peer, *drawn(peer, scheduler, rng), mode)
        if case is None:
            continue
        compared += 1
        bad += not told(case)
        worst = max(worst, measured(case))
    print(f"{name}: {count} random cases, {bad} off, worst deviation of the others {worst:.2g}")
    return not bad


def measured(case: Case) -> float:
    """The deviation of a case that agrees, otherwise 0."""
    try:
        return found if (found := deviation(case)) <= case.tolerance else 0.0
    except Exception:
        return 0.0


def told(case: Case) -> bool:
    """Whether a case agrees; one that does not is printed."""
    try:
        found = deviation(case)
        if found <= case.tolerance:
            return True
        note = f"off by {found:.2g} of the peak"
    except Exception as error:
        note = f"{type(error).__name__}: {error}"
    print(f"{json.dumps([case.plan, case.new, case.at, case.mode])}\n  {note}\n  {case.values} {case.raises}")
    return False


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", metavar="FRAMEWORK", choices=NAMES)
    parser.add_argument("--check", type=int, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.check:
        sys.exit(not min(check(name, options.check, options.seed) for name in options.names))
    for name in options.names:
        record(name)


if __name__ == "__main__":
    main()
