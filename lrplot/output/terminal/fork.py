"""Cooldown branches as a table: their updates and tokens, and what they share."""

from __future__ import annotations

from typing import Any

from lrplot.analysis.fork import Branch, Fork
from lrplot.output.terminal.columns import divided, fitted
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.style import paint
from lrplot.wording import amount, learning_rate, several, share, updates


def format_fork(fork: Fork, look: Look) -> str:
    """A column for each branch, and what it takes to train all of them."""
    lines = [paint(look.cut(fork.name, look.width), "bold", look.color), ""]
    for index, table in enumerate(divided(branch_rows(fork), look.width - 1)):
        head, *body = (f" {line}" for line in fitted(table, look.width - 1))
        lines += [""] * bool(index) + [paint(head, "dim", look.color), *body]
    if len(fork.branches) > 1:
        lines += ["", *wrap(cost(fork).split(" "), look.width - 1, " ")]
    return "\n".join(lines) + "\n"


def branch_rows(fork: Fork) -> list[list[str]]:
    """The updates from which the branches cool down, then a row for each figure."""
    rows = [["cooldown from", *(f"{branch.at:,}" for branch in fork.branches)]]
    rows += [
        ["learning rate there", *(learning_rate(branch.rate) for branch in fork.branches)],
        ["updates of the cooldown", *(f"{branch.cooldown:,}" for branch in fork.branches)],
        ["updates in all", *(f"{branch.steps:,}" for branch in fork.branches)],
        ["shared with the trunk", *(share(branch.at, branch.steps) for branch in fork.branches)],
    ]
    if any(branch.tokens is not None for branch in fork.branches):
        rows.append(["tokens", *map(_tokens, fork.branches)])
    return rows


def cost(fork: Fork) -> str:
    """The updates that it takes to train all branches."""
    return (
        f"all of them take {updates(fork.trained)}, those of the trunk once; "
        f"as {several(len(fork.branches), 'run')} of their own they would take {fork.separate:,}"
    )


def _tokens(branch: Branch) -> str:
    return "" if branch.tokens is None else amount(branch.tokens)


def fork_data(fork: Fork) -> dict[str, Any]:
    """The branches as data for JSON."""
    return {
        "name": fork.name,
        "trained": fork.trained,
        "separate": fork.separate,
        "branches": [
            {
                "name": branch.name,
                "at": branch.at,
                "rate": branch.rate,
                "cooldown": branch.cooldown,
                "steps": branch.steps,
                "shared": branch.at,
                "tokens": branch.tokens,
                "shared_tokens": branch.shared_tokens,
                "spec": branch.spec,
            }
            for branch in fork.branches
        ],
    }
