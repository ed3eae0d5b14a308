"""Tables that are derived from the program: rules, kinds, frameworks, formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import lrplot
from lrplot.analysis.checks.rule import RULES, SECTIONS, Rule
from lrplot.frameworks import frameworks
from lrplot.frameworks.shared.measured import measured
from lrplot.kinds import KINDS
from lrplot.logs import LOGS
from lrplot.schema.definition import Definition
from lrplot.schema.fields import fields_of
from lrplot.spec.document import Document
from lrplot.trainers import TRAINERS
from maker import choosing


def checks() -> str:
    """A row for each rule, with a link to its section."""
    rows = ((f"[`{code}`](#{code})", RULES[code].severity, RULES[code].reason) for code in sorted(RULES))
    return table(("code", "severity", "what it finds"), rows)


def rules() -> str:
    """A section for each rule, under its code: the address that findings link to."""
    return "\n\n".join(_rule(RULES[code]) for code in sorted(RULES))


def _rule(rule: Rule) -> str:
    why, cure, source = map(rule.section, SECTIONS)
    return f"### {rule.code}\n\n{rule.reason} ({rule.severity})\n\n- Why: {why}\n- Cure: {cure}\n- Source: {source}"


def formats() -> str:
    """A row for each training program."""
    return table(("format", "what is read"), ((f"`{each.name}`", each.description) for each in TRAINERS.values()))


def logs() -> str:
    """A row for each format of logs."""
    return table(("format", "what is read"), ((f"`{each.name}`", each.description) for each in LOGS.values()))


def kinds() -> str:
    """A row for each native kind."""
    header = ("kind", "what it is", "its own fields", "warmup, cooldown, min")
    return table(
        header,
        ((f"`{kind.name}`", kind.summary, _names(kind), "yes" if kind.decaying else "") for kind in KINDS.values()),
    )


def kinds_for() -> str:
    """A row for each native kind: how to choose it."""
    rows = ((f"`{kind.name}`", *(kind.section(title) for title in ("Good for", "Cost"))) for kind in KINDS.values())
    recipes = (f"`{kind.section('Recipe')}`" for kind in KINDS.values())
    return table(
        ("kind", "good for", "cost", "a preset with it"),
        ((*row, recipe) for row, recipe in zip(rows, recipes, strict=True)),
    )


def _names(kind: Definition) -> str:
    return ", ".join(f"`{field.name}`" for field in kind.fields)


def fields() -> str:
    """A row for each field that all kinds share, or all that decay."""
    kind = next(kind for kind in KINDS.values() if kind.decaying)
    return table(("field", "value", "what it does"), ((f"`{f.name}`", f"{f.type}", f.help) for f in kind.shared_fields))


def keys() -> str:
    """A row for each key of a spec, but for those of a group."""
    return table(("key", "value", "what it is"), ((f"`{f.name}`", f"{f.type}", f.help) for f in fields_of(Document)))


def frameworks_summary() -> str:
    """A row for each framework."""
    header = ("framework", "checked against", "schedulers", "cases", "largest deviation")
    return table(header, _summary_rows())


def _summary_rows() -> Iterator[Sequence[str]]:
    for framework in frameworks():
        measurements = [measured()[scheduler.name] for scheduler in framework.schedulers.values()]
        cases, deviation = sum(m.cases for m in measurements), max(m.deviation for m in measurements)
        link = f"[`{framework.name}`](#{framework.name})"
        version = f"{framework.distribution} {framework.version}"
        yield link, version, str(len(measurements)), str(cases), _one_digit(deviation)


def schedulers() -> str:
    """A section for each framework, with a row for each of its schedulers."""
    return "\n\n".join(_sections())


def _sections() -> Iterator[str]:
    header = ("scheduler", "cases", "largest deviation", "rounding accumulates")
    for framework in frameworks():
        yield f"### {framework.name}"
        yield f"{framework.distribution} {framework.version}"
        yield table(header, map(_scheduler_row, framework.schedulers.values()))


def _scheduler_row(scheduler: Definition) -> Sequence[str]:
    measurement = measured()[scheduler.name]
    rounding = "yes" if scheduler.accumulates else ""
    return f"`{scheduler.name}`", str(measurement.cases), _one_digit(measurement.deviation), rounding


def _one_digit(deviation: float) -> str:
    return f"{deviation:.0e}" if deviation else "0"


def tasks() -> str:
    """A section for each field, with a row for each of its recipes."""
    return "\n\n".join(
        f"### {field}\n\n{table(choosing.HEADER, choosing.task_rows(presets))}"
        for field, presets in choosing.TASKS.items()
    )


def bounds() -> str:
    """A row for each shape of a schedule, by what the convex bound says."""
    header = ("shape", "mean / peak", "bound / straight line's", "best peak / straight line's")
    return table(header, choosing.bound_rows())


SHAPES = {
    "constant": "constant",
    "linear to 0": "linear",
    "cosine to 10%": {"kind": "cosine", "to": "10%"},
    "the same after a warmup from 0": {"kind": "cosine", "to": "10%", "warmup": 9},
    "the same after one from 1%": {"kind": "cosine", "to": "10%", "warmup": {"for": 9, "from": "1%"}},
    "the same after one that skips 0": {"kind": "cosine", "to": "10%", "warmup": {"for": 9, "skip_zero": True}},
    "constant, then 1 − √u": {"kind": "wsd", "cooldown": 20, "shape": "sqrt"},
    "(1 − u)²": {"kind": "polynomial", "power": 2},
    "exponential": {"kind": "exponential", "gamma": 0.95},
    "drops by one factor": {"kind": "step", "every": 25},
    "drops by several factors": {"kind": "multistep", "milestones": [9, 20], "values": [0.5, 0.4, 0.1]},
    "inverse square root": {"kind": "inverse_sqrt", "warmup": 9},
    "warm restarts": {"kind": "cosine_restarts", "period": 20},
    "triangles": {"kind": "cyclic", "up": 9},
    "one cycle": {"kind": "one_cycle", "momentum": None},
    "a formula": {"kind": "expression", "value": "base / (1 + log(1 + t))"},
}  # fmt: skip
WRITERS = ("torch", "transformers", "optax", "keras", "timm", "mmengine", "deepspeed", "torchtitan", "megatron")


def targets() -> str:
    """A row for each shape: what each target has that is exactly equal."""
    rows = ((name, *(_said(shape, target) for target in WRITERS)) for name, shape in SHAPES.items())
    return table(("shape", *WRITERS), rows)


def _said(shape: Any, target: str) -> str:
    try:
        text = lrplot.convert({"steps": 60, "lr": 0.5, "schedule": shape}, to=target)
    except lrplot.SpecError:
        return ""
    return "function" if "def learning_rate(" in text or "def schedule(" in text else "its own"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = (header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows))
    return "\n".join(f"| {' | '.join(line)} |".replace("  |", " |") for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "checks": checks,
    "rules": rules,
    "formats": formats,
    "logs": logs,
    "kinds": kinds,
    "kinds_for": kinds_for,
    "tasks": tasks,
    "bounds": bounds,
    "fields": fields,
    "keys": keys,
    "frameworks": frameworks_summary,
    "schedulers": schedulers,
    "targets": targets,
}
