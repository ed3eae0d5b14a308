"""What a benchmark measures: two sides in turn, and the median of what each pair of runs comes to."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Command = Sequence[str]
Measure = Callable[[Command], float]

# No BLAS is used on either side, and its threads would only blur what is compared.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """The median of paired measures, the least and the greatest, and how many there were."""

    median: float
    least: float
    most: float
    rounds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Finding:
        """What some values come to."""
        return cls(median(values), min(values), max(values), len(values))

    def holds(self, bound: float | None) -> bool | None:
        """Whether the median keeps a bound; None where there is none."""
        return None if bound is None else self.median <= bound


def ratio(ours: float, theirs: float) -> float:
    """How many times theirs ours is."""
    return ours / theirs


def difference(ours: float, theirs: float) -> float:
    """How much more than theirs ours is."""
    return ours - theirs


def paired(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int, compare: Callable[[float, float], float]
) -> Finding:
    """Both sides measured in turn, and what each pair comes to.

    One round of each goes before and does not count; which side is first changes from
    round to round, so that neither always runs on a machine that the other has warmed.
    """
    ours(), theirs()
    found = []
    for number in range(rounds):
        if number % 2:
            other = theirs()
            found.append(compare(ours(), other))
        else:
            found.append(compare(ours(), theirs()))
    return Finding.of(found)


def wall_seconds(command: Command) -> float:
    """How long a whole process takes."""
    start = time.perf_counter()
    _run(command)
    return time.perf_counter() - start


def told_number(command: Command) -> float:
    """The number that a process prints: seconds it measured inside itself, or bytes."""
    return float(_run(command).split()[-1])


def peak_mib(command: Command) -> float:
    """The most memory a process holds at once, in MiB."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        _check(command, process.returncode, errors.read())
    return usage.ru_maxrss * 1024 / MIB


def _run(command: Command) -> str:
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False)
    _check(command, done.returncode, done.stderr)
    return done.stdout.decode()


def _check(command: Command, code: int, errors: bytes) -> None:
    """A side may end with 0, or with 2 where a usage error is what is measured."""
    if code not in (0, 2) or b"Traceback" in errors:
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{errors.decode()}")
