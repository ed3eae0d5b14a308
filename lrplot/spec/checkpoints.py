"""Checkpoints as files: what they hold of a schedule, read without importing, calling or building anything.

A checkpoint is a folder (Hugging Face's `checkpoint-500`), a `trainer_state.json`, a state dict of torch
(`scheduler.pt`, `optimizer.pt`), or one file with both (Lightning, mmengine, timm, a loop of one's own). torch's zip
files are read at their pickle alone, so a checkpoint of gigabytes takes no longer than a small one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lrplot.diagnostics import Diagnostic, Fault, Source, SpecError
from lrplot.runs.checkpoint import Saved
from lrplot.schema.scalars import read_duration
from lrplot.text.pickles import read_values

STATE = "trainer_state.json"
ARGUMENTS = "training_args.bin"
LARGEST = 64 << 20  # bytes of a JSON file
OPTIMIZERS = ("optimizer", "optimizer_state_dict", "optimizer_states", "optim")
SCHEDULERS = (
    *("scheduler", "scheduler_state_dict", "lr_scheduler", "lr_scheduler_state_dict"),
    *("lr_schedulers", "param_schedulers", "opt_param_scheduler"),
)
UPDATES = ("global_step", "num_updates", "iteration", "iter", "step", "steps")
HELP = "give a checkpoint's folder, its `trainer_state.json`, or a file that torch saved"


def plan_in(place: str) -> str | None:
    """The config that a checkpoint's folder holds; None if it is no checkpoint or holds none."""
    config = os.path.join(place, ARGUMENTS)
    holds = any(os.path.isfile(os.path.join(place, name)) for name in (STATE, "scheduler.pt"))
    return config if holds and os.path.isfile(config) else None


def is_checkpoint(text: str) -> bool:
    """Whether a text is the path of something on disk; a moment of a run is not, even if a folder is called so."""
    try:
        if read_duration(text) is not None:
            return False
    except Fault:
        return False
    return os.path.exists(text)


def read_checkpoint(place: str) -> Saved:
    """The parts of a checkpoint that concern a schedule; `SpecError` if it holds none."""
    path = Path(place)
    parts = list(_in_folder(path)) if path.is_dir() else [_in_file(path)]
    saved = Saved(place)
    for part in parts:
        saved = replace(
            saved,
            update=part.update if saved.update is None else saved.update,
            groups=part.groups if saved.groups is None else saved.groups,
            states=part.states if saved.states is None else saved.states,
        )
    if saved.update is None and saved.groups is None and saved.states is None:
        raise _refusal(place, "it holds no state of an optimizer or a scheduler", HELP)
    return saved


def _in_folder(folder: Path) -> Iterator[Saved]:
    """The parts in a folder's files of well-known names."""
    names = (STATE, "scheduler.pt", "optimizer.pt", "scheduler.bin", "optimizer.bin")
    for name in names:
        if (folder / name).is_file():
            yield _in_file(folder / name)


def _in_file(path: Path) -> Saved:
    shown = str(path)
    if path.suffix == ".json":
        return Saved(shown, _count(_json(path)))
    value = read_values(Source(shown), path)
    if not isinstance(value, dict):
        raise _refusal(shown, "it holds no mapping", HELP)
    if _is_optimizer(value):
        return Saved(shown, groups=_groups(value))
    if _is_scheduler(value):
        return Saved(shown, _last(value), states=(value,))
    optimizer, scheduler = (_first(value, names) for names in (OPTIMIZERS, SCHEDULERS))
    one = optimizer[0] if isinstance(optimizer, list) and optimizer else optimizer
    states = scheduler if isinstance(scheduler, list) else [scheduler]
    found = tuple(each for each in states if isinstance(each, dict))
    return Saved(
        shown,
        _count(value),
        _groups(one) if isinstance(one, dict) and _is_optimizer(one) else None,
        found or None,
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError) as error:
        raise _refusal(str(path), f"it is no JSON: {error}", HELP) from None
    return value if isinstance(value, dict) else {}


def _is_optimizer(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("param_groups"), list)


def _is_scheduler(value: Mapping[str, Any]) -> bool:
    return bool(value.keys() & {"last_epoch", "_schedulers", "last_batch_iteration", "num_steps", "_last_lr"})


def _groups(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return tuple(each for each in value["param_groups"] if isinstance(each, dict))


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if name in value), None)


def _last(state: Mapping[str, Any]) -> int | None:
    """The number of steps in a scheduler's state, or in the first child's that has one."""
    for name in ("last_epoch", "last_batch_iteration", "num_steps"):
        if isinstance(state.get(name), int):
            return int(state[name])
    children = state.get("_schedulers")
    found = (_last(each) for each in children if isinstance(each, dict)) if isinstance(children, list) else iter(())
    return next((each for each in found if each is not None), None)


def _count(value: Mapping[str, Any]) -> int | None:
    """The updates that are done, by the names that programs have for them."""
    meta = value.get("meta")
    for home in (value, meta if isinstance(meta, dict) else {}):
        for name in UPDATES:
            if isinstance(home.get(name), int) and not isinstance(home[name], bool):
                return int(home[name])
    return None


def _refusal(place: str, reason: str, help: str) -> SpecError:
    return SpecError(Diagnostic("unreadable", f"cannot use `{place}` as a checkpoint: {reason}", None, help))
