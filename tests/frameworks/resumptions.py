"""Reference cases of resumed runs: two specs, the update, what is restored, and what the real framework gave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from frameworks.cases import ACCUMULATING, PRECISE, REFERENCES, accumulates

from lrplot.analysis.resume import Restore, Resumption, resume
from lrplot.engine.evaluate import raw_values
from lrplot.spec.compile import compile_run
from lrplot.text.objects import read_mapping

RESUMED = REFERENCES / "resumed"


@dataclass(frozen=True)
class Case:
    """A plan, a changed one, the update at which it is resumed, and how.

    `values` are the framework's from update `at` on, up to where it `raises` (update and error). The mode `last_epoch`
    restores the optimizer and builds the scheduler with `last_epoch`; the others are those of the command.
    """

    plan: dict[str, Any]
    new: dict[str, Any]
    at: int
    mode: str
    values: dict[str, list[float]]
    raises: tuple[int, str] | None = None

    @property
    def tolerance(self) -> float:
        """How far the values may be off, as a share of the peak."""
        rounds = accumulates(self.new["schedule"]) or accumulates(self.plan["schedule"])
        return ACCUMULATING if rounds else PRECISE

    def line(self) -> str:
        """The case as a line of a reference file."""
        row = [self.plan, self.new, self.at, self.mode, self.values, self.raises]
        return json.dumps(row, separators=(",", ":"))


def read(path: Path) -> tuple[dict[str, Any], list[Case]]:
    """A reference file's header and cases."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return json.loads(header), [Case(*row[:5], tuple(row[5]) if row[5] else None) for row in rows]


def resumed(case: Case) -> Resumption:
    """Our answer to a case."""
    plan, new = (compile_run(read_mapping(spec), "case", Path()) for spec in (case.plan, case.new))
    last_epoch = case.mode == "last_epoch"
    return resume(plan, new, case.at, Restore("optimizer" if last_epoch else case.mode), last_epoch)


def deviation(case: Case) -> float:
    """The largest deviation of our values from the framework's, as a share of the peak.

    `AssertionError` if the two do not agree on what there is to compare.
    """
    found = resumed(case)
    update = found.raises.update if found.raises else None
    expected = case.raises[0] if case.raises else None
    assert update == expected, f"raises at {update} ({found.raises}), the framework at {expected} ({case.raises})"
    if found.raises and case.raises:
        assert case.raises[1].startswith(found.raises.type), f"{found.raises} instead of {case.raises[1]}"
    ours = found.resumed
    assert case.values.keys() <= ours.keys(), f"tracks {sorted(ours)}, not {sorted(case.values)}"
    worst = 0.0
    for name, values in case.values.items():
        theirs = np.array(values)
        assert len(ours[name]) == len(theirs), f"{len(ours[name])} values of {name}, not {len(theirs)}"
        if len(theirs):
            before = (
                raw_values(found.plan.tracks[name].curve, np.arange(case.at + 1)) if name in found.plan.tracks else 0.0
            )
            peak = max(float(np.max(np.abs(theirs))), float(np.max(np.abs(before)))) or 1.0
            worst = max(worst, float(np.max(np.abs(ours[name] - theirs))) / peak)
    return worst
