"""The tables of what was compared with what, for the README and the gallery."""

from __future__ import annotations

import re
from collections.abc import Iterator

from support import ROOT

from lrplot.frameworks import frameworks
from lrplot.frameworks.shared.framework import Framework
from lrplot.frameworks.shared.measured import measured

README = ROOT / "README.md"
PAGE = ROOT / "gallery" / "frameworks.md"
BEGIN, END = "<!-- made by tests/frameworks/record.py --measure -->\n", "<!-- to here -->"


def summary() -> str:
    """A row a framework."""
    rows = ["| framework | checked against | schedulers | cases | largest deviation |", "|---|---|---|---|---|"]
    return "\n".join([*rows, *map(_row, frameworks())]) + "\n"


def _row(framework: Framework) -> str:
    found = [measured()[kind.name] for kind in framework.schedulers.values()]
    names = ", ".join(f"`{name}`" for name in framework.schedulers)
    worst = max(each.deviation for each in found)
    cases = sum(each.cases for each in found)
    return f"| `{framework.name}` | {framework.distribution} {framework.version} | {names} | {cases} | {told(worst)} |"


def told(deviation: float) -> str:
    """A deviation to one digit."""
    return f"{deviation:.0e}" if deviation else "0"


def page() -> str:
    """A row a scheduler."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    schedulers = [kind for framework in frameworks() for kind in framework.schedulers.values()]
    cases = sum(measured()[kind.name].cases for kind in schedulers)
    yield from ("# Frameworks' schedulers, compared", "")
    yield f"{len(schedulers)} schedulers, {cases:,} cases: `tests/frameworks/record.py` runs the real frameworks"
    yield "and keeps their values, a fifth past the end of each run too; the tests compare against them."
    yield "The deviation is the largest in all cases of a scheduler, as a share of the peak. Allowed are 1e-12,"
    yield "or 1e-9 where rounding accumulates from step to step."
    for framework in frameworks():
        yield from ("", f"## {framework.name}", "", f"{framework.distribution} {framework.version}", "")
        yield from ("| scheduler | cases | largest deviation | rounding accumulates |", "|---|---|---|---|")
        for kind in framework.schedulers.values():
            found = measured()[kind.name]
            yield f"| `{kind.name}` | {found.cases} | {told(found.deviation)} | {'yes' if kind.accumulates else ''} |"


def with_summary(readme: str) -> str:
    """The README with its table as it is now."""
    return re.sub(f"{BEGIN}.*{END}", lambda _: BEGIN + summary() + END, readme, flags=re.DOTALL)
