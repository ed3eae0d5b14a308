"""Lists for Python: kinds and schedulers, shipped specs, formats, and the schema of a spec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lrplot.diagnostics import Diagnostic, Fault, SpecError
from lrplot.lazy import dataclass
from lrplot.wording import check_text, did_you_mean


@dataclass(frozen=True)
class Field:
    """A field of a kind, an argument of a scheduler, or a key of a config."""

    name: str
    type: str
    required: bool
    default: str
    help: str


@dataclass(frozen=True)
class Kind:
    """A kind or a framework's scheduler; or a mapping of a spec, which has fields alone.

    `good_for`, `cost` and `recipe` say what a kind serves, what it demands, and a preset that uses it. `native` is the
    kind that was modelled on a scheduler. `shared_fields` are those that all of its sort have. A scheduler was compared
    with the framework `checked`, in `cases` runs; `deviation` is the largest difference, as a share of the peak.
    """

    name: str
    summary: str
    formula: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()
    good_for: str = ""
    cost: str = ""
    recipe: str = ""
    native: str = ""
    fields: tuple[Field, ...] = field(default=(), repr=False)
    shared_fields: tuple[Field, ...] = field(default=(), repr=False)
    checked: str = ""
    cases: int = 0
    deviation: float | None = None


@dataclass(frozen=True)
class Preset:
    """A shipped spec, called `preset`: its name, the source of its numbers, its length in updates, and its text."""

    preset: str
    name: str
    source: str | None
    steps: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Format:
    """A format and what it is read or written as: a `config`, a `log`, or the `code` of another program.

    `versions` are those at which the rules of a config changed. `keys` describes what is read of a log, and `fields`
    what is read of a config.
    """

    name: str
    use: str
    summary: str
    source: str = ""
    versions: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=(), repr=False)
    fields: tuple[Field, ...] = field(default=(), repr=False)
    keys: str = field(default="", repr=False)
    files: tuple[str, ...] = ()


def find_kinds(name: str | None = None) -> tuple[Kind, ...]:
    """The kinds and all schedulers, or those that a name, a part of one, or a word of the description means.

    `SpecError` if there is none. `spec`, or a key of a spec such as `groups`, gives its fields.

    >>> [kind.name for kind in find_kinds("sgdr")]
    ['cosine_restarts']
    """
    from lrplot.output.terminal.reference import entries_data  # which no schedule needs
    from lrplot.spec.search import look_up

    check_text("name", "" if name is None else name)
    try:
        found = entries_data(look_up(name))["kinds"]
    except Fault as fault:
        raise SpecError.of(fault) from None
    return tuple(Kind(**_frozen(each)) for each in found)


def presets(name: str | None = None) -> tuple[Preset, ...]:
    """The shipped specs, or the one of a name; `SpecError` if there is none.

    >>> [found.steps for found in presets("gpt3_13b")]
    [150000]
    """
    from lrplot.output.terminal.preset_list import preset_data  # which no schedule needs
    from lrplot.spec.loading import run_of, text_of
    from lrplot.spec.source import preset_advice, preset_names, preset_path, preset_text

    names = preset_names()
    check_text("name", "" if name is None else name)
    if name is not None and name not in names:
        raise SpecError(Diagnostic("unreadable", f"there is no preset `{name}`", None, preset_advice(name)))
    runs = {each: run_of(text_of(preset_path(each)), (), "")[1] for each in (names if name is None else [name])}
    return tuple(Preset(**data, text=preset_text(data["preset"])) for data in preset_data(runs))


def formats(name: str | None = None) -> tuple[Format, ...]:
    """The formats of configs, of logs and of code, or those of a name; `SpecError` if there is none.

    >>> [(found.use, found.versions) for found in formats("transformers")]
    [('config', ('4.46', '4.52', '5')), ('log', ()), ('code', ())]
    """
    from lrplot.emit import EMITTERS  # which no schedule needs
    from lrplot.logs import LOGS
    from lrplot.output.terminal.formats import formats_data
    from lrplot.trainers import TRAINERS

    check_text("name", "" if name is None else name)
    data = formats_data([*TRAINERS.values()], [*LOGS.values()], EMITTERS)
    found = tuple(
        Format(use=use, **_frozen(each))
        for use, key in (("config", "formats"), ("log", "logs"), ("code", "targets"))
        for each in data[key]
        if name in (None, each["name"])
    )
    if not found:
        help = did_you_mean(str(name), [*TRAINERS, *LOGS, *EMITTERS])
        raise SpecError(Diagnostic("unknown-format", f"there is no format `{name}`", None, help))
    return found


def json_schema(of: str = "spec") -> dict[str, Any]:
    """The JSON Schema (draft-07) of a `spec`, or of what `lrplot check` prints as JSON: `check`, or its `rules`."""
    from lrplot.output.schemas import SCHEMAS  # which no schedule needs

    check_text("of", of)
    if of not in SCHEMAS:
        raise ValueError(f"of must be one of {', '.join(SCHEMAS)}, not {of!r}")
    loaded: dict[str, Any] = json.loads(SCHEMAS[of]())
    return loaded


def _frozen(data: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a result: lists as tuples, mappings in them as fields."""
    return {key: tuple(map(_field, value)) if isinstance(value, list) else value for key, value in data.items()}


def _field(value: Any) -> Any:
    return Field(**value) if isinstance(value, Mapping) else value
