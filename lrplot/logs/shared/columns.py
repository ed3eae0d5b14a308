"""Tracks by the names of a log's columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lrplot.diagnostics import Fault
from lrplot.lazy import dataclass
from lrplot.runs.log import LogUnit
from lrplot.wording import cut, nearest

LONGEST = 120  # characters of a column that is known by its name
SHOWN = 8  # columns that a message lists

STEPS: tuple[tuple[str, LogUnit], ...] = (
    (r"train/global_step|trainer/global_step|global_?steps?", "updates"),
    (r"steps?|_step|current_steps?|train_steps?", "updates"),
    (r"iter(ation)?s?|iter_num|num_updates|updates?|num_steps", "updates"),
    (r"batch(es)?", "batches"),
    (r"epochs?", "epochs"),
    (r"(consumed_)?(train_)?(samples|examples)(_seen)?", "samples"),
    (r"(consumed_)?(train_)?tokens(_seen)?", "tokens"),
)
LOSSES = ("loss", "train(ing)?[/_ ]loss", "lm loss", "total_loss", ".*train.*loss.*")
RATE = r"lr|learning[ _-]?rate"
_RATE = re.compile(
    rf"(?:.*[/.: ])?(?:(?P<before>\w+?)_)?(?:{RATE})(?:[-_/. ]?(?P<after>(?:pg|group|param_group|g)?[-_ ]?\d+(?:/.*)?)"
    r"|[/-](?P<name>[\w./-]+))?",
    re.IGNORECASE,
)
GENERAL_STEP = "(?i:" + "|".join(pattern for pattern, _ in STEPS) + ")"
GENERAL_RATE = "(?i:" + re.sub(r"\?P<\w+>", "", _RATE.pattern) + ")"
PARAMETERS = {name: rf"(?:.+[/.])?{name}" for name in ("momentum", "beta1", "beta2", "weight_decay")}
_PLAIN = ("train", "current", "optim", "optimizer")  # words before a learning rate that name no group
_NO_RATE = re.compile(r".*(__min|__max|momentum|weight_decay|betas?)$", re.IGNORECASE)


@dataclass(frozen=True)
class Columns:
    """The columns that hold the step, each track (`lr` first), the epoch and the loss, and what a step counts."""

    step: str
    tracks: Mapping[str, str]
    unit: LogUnit = "updates"
    epoch: str = ""
    loss: str = ""

    def wanted(self) -> dict[str, str]:
        """The columns to read, by what they hold: tracks, `epoch`, `loss`."""
        rest = {"epoch": self.epoch, "loss": self.loss}
        return {**self.tracks, **{name: column for name, column in rest.items() if column}}


def first(pattern: str, names: Iterable[str]) -> str:
    """The first of some names that a pattern matches as a whole; the alternatives of the pattern in their order."""
    names = list(names)
    for each in pattern.split("|"):
        if found := next((name for name in names if re.fullmatch(each, name)), ""):
            return found
    return ""


def tracks_by(patterns: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The columns of tracks: patterns by track, in which `{}` stands for the group that the pattern captures.

    If only groups have a parameter, the first one's is the parameter's own too.
    """
    tracks: dict[str, str] = {}
    for track, pattern in patterns.items():
        for name in names:
            if match := re.fullmatch(pattern, name):
                group = next((group for group in match.groups() if group), "")
                tracks.setdefault(track.format(group) if group else track.removesuffix("/{}"), name)
    for parameter in dict.fromkeys(name.partition("/")[0] for name in tracks):
        groups = [name for name in tracks if name.startswith(f"{parameter}/")]
        if groups and parameter not in tracks:
            tracks[parameter] = tracks[groups[0]]
            if len(groups) == 1:
                del tracks[groups[0]]
    order = [*dict.fromkeys(name.partition("/")[0] for name in ("lr", *tracks))]
    return dict(sorted(tracks.items(), key=lambda item: (order.index(item[0].partition("/")[0]), "/" in item[0])))


def told_columns(given: Mapping[str, str], names: Iterable[str]) -> Columns:
    """The columns that the user names, by what they hold: `step`, `lr`, `lr/GROUP`, `epoch`, `loss`, `momentum`."""
    names = list(names)
    for key, column in given.items():
        if column not in names:
            near = nearest(column, names, SHOWN)
            help = f"the columns are {listed(near)}" if near else None
            raise Fault(f"the log has no column `{column}`", field=key, code="missing-column", help=help)
    step, unit = given.get("step", step_column(names)[0]), step_column([given["step"]] if "step" in given else names)[1]
    tracks = {key: column for key, column in given.items() if key not in ("step", "epoch", "loss")}
    if "lr" not in tracks:
        tracks = {**rate_columns(names), **tracks}
    if not step or "lr" not in tracks:
        raise _untold(names, "step" if not step else "learning rate")
    return Columns(step, tracks, unit, given.get("epoch", epoch_column(names)), given.get("loss", loss_column(names)))


def guess(names: Iterable[str], *, strict: bool = True) -> Columns | None:
    """The columns by their names alone. If the names do not tell, a `Fault`; None unless `strict`."""
    names = list(names)
    step, unit = step_column(names)
    rates = rate_columns(names)
    if not step or not rates:
        if strict:
            raise _untold(names, "step" if not step else "learning rate")
        return None
    if "lr" not in rates:
        if strict:
            columns = listed(rates.values())
            message = f"which of the columns {columns} is the learning rate cannot be told"
            raise Fault(message, code="missing-column", help=f"add `--columns lr={next(iter(rates.values()))}`")
        return None
    tracks = {**rates, **tracks_by(PARAMETERS, names)}
    return Columns(step, tracks, unit, epoch_column(names), loss_column(names))


def sweep_columns(names: Iterable[str], given: Mapping[str, str]) -> Columns | None:
    """The columns of learning rates and losses in a table without steps, which `given` may name; None for any other."""
    names = list(names)
    rate, loss = given.get("lr", rate_columns(names).get("lr")), given.get("loss", loss_column(names))
    if "step" in given or step_column(names)[0] or rate not in names or loss not in names:
        return None
    return Columns("", {"lr": rate}, loss=loss)


def step_column(names: Iterable[str]) -> tuple[str, LogUnit]:
    """The column of steps by its name, empty if there is none, and what a step counts."""
    names = list(names)
    found = [(name, unit) for pattern, unit in STEPS for name in names if re.fullmatch(pattern, name, re.IGNORECASE)]
    return found[0] if found else ("", "updates")


def epoch_column(names: Iterable[str]) -> str:
    """The column of epochs by its name, empty if there is none."""
    return next((name for name in names if re.fullmatch(r"(train/|.*_)?epoch", name, re.IGNORECASE)), "")


def loss_column(names: Iterable[str]) -> str:
    """The column of the training's loss by its name, empty if there is none."""
    for pattern in LOSSES:
        if found := next((name for name in names if re.fullmatch(pattern, name, re.IGNORECASE)), ""):
            return found
    return ""


def rate_columns(names: Iterable[str]) -> dict[str, str]:
    """The columns that hold learning rates by their names, as tracks; without `lr` if none of several stands out."""
    plain: list[str] = []
    groups: dict[str, str] = {}
    numbered = True
    for name in names:
        match = None if len(name) > LONGEST or _NO_RATE.match(name) else _RATE.fullmatch(name)
        if match is None:
            continue
        before = match["before"] if (match["before"] or "").lower() not in _PLAIN else None
        group = "_".join(part for part in (before, match["after"] or match["name"]) if part)
        if group:
            groups.setdefault(f"lr/{group}", name)
            numbered = numbered and not before
        else:
            plain.append(name)
    if plain:
        return {"lr": plain[0], **groups}
    if len(groups) == 1:
        return {"lr": next(iter(groups.values()))}
    return {"lr": next(iter(groups.values())), **groups} if groups and numbered else groups


def _untold(names: list[str], what: str) -> Fault:
    message = f"no column holds the {what} by its name; the columns are {listed(names)}"
    help = "add `--columns step=NAME,lr=NAME` with their names" if names else None
    return Fault(message, code="no-learning-rate" if what != "step" else "no-steps", help=help)


def listed(names: Iterable[str]) -> str:
    """Names in a message, the first ones if there are many."""
    names = list(names)
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return ", ".join(f"`{cut(name, 40)}`" for name in names[:SHOWN]) + more
