"""Try the readers on many documents: `python tests/fuzz/run.py --count 100000`.

Each document must be accepted, or refused with a diagnostic that has a code, a message and a place, within a
second of processor time and 500 MB. Exit 1 where one is not; `--show N` prints a document.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
SECONDS = 1.0  # of processor time that a document may take
PATIENCE = 20.0  # seconds for one document on a busy machine, then it hangs
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))


def work(results: Connection, first: int, stop: int, stride: int, seed: int) -> None:
    """Try documents first, first + stride … below stop; send each one's index before and its outcome after."""
    from fuzz.documents import corpus, document
    from fuzz.trial import furnish, limit_memory, tried

    corpus()
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        furnish(Path(name))
        limit_memory()
        for index in range(first, stop, stride):
            results.send((index, None, None))
            each = document(index, seed)
            results.send((index, each.origin, tried(each, Path(name))))


@dataclass
class Tally:
    """What came of all documents, of which none may take more than `seconds` of processor time."""

    seconds: float = SECONDS
    accepted: int = 0
    refused: int = 0
    origins: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, -1)

    def add(self, index: int, origin: str, outcome: object) -> None:
        """Count one document's outcome."""
        from fuzz.trial import Outcome

        assert isinstance(outcome, Outcome)
        self.origins[origin] += 1
        self.codes.update(set(outcome.codes))
        self.slowest = max(self.slowest, (outcome.seconds, index))
        slow = f"took {outcome.seconds:.1f} s" if outcome.seconds > self.seconds else ""
        if wrong := outcome.wrong or slow:
            self.fail(index, f"{origin}: {wrong}")
        elif outcome.codes:
            self.refused += 1
        else:
            self.accepted += 1

    def fail(self, index: int, what: str) -> None:
        """Note a document that was neither accepted nor refused as it should be."""
        self.failures.append(f"document {index}: {what}")

    def lines(self) -> Iterator[str]:
        """What there is to say."""
        yield f"{self.accepted:,} accepted, {self.refused:,} refused, {len(self.failures):,} failed"
        yield f"slowest: {self.slowest[0]:.2f} s of processor time, document {self.slowest[1]}"
        yield "documents: " + ", ".join(f"{name} {count:,}" for name, count in self.origins.most_common())
        yield "refused for: " + ", ".join(f"{code} {count:,}" for code, count in self.codes.most_common())
        yield from sorted(self.failures)


class Worker:
    """A process that tries every `stride`-th document, started again after a document that kills it."""

    def __init__(self, first: int, stop: int, stride: int, seed: int) -> None:
        self.rest = (stop, stride, seed)
        self.process, self.results = self._start(first)
        self.index: int | None = None

    def _start(self, first: int) -> tuple[BaseProcess, Connection]:
        context = get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(theirs, first, *self.rest), daemon=True)
        process.start()
        theirs.close()
        return process, ours

    def receive(self, tally: Tally) -> bool:
        """Take one message; False once there are no more documents."""
        try:
            index, origin, outcome = self.results.recv()
        except EOFError:
            return self._gone(tally, "killed its process")
        self.index = index if origin is None else None
        if origin is not None:
            tally.add(index, origin, outcome)
        return True

    def hangs(self, tally: Tally) -> bool:
        """End a process that has not answered; False once there are no more documents."""
        self.process.kill()
        return self._gone(tally, f"no answer in {PATIENCE:g} s")

    def _gone(self, tally: Tally, what: str) -> bool:
        self.process.join()
        if self.index is None:
            if self.process.exitcode:
                tally.failures.append(f"a worker ended with {self.process.exitcode}")
            return False
        tally.fail(self.index, what)
        self.process, self.results = self._start(self.index + self.rest[1])
        self.index = None
        return True


def fuzz(first: int, count: int, workers: int, seed: int, seconds: float = SECONDS) -> Tally:
    """Try documents first … first + count − 1 in worker processes."""
    tally = Tally(seconds)
    crew = [Worker(first + i, first + count, workers, seed) for i in range(workers)]
    while crew:
        ready = wait([worker.results for worker in crew], PATIENCE)
        for worker in list(crew):
            going = worker.receive(tally) if worker.results in ready else bool(ready) or worker.hangs(tally)
            if not going:
                crew.remove(worker)
    return tally


def main() -> int:
    """Run as the arguments say; 1 where a document failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="how many documents")
    parser.add_argument("--first", type=int, default=0, help="the first document's number")
    parser.add_argument("--seed", type=int, default=0, help="which endless row of documents")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--show", type=int, metavar="N", help="write document N to standard output instead")
    given = parser.parse_args()
    if given.show is not None:
        from fuzz.documents import document

        sys.stdout.buffer.write(document(given.show, given.seed).content)
        return 0
    tally = fuzz(given.first, given.count, given.workers, given.seed)
    sys.stdout.write("\n".join(tally.lines()) + "\n")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
