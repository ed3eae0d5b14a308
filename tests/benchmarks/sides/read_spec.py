"""Reads one spec again and again; prints the seconds that one reading takes.

python read_spec.py FILE.yaml lrplot|yaml
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

TIMES = 20


def reading(path: str, reader: str) -> Callable[[], object]:
    """What reads the spec: lrplot, which also checks it, or the YAML library's C loader."""
    if reader == "lrplot":
        import lrplot

        return lambda: lrplot.load(path)
    import yaml

    return lambda: yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def seconds(read: Callable[[], object]) -> float:
    """The mean of some readings, after one that does not count."""
    read()
    start = perf_counter()
    for _ in range(TIMES):
        read()
    return (perf_counter() - start) / TIMES


if __name__ == "__main__":
    sys.stdout.write(f"{seconds(reading(*sys.argv[1:3]))}\n")
