"""Checks one config again and again, or parses it; prints the seconds of the processor that one time takes.

python check_config.py FILE lrplot|yaml
"""

import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

TIMES = 100


def work(path: str, side: str) -> Callable[[], object]:
    """What is done with the config: lrplot checks it, or the YAML library's C loader parses it."""
    if side == "lrplot":
        from lrplot.api import check

        return lambda: check(path)
    import yaml

    return lambda: yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def seconds(run: Callable[[], object]) -> float:
    """The mean of some times, after one that does not count."""
    run()
    start = process_time()
    for _ in range(TIMES):
        run()
    return (process_time() - start) / TIMES


if __name__ == "__main__":
    sys.stdout.write(f"{seconds(work(*sys.argv[1:3]))}\n")
