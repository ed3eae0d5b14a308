"""The page of a resumed run: both plans and the real values in one chart, a table of them, and the findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lrplot.analysis.aftermath import view_of
from lrplot.analysis.resume import Resumption
from lrplot.chart.resumed import lines_of
from lrplot.diagnostics import Diagnostic
from lrplot.engine.evaluate import raw_values
from lrplot.output.objects import diagnostics_data
from lrplot.output.terminal.charts import Chart, Line, Window, arrange, overlay_axis, paint_together, panel_title
from lrplot.output.terminal.columns import align
from lrplot.output.terminal.findings import format_lines
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.output.text import printable
from lrplot.runs.run import parameter_of
from lrplot.wording import learning_rate


def format_resumption(resumption: Resumption, findings: Sequence[Diagnostic], look: Look) -> str:
    """The page of a resumed run."""
    sections = [_heading(resumption, look), _chart(resumption, look), _table(resumption, look)]
    sections.append(format_lines(findings, look) + _cures(findings, look))
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _heading(resumption: Resumption, look: Look) -> list[str]:
    lines = [paint(look.cut(look.text(resumption.plan.name), look.width), "bold", look.color)]
    return lines + wrap(what_follows(resumption).split(" "), look.width - 1, " ")


def what_follows(resumption: Resumption) -> str:
    """The updates that are done, what is restored, and the updates that follow."""
    at = resumption.at
    counts = f"stopped after {at:,} of {resumption.plan.steps:,} updates"
    left = resumption.new.steps - at
    further = f"updates {at:,} … {resumption.new.steps - 1:,} follow" if left > 0 else "no update is left"
    return f"{counts}; {_restored(resumption)}; {further}"


def _restored(resumption: Resumption) -> str:
    """The states that are loaded, in words."""
    parts = resumption.restored
    if not resumption.stateful:
        return "the step decides, no state is loaded"
    if parts.last_epoch:
        built = f"scheduler built with last_epoch={resumption.at - 1:,}"
        return f"optimizer restored, {built}" if parts.optimizer else f"{built} on a new optimizer"
    if parts.optimizer and parts.scheduler:
        return "optimizer and scheduler restored"
    one = "optimizer" if parts.optimizer else "scheduler" if parts.scheduler else ""
    return f"only the {one} restored" if one else "no state restored"


def _chart(resumption: Resumption, look: Look) -> list[str]:
    drawn = lines_of(resumption)
    runs = [run for _, run, _ in drawn]
    windows = [Window(start, run.steps) for _, run, start in drawn]
    axis, scales = overlay_axis(runs, windows)
    lines = [
        Line.of(name, run.lr.curve, window.start, window.stop, scale)
        for (name, run, _), window, scale in zip(drawn, windows, scales, strict=True)
    ]
    kept, legend = arrange(lines, len(lines))
    total = max(run.steps * scale for run, scale in zip(runs, scales, strict=True))
    edge = resumption.at * scales[0] / total
    chart = Chart(panel_title("lr", look), kept, axis, (edge,), legend)
    return paint_together([(chart, max(8, min(look.width // 6, 18)))], look)[0]


def _table(resumption: Resumption, look: Look) -> list[str]:
    rows = value_rows(resumption)
    if not rows:
        return []
    head, *body = (f" {line}" for line in align(rows, right=range(len(rows[0]))))
    return [paint(head, "dim", look.color), *body]


def value_rows(resumption: Resumption) -> list[list[str]]:
    """The learning rates of some updates: around the one at which the run is resumed, the extremes, and the last."""
    at, stop = resumption.at, resumption.stop
    steps = [at - 1] if at else []
    steps += [step for step in (at, at + 1, at + 2, (at + stop) // 2, stop - 1) if step < stop]
    if view := view_of(resumption, "lr"):
        steps += [at + int(view.t[index]) for index in (view.real.argmax(), view.real.argmin())]
    steps = sorted(dict.fromkeys(steps))
    if not steps:
        return []
    rows = [["update", "plan", "changed", "resumed"]]
    for step in steps:
        real = "" if step < at else _value(resumption.curves["lr"], step - at)
        old = _value(resumption.plan.lr.curve, step) if step < resumption.plan.steps else ""
        rows.append([f"{step:,}", old, _value(resumption.new.lr.curve, step), real])
    if all(row[1] in ("", row[2]) for row in rows[1:]):
        rows = [[row[0], *row[2:]] for row in rows]
        rows[0][1] = "plan"
    return rows


def _value(curve: Any, step: int) -> str:
    value = float(raw_values(curve, np.array([step], dtype=np.int64))[0])
    return "raises" if np.isnan(value) else learning_rate(value)


def _cures(findings: Sequence[Diagnostic], look: Look) -> list[str]:
    """The cures of findings, each once."""
    lines: list[str] = []
    for help in dict.fromkeys(finding.help for finding in findings if finding.help):
        lines += wrap(f"help: {printable(help)}".split(" "), look.width - 1, " ")
    return lines


def resumption_data(resumption: Resumption, findings: Sequence[Diagnostic]) -> dict[str, Any]:
    """A resumed run as data for JSON."""
    raised = resumption.raises
    rates = [name for name in resumption.curves if parameter_of(name) == "lr"]
    steps = np.arange(resumption.at, resumption.stop, dtype=np.int64)
    return {
        "name": resumption.plan.name,
        "at": resumption.at,
        "steps": resumption.new.steps,
        "restore": str(resumption.restore),
        "last_epoch": resumption.restored.last_epoch,
        "resumed": {name: values.tolist() for name, values in resumption.resumed.items()},
        "replanned": {name: raw_values(resumption.new.tracks[name].curve, steps).tolist() for name in rates},
        "raises": raised and {"update": raised.update, "type": raised.type, "message": raised.message},
        "findings": [
            {key: value for key, value in each.items() if key in ("severity", "code", "message", "help")}
            for each in diagnostics_data(findings)
        ],
    }
