"""Run the real frameworks and write what they give, or check it against lrplot.

    python tests/frameworks/record.py torch keras       write reference files
    python tests/frameworks/record.py --check 500 torch  compare 500 fresh random cases, live
    python tests/frameworks/record.py --measure          write how far lrplot is off, from the files

Each framework has a module in `peers/` with `DISTRIBUTION` (and `VERSION` if that has no releases); `edges()`, specs
worth trying; `draw(name, rng)`, a random spec of one of its schedulers; `drive(spec)`, which yields the framework's
values for update 0, 1, 2 … and raises where the framework does; and some have `extra()`, specs with parameter groups
or of a scheduler that is stepped several times per update.
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
from platform import python_version
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # lrplot need not be installed beside the frameworks

from frameworks.cases import REFERENCES, Case, deviation, read

from lrplot.frameworks import NAMES, framework

DRAWS = 8  # random cases of each scheduler
PAST = 1.2  # the end is passed by a fifth
MEASURED = ROOT / "lrplot" / "frameworks" / "shared" / "measured.json"


def run(peer: Any, spec: dict[str, Any]) -> Case:
    """What the framework gives for a spec, past the end of the run by a fifth."""
    values: dict[str, list[float]] = {}
    count = int(spec["steps"] * PAST) + 1
    try:
        for row in islice(peer.drive(spec), count):
            for name, value in row.items():
                values.setdefault(name, []).append(float(value))
        return Case(spec, values)
    except Exception as error:  # whatever the framework raises is a result
        step = len(values.get("lr", []))
        return Case(spec, values, (step, f"{type(error).__name__}: {error}"))


def cases(name: str) -> Iterator[Case]:
    """A framework's cases: the edges, random ones, the same every time, and extra ones."""
    peer = import_module(f"frameworks.peers.{name}")
    for spec in peer.edges():
        yield run(peer, spec)
    for scheduler in framework(name).schedulers:
        rng = random.Random(scheduler)
        for _ in range(DRAWS):
            yield run(peer, peer.draw(scheduler, rng))
    if hasattr(peer, "extra"):
        for spec in peer.extra():
            yield run(peer, spec)


def record(name: str) -> None:
    """Write a framework's reference file."""
    peer = import_module(f"frameworks.peers.{name}")
    header = {
        "distribution": peer.DISTRIBUTION,
        "version": getattr(peer, "VERSION", None) or version(peer.DISTRIBUTION).partition("+")[0],
        "python": python_version(),
        "command": f"python tests/frameworks/record.py {name}",
    }
    lines = [json.dumps(header), *(case.line() for case in cases(name))]
    (REFERENCES / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{name}: {len(lines) - 1} cases")


def check(name: str, count: int, seed: int) -> bool:
    """Compare random cases, live; tell of those that are off."""
    peer = import_module(f"frameworks.peers.{name}")
    rng = random.Random(seed)
    worst, bad = 0.0, 0
    for _ in range(count):
        case = run(peer, peer.draw(rng.choice(list(framework(name).schedulers)), rng))
        try:
            found = deviation(case)
        except Exception as error:
            found, note = float("inf"), f"{type(error).__name__}: {error}"
        else:
            note = f"off by {found:.2g} of the peak"
        if found <= case.tolerance:
            worst = max(worst, found)
        if not found <= case.tolerance:
            bad += 1
            print(f"{json.dumps(case.spec)}\n  {note}\n  raises: {case.raises}")
    print(f"{name}: {count} random cases, {bad} off, worst deviation of the others {worst:.2g}")
    return not bad


def measure() -> None:
    """Write the largest deviation of each scheduler over its reference cases."""
    table: dict[str, dict[str, Any]] = {}
    for name in NAMES:
        cases = read(REFERENCES / f"{name}.jsonl")[1]
        for kind in framework(name).schedulers.values():
            found = [deviation(case) for case in cases if case.use == kind.name]
            table[kind.name] = {"cases": len(found), "deviation": float(f"{max(found):.1e}")}
    rows = [f"{json.dumps(use)}: {json.dumps(row)}" for use, row in table.items()]
    MEASURED.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    print(f"{len(table)} schedulers; `python gallery/build.py` brings their tables up to date")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FRAMEWORK", choices=[*NAMES, []])
    parser.add_argument("--check", type=int, metavar="COUNT")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.measure:
        measure()
    elif options.check:
        sys.exit(not min(check(name, options.check, options.seed) for name in options.names or NAMES))
    else:
        for name in options.names or NAMES:
            record(name)


if __name__ == "__main__":
    main()
