"""The theory of schedules: a table for each topic, with its assumption and source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lrplot.analysis.theory.batch import TOPICS as BATCH_TOPICS
from lrplot.analysis.theory.batch import Scaling
from lrplot.analysis.theory.loss_law import DECAY, LossLaw
from lrplot.analysis.theory.robbins_monro import RobbinsMonro
from lrplot.analysis.theory.theory import Theory, topics_of
from lrplot.analysis.theory.topic import Form, Row, Topic
from lrplot.chart.names import distinct
from lrplot.output.terminal.columns import GAP, divided, fitted
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.output.text import pad
from lrplot.wording import cells, learning_rate, share

SHORTEST_NAME, LONGEST_NAME = 12, 24
Figures = Sequence[Theory] | Sequence[Scaling]
FEW = 100  # updates: a smaller amount has digits after the point


def format_theory(theories: Sequence[Theory], look: Look, law: LossLaw | None = None, notes: Sequence[str] = ()) -> str:
    """A section for each topic: its title and the names of the runs, its figures, its assumption and source.

    Those of another batch come first. `law` is the one that predicted losses, and `notes` stand at the end.
    """
    topics = topics_of(law)
    names = distinct([look.text(each.name) for each in theories])
    scalings = [each.batch for each in theories if each.batch]
    more = BATCH_TOPICS if scalings else ()
    labels = max(cells(look.text(row.label)) for topic in (*topics, *more) for row in topic.rows)
    room = (look.width - 1 - labels) // len(names) - GAP
    heads = [look.cut(name, min(max(room, SHORTEST_NAME), LONGEST_NAME)) for name in names]
    sections = [_section(topic, heads, labels, scalings, look) for topic in more]
    sections += [_section(topic, heads, labels, theories, look) for topic in topics]
    remarks = list(notes)
    if any(each.sampled for each in theories):
        remarks.append("about: taken from a sample of the updates")
    if any(each.groups for each in theories):
        remarks.append("groups and layers: only the run's own learning rate is judged")
    lines = [line for remark in remarks for line in wrap(remark.split(" "), look.width - 1, " ")]
    return "\n\n".join("\n".join(section) for section in [*sections, lines] if section) + "\n"


def _section(topic: Topic, heads: Sequence[str], labels: int, figures: Figures, look: Look) -> list[str]:
    """The lines of a topic; its labels take `labels` columns in all topics, so that their columns line up."""
    rows = [[pad(look.text(topic.title), labels), *heads]]
    rows += [[pad(look.text(label), labels), *map(look.text, values)] for label, *values in topic_rows(topic, figures)]
    if len(rows) == 1:
        needs = "says nothing about SGD" if _of_sgd(topic, figures) else topic.needs
        return [paint(f" {look.text(topic.title)}", "bold", look.color), *wrap(needs.split(" "), look.width - 1, " ")]
    lines: list[str] = []
    for table in divided(rows, look.width - 1):
        head, *body = (f" {line}".rstrip() for line in fitted(table, look.width - 1))
        lines += [paint(head, "bold", look.color), *body]
    for title, text in (("assumes", topic.assumes), ("source", topic.source)):
        words = look.text(f"{title}: {text}").split(" ")
        lines += [paint(f"  {line}", "dim", look.color) for line in wrap(words, look.width - GAP - 1, " ")]
    return lines


def topic_rows(topic: Topic, figures: Figures) -> list[list[str]]:
    """The figures of a topic that are known of some run: a label, and a cell for each run; none of Adam's for SGD."""
    if _of_sgd(topic, figures):
        return []
    return [
        [row.label, *(_cell(row, each) for each in figures)]
        for row in topic.rows
        if row.absent or any(getattr(each, row.figure) is not None for each in figures)
    ]


def _of_sgd(topic: Topic, figures: Figures) -> bool:
    return topic.adam and all(isinstance(each, Theory) and each.sgd for each in figures)


def _cell(row: Row, figures: Theory | Scaling) -> str:
    value = getattr(figures, row.figure)
    if value is None:
        return row.absent or "–"
    sampled = isinstance(figures, Theory) and figures.sampled
    about = "about " if sampled and row.form in ("ratio", "percent", "update") and row.figure != "warmup" else ""
    return about + _text(value, row.form)


def _text(value: Any, form: Form) -> str:
    match form:
        case "ratio" | "loss":
            return f"{value:.3f}"
        case "number":
            return learning_rate(value)
        case "multiple":
            return f"{learning_rate(value, 2)}×"
        case "percent":
            return f"{value:.1%}"
        case "share":
            return share(value, 1)
        case "update":
            return f"{value:,}"
        case "updates":
            return f"{value:,.0f}" if value >= FEW else learning_rate(value)
        case "beta":
            return f"{value:.8g}"
        case "word":
            return str(value)
        case "conditions":
            return verdict(value)


def verdict(conditions: RobbinsMonro) -> str:
    """The answer to the conditions of Robbins and Monro in a few words."""
    if not conditions.endless:
        return "no answer: it ends"
    match conditions.sum_diverges, conditions.squares_converge:
        case True, True:
            return "both hold"
        case True, False:
            return "Σ lr² = ∞"
        case False, _:
            return "Σ lr < ∞"
    return "not decided"


def theory_data(theories: Sequence[Theory], law: LossLaw | None = None, notes: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of runs and the topics that they belong to, as data for JSON; with the law that predicted losses."""
    fitted = {} if law is None else {"law": _law(law), "notes": list(notes)}
    return {
        "runs": [_data(each) for each in theories],
        "topics": [
            {
                "title": topic.title,
                "figures": [row.figure for row in topic.rows],
                "assumes": topic.assumes,
                "source": topic.source,
            }
            for topic in (*topics_of(law), *(BATCH_TOPICS if any(each.batch for each in theories) else ()))
        ],
        **fitted,
    }


def _data(theory: Theory) -> dict[str, Any]:
    conditions = theory.robbins_monro
    return {
        **asdict(theory),
        "robbins_monro": {**asdict(conditions), "both": conditions.both, "verdict": verdict(conditions)},
    }


def _law(law: LossLaw) -> dict[str, Any]:
    return {
        "log": law.name,
        "rows": len(law.updates),
        "first_update": law.start,
        "last_update": law.last,
        "peak": law.peak,
        "floor": law.floor,
        "scale": law.scale,
        "exponent": law.exponent,
        "annealing": law.annealing,
        "decay": DECAY,
        "scatter": law.scatter,
    }
