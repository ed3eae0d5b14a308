"""Changed specs: a page with what moves in each of them, and the words and numbers that Markdown and JSON share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite
from typing import Any

from lrplot.analysis.change import AFTER, BEFORE, Change, Changes, State
from lrplot.analysis.comparison import Difference
from lrplot.analysis.summary import summarize
from lrplot.diagnostics import Diagnostic
from lrplot.engine.extremes import columns
from lrplot.output.data import numbers_of
from lrplot.output.objects import diagnostics_data
from lrplot.output.terminal.comparison import comparison_data, comparison_rows, format_excess, place_of
from lrplot.output.terminal.findings import format_lines
from lrplot.output.terminal.look import Look, wrap
from lrplot.output.terminal.spark import sparkline
from lrplot.output.terminal.style import TRACK_COLORS, paint
from lrplot.runs.run import Run, parameter_of
from lrplot.wording import cells, learning_rate, several, share, updates

MOST_TRACKS = 6  # that are named for one spec
MOST_RANGES = 3  # that are listed for one track
MOST_NAMES = 4  # specs that are named, of those of which there is the same to say
MOST_FILES = 3  # that are named, of those which a spec reads
SAME = ("warmup",)  # figures that another one has
OF_A_LENGTH = ("updates", "peak at", "last", "decay starts", "largest jump")  # figures that need a known length
Shown = Callable[[str], str]
NOTHING = "no spec or config changed"
UNTRACKED = " (files that git does not track are left out)"


def format_changes(changes: Changes, look: Look) -> str:
    """The page of changed specs: how many move, then each with what moves in it, those that move alike together."""
    head = look.text(f"{changes.before} → {changes.after}")
    title, *rest = wrap(head.split(" "), look.width, " ")
    lines = [paint(part.removeprefix(" "), "bold", look.color) for part in (title, *rest)]
    sections = [[*lines, *wrap(count(changes).split(" "), look.width - 1, " ")]]
    sections += [_section(group, look) for group in together(changes)]
    cures = {error.help: None for change in changes.changes for _, error in errors(change) if error.help}
    sections.append(
        [line for help in cures for line in wrap(f"help: {look.text(help)}".split(" "), look.width - 1, " ")]
    )
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def together(changes: Changes) -> list[list[Change]]:
    """The changes in order, those of which there is the same to say as one group."""
    groups: dict[object, list[Change]] = {}
    for change in changes.changes:
        found, remarks = change.comparison, (*errors(change), *(("", each) for each in (*change.new, *change.gone)))
        numbers = (found.summaries, found.differences, found.missing, found.align) if found else single(change)
        texts = tuple((start, each.code, each.message) for start, each in remarks)
        groups.setdefault((happened(change), change.comments_only, numbers, texts), []).append(change)
    return list(groups.values())


def named(group: Sequence[Change]) -> list[str]:
    """The paths of some changes; if they are many, the first ones, for `others` to follow."""
    return [change.path for change in (group if len(group) <= MOST_NAMES else group[: MOST_NAMES - 1])]


def others(group: Sequence[Change]) -> str:
    """The number of changes that `named` leaves out, in words; empty if none."""
    left = len(group) - len(named(group))
    return f"and {several(left, 'more spec')}" if left else ""


def count(changes: Changes) -> str:
    """The number of specs that changed, and of those that move, in words."""
    total, moved = len(changes.changes), len(changes.moved)
    others = f"{several(changes.unmoved, 'more spec')} {'reads' if changes.unmoved == 1 else 'read'} a changed file"
    unmoved = f"; {others}, and no update of {'it' if changes.unmoved == 1 else 'them'} moves" * bool(changes.unmoved)
    if not total:
        return f"{NOTHING}{'' if changes.commits[1] else UNTRACKED}{unmoved}"
    statuses = [change.status for change in changes.changes]
    still = sum(change.comparison is not None and not change.moves for change in changes.changes)
    numbers = {
        "moves" if moved == 1 else "move": moved,
        f"{'stays' if still == 1 else 'stay'} the same": still,
        "added": statuses.count("added"),
        "removed": statuses.count("removed"),
        "cannot be used": sum(change.broken for change in changes.changes),
    }
    parts = [f"{'it' if total == 1 else f'{number:,}'} {words}" for words, number in numbers.items() if number]
    return f"{several(total, 'spec')} changed: {', '.join(parts)}{unmoved}"


def happened(change: Change, shown: Shown = str) -> str:
    """The change of a spec's file, in words; `shown` gives the names of files as they are shown."""
    if change.status == "renamed" and change.before:
        return f"renamed from {shown(change.before.path)}"
    if change.status == "included":
        named = ", ".join(map(shown, change.through[:MOST_FILES]))
        more = len(change.through) - MOST_FILES
        return f"reads {named}" + (f" and {several(more, 'more file')}" if more > 0 else "") + ", which changed"
    return change.status


def movements(change: Change, shown: Shown = str) -> list[str]:
    """A statement for each track of a spec that moves, or that nothing does; none for a spec of a single state.

    `shown` gives the names of tracks as they are shown.
    """
    comparison = change.comparison
    if comparison is None:
        return []
    alike: dict[object, list[Difference]] = {}  # tracks of one parameter that move at the same updates
    for gap in change.moved:
        alike.setdefault((parameter_of(gap.track), gap.ranges), []).append(gap)
    lines = [_movement(change, gaps, shown) for gaps in alike.values()]
    if len(lines) > MOST_TRACKS:
        left = sum(len(gaps) for gaps in [*alike.values()][MOST_TRACKS - 1 :])
        lines = [*lines[: MOST_TRACKS - 1], f"{several(left, 'more track')} move"]
    for run, name in zip(comparison.runs, (BEFORE, AFTER), strict=True):
        if tracks := [track for track in comparison.missing[0] if track in run.tracks]:
            lines.append(f"only {name}: {', '.join(map(shown, tracks))}")
    if not comparison.same_length and not lines:
        lines.append("no update moves up to the end of the shorter run")
    return lines or [f"no update moves{': only comments and layout changed' if change.comments_only else ''}"]


def _movement(change: Change, gaps: Sequence[Difference], shown: Shown) -> str:
    """A statement on tracks that move at the same updates, with the largest difference as a share of a peak."""
    most = max(gaps, key=lambda gap: gap.share)
    if len(gaps) > 1:
        names = f"{shown(gaps[0].track)} and {several(len(gaps) - 1, 'more track')}"
        return f"{names}: {_where(change, most)}; {_largest(change, most)} in {shown(most.track)}"
    summaries = [summarize(run.tracks[most.track].curve, run.steps) for run in _runs(change)]
    if all(each.low == each.peak for each in summaries):
        return f"{shown(most.track)}: {learning_rate(summaries[0].peak)} → {learning_rate(summaries[1].peak)}"
    return f"{shown(most.track)}: {_where(change, most)}; {_largest(change, most)}"


def _where(change: Change, gap: Difference) -> str:
    """The updates at which a track moves."""
    assert change.comparison is not None
    ranges = gap.ranges
    if len(ranges) > MOST_RANGES:
        places = f"{_range(change, ranges[0][0], ranges[-1][1])} in parts"
    else:
        places = " and ".join(_range(change, *each) for each in ranges)
    about = "about " * gap.sampled
    if change.comparison.align == "fraction":
        return f"{about}{places} of the run"
    return f"{about}update{'s' * (ranges[0][0] != ranges[-1][1])} {places}"


def _range(change: Change, first: int, last: int) -> str:
    assert change.comparison is not None
    places = [place_of(change.comparison, step) for step in (first, last)]
    return places[0] if first == last else " … ".join(places)


def _largest(change: Change, gap: Difference) -> str:
    """The largest difference of a track, and where it is."""
    assert change.comparison is not None
    part = f"{share(gap.share, 1)} of the peak" if isfinite(gap.share) else "the peak was 0"
    return (
        f"largest difference {learning_rate(gap.largest)} at {place_of(change.comparison, gap.largest_step)} ({part})"
    )


def figures(change: Change) -> list[str]:
    """The figures of a comparison that differ, each as its name and the values before and after."""
    assert change.comparison is not None
    left_out = (*SAME, *OF_A_LENGTH) if _is_nominal(change) else SAME
    rows = [row for row in comparison_rows(change.comparison, (BEFORE, AFTER))[1:] if row[0] not in left_out]
    if _is_nominal(change):
        summaries = change.comparison.summaries
        rows.append(["peak at", *(f"{100 * each.peak_step / each.steps:.4g}%" for each in summaries)])
    return [f"{label} {old} → {new}" for label, old, new in rows if old and old != new]


def single(change: Change) -> str:
    """The numbers of a spec that is added or removed, in words; empty if it cannot be used."""
    state = change.after or change.before
    if state is None or state.run is None:
        return ""
    run = state.run
    summary = summarize(run.lr.curve, run.steps)
    if run.nominal:
        return f"length unknown, peak {learning_rate(summary.peak)}"
    peak = f"peak {learning_rate(summary.peak)} at {summary.peak_step:,}"
    return f"{updates(run.steps)}, {peak}, last {learning_rate(summary.last)}"


def errors(change: Change) -> Iterator[tuple[str, Diagnostic]]:
    """The errors of a spec that cannot be used, each after words that say in which of its states."""
    found = {name: state.error for name, state in ((BEFORE, change.before), (AFTER, change.after)) if state}
    faults = [(error.code, error.message) for error in found.values() if error]
    if len(faults) == 2 and faults[0] == faults[1]:
        found = {f"{BEFORE} and {AFTER}": change.after.error if change.after else None}
    for name, error in found.items():
        if error:
            yield f"cannot be used {name}: " if change.before and change.after else "cannot be used: ", error


def format_change_excess(changes: Changes, tolerance: float) -> list[str]:
    """The specs that moved by more than a tolerance, a line with the reason for each; empty if none did."""
    lines = []
    for change in changes.changes:
        if change.within(tolerance):
            continue
        if change.comparison is None:
            lines += [f"{change.path} {start.removesuffix(': ')}" for start, _ in errors(change)]
        else:
            lines.append(f"{change.path}: {format_excess(change.comparison, tolerance).strip()}")
    return lines


def _is_nominal(change: Change) -> bool:
    return any(run.nominal for run in _runs(change))


def _runs(change: Change) -> Sequence[Run]:
    return change.comparison.runs if change.comparison else ()


def _section(group: Sequence[Change], look: Look) -> list[str]:
    """A changed spec on the page, or several of which there is the same to say."""
    change, what = group[0], look.text(happened(group[0]))
    names = [look.cut(name, look.width) for name in filter(None, (*named(group), others(group)))]
    lines = [paint(name, "bold", look.color) for name in names]
    if cells(names[-1]) + 2 + cells(what) <= look.width:
        lines[-1] += "  " + paint(what, "dim", look.color)
    else:
        lines += [paint(line, "dim", look.color) for line in wrap(what.split(" "), look.width - 1, " ")]
    if change.comparison and (not change.comparison.same_length or any(gap.track == "lr" for gap in change.moved)):
        lines += _sparks(change, look)
    for text in filter(None, (*movements(change), "" if change.comparison else single(change))):
        lines += wrap(look.text(text).split(" "), look.width - 1, " ")
    if change.moves:
        lines += wrap([look.text(each) for each in figures(change)], look.width - 1, look.text(" · "))
    for start, error in errors(change):
        lines += format_lines([error], look, start)
    return lines + format_lines(change.new, look, "new ") + format_lines(change.gone, look, "gone: ")


def _sparks(change: Change, look: Look) -> list[str]:
    """The learning rates before and after as lines of text, on one scale of values and of updates."""
    runs = _runs(change)
    label = max(len(BEFORE), len(AFTER))
    room = max(look.width - label - 3, 8)
    longest = runs[0].steps if _is_nominal(change) else max(run.steps for run in runs)
    widths = [room if _is_nominal(change) else max(round(room * run.steps / longest), 1) for run in runs]
    cuts = [columns(run.lr.curve, 0, run.steps, width) for run, width in zip(runs, widths, strict=True)]
    low, high = min(0.0, *(float(cut.lows.min()) for cut in cuts)), max(float(cut.highs.max()) for cut in cuts)
    lines = (sparkline(cut, width, low, high, look.glyphs) for cut, width in zip(cuts, widths, strict=True))
    return [
        f" {name:<{label}} {paint(line, style, look.color)}"
        for name, line, style in zip((BEFORE, AFTER), lines, TRACK_COLORS, strict=False)
    ]


def changes_data(changes: Changes) -> dict[str, Any]:
    """Changed specs as data for JSON."""
    ends = zip((changes.before, changes.after), changes.commits, strict=True)
    before, after = ({"name": name, "commit": commit} for name, commit in ends)
    return {
        BEFORE: before,
        AFTER: after,
        "unmoved": changes.unmoved,
        "changes": [_change_data(change) for change in changes.changes],
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {
        "path": change.path,
        "old_path": change.before.path if change.before else None,
        "status": change.status,
        "through": list(change.through),
        "comments_only": change.comments_only,
        "moves": change.moves if change.comparison else None,
        "comparison": _comparison_data(change),
        BEFORE: _state_data(change.before),
        AFTER: _state_data(change.after),
        "new": diagnostics_data(change.new, change.path),
        "gone": diagnostics_data(change.gone, change.path),
    }


def _comparison_data(change: Change) -> dict[str, Any] | None:
    """A comparison; if the length of a run is not known, its places are fractions of the run."""
    comparison = change.comparison
    if comparison is None:
        return None
    data = comparison_data(comparison)
    if _is_nominal(change):
        steps = comparison.runs[0].steps
        for run, summary, numbers in zip(comparison.runs, comparison.summaries, data["runs"], strict=True):
            numbers.update({"steps": None, "warmup": None, "end": None, **numbers_of(summary, run)})
        for gap in data["differences"][0]["tracks"]:
            places = ("largest_step", "relative_step", "parts")
            gap.update({name: gap[name] / steps for name in places if gap[name] is not None})
            gap["ranges"] = [[place / steps for place in ends] for ends in gap["ranges"]]
    return data


def _state_data(state: State | None) -> dict[str, Any] | None:
    """The length and the numbers of the learning rate in one state, or its error."""
    if state is None:
        return None
    run, error = state.run, state.error
    return {
        "path": state.path,
        "steps": None if run is None or run.nominal else run.steps,
        "lr": numbers_of(summarize(run.lr.curve, run.steps), run) if run else None,
        "error": diagnostics_data([error], state.path)[0] if error else None,
    }
