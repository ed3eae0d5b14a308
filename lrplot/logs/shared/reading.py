"""A log's format, recognised by its head, and the log in it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from io import BytesIO
from typing import NoReturn

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.logs import LOGS, LogFormat, Shape
from lrplot.logs.shared.columns import listed, sweep_columns
from lrplot.logs.shared.files import HEAD, LONG_HEAD, LogFile, open_log, unreadable
from lrplot.logs.shared.jsons import Documents, JsonArrays, JsonRows, Records, json_lines
from lrplot.logs.shared.rows import Rows
from lrplot.logs.shared.tables import Table, header_of, is_spaced, is_table, names_of
from lrplot.logs.shared.texts import Text
from lrplot.runs.log import Log
from lrplot.wording import check_text, cut, did_you_mean, one_of

HEAD_LINES = 200  # of JSON lines whose keys tell the format
MOST_NAMES, LONGEST_NAME = 2_000, 120  # columns or keys that tell the format
COLUMN_KEYS = re.compile(r"step|epoch|loss|(lr|momentum|beta1|beta2|weight_decay)(/.+)?")

_KEY = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:')
_ARRAY = re.compile(_KEY.pattern + r"\s*\[\s*(?:[-\d]|NaN|null)")  # of numbers


class Head:
    """The head of a log: bytes, text, the names of its columns or keys."""

    def __init__(self, log: LogFile, size: int) -> None:
        self.content = log.head(size)
        self.text = log.head_text(size)
        text = self.content.rstrip(b"\0")  # a machine that fails may leave zeros
        self.is_text = bool(text) and (b"\0" not in text or text.startswith((b"\xff\xfe", b"\xfe\xff")))

    @cached_property
    def document(self) -> list[str]:
        """The keys in a JSON document that spans lines, or that is a list."""
        text = self.text.lstrip()
        if text[:1] not in ("{", "[") or self.lines or self.arrays:
            return []
        return [*dict.fromkeys(_KEY.findall(text))]

    @cached_property
    def arrays(self) -> list[str]:
        """The keys in a JSON document that holds arrays of numbers alone."""
        text = self.text.lstrip()
        names = _KEY.findall(text) if text.startswith("{") and "{" not in text[1:] else []
        return [*dict.fromkeys(names)] if names == _ARRAY.findall(text) else []

    @cached_property
    def lines(self) -> list[str]:
        """The keys in JSON objects that have a line each."""
        names: dict[str, None] = {}
        objects = (line for line in self.text.split("\n") if line.startswith("{"))
        for _, line in zip(range(HEAD_LINES), objects, strict=False):
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if not isinstance(row.get("log_history"), list) and not self.arrays:
                names.update(dict.fromkeys(row))
        return [*names]

    @cached_property
    def columns(self) -> list[str]:
        """The names of a table's columns."""
        header, separator, headless = header_of(self.text)
        names = names_of(header, separator)
        if headless or header.startswith(("{", "[")) or not (separator or is_spaced(self.text, header)):
            return []
        return names

    def fits(self, each: LogFormat) -> bool:
        """Whether the log can be of a format."""
        if each.shape == Shape.BINARY or not self.is_text:
            return each.shape == Shape.BINARY and each.fits_bytes(self.content)
        if each.shape == Shape.TEXT:
            return each.fits_text(self.text)
        known = {Shape.DOCUMENT: self.document, Shape.ARRAYS: self.arrays, Shape.JSON_LINES: self.lines}
        names = known.get(each.shape, self.columns)
        return each.fits_names([name for name in names[:MOST_NAMES] if len(name) <= LONGEST_NAME])


def read_log(place: str | os.PathLike[str], columns: Mapping[str, str] | str | None = None, format: str = "") -> Log:
    """The log at a path, `-` (standard input), or in the folder of a run; see `lrplot.read_log`."""
    given = _columns(columns)
    check_text("format", format)
    _check_place(place)
    if place != "-" and os.path.isdir(place):
        found = log_in(place)
        if found is None:
            raise unreadable(os.fspath(place), "the folder holds no log", _files_looked_for())
        place = found
    log = open_log(place)
    try:
        return _result(log, given, format)
    finally:
        log.close()


def _result(log: LogFile, given: Mapping[str, str], format: str) -> Log:
    """The log in a file, in the format that is named or recognised."""
    chosen = _named(format) if format else _recognised(log, bool(given))
    return _read(log, chosen, given).result(chosen.name, chosen.title)


def read_sweep(place: str | os.PathLike[str], columns: Mapping[str, str] | str | None = None, format: str = "") -> Log:
    """The log of a range test: any log, or a table of learning rates and losses whose rows have no steps."""
    _check_place(place)
    if place != "-" and os.path.isdir(place):
        return read_log(place, columns, format)
    log = open_log(place)
    try:
        if not format and sweep_columns(Head(log, HEAD).columns, _columns(columns)):
            return Table(log, {}).numbered(_columns(columns)).result("sweep", "a table of a range test")
        return _result(log, _columns(columns), format)
    finally:
        log.close()


def _check_place(place: object) -> None:
    if not isinstance(place, str | os.PathLike):
        raise TypeError(f"a log must be a path, not {type(place).__name__}")


def is_log(place: str | os.PathLike[str]) -> bool:
    """Whether a file is a log of a known format, by its head; False for one that cannot be read."""
    return bool(_formats_at(place))


def begins_log(head: bytes) -> bool:
    """Whether bytes are the head of a log of a known format."""
    return bool(_candidates(Head(LogFile("<stdin>", "stdin", BytesIO(head)), HEAD)))


def log_in(folder: str | os.PathLike[str]) -> str | None:
    """The log in the folder of a run, under a name that a program gives it; None if there is none.

    Of several, one with more exact values comes first: JSON, tables, texts, then bytes. Of several runs or checkpoints
    in the folder, the last.
    """
    if not _may_hold_logs(os.fspath(folder)):
        return None
    for each in sorted(LOGS.values(), key=lambda each: (each.shape, each.general, each.name)):
        for pattern in each.files:
            for path in sorted(_matches(os.fspath(folder), pattern.split("/")), key=_natural, reverse=True):
                if each in _formats_at(path):
                    return path
    return None


def _read(log: LogFile, chosen: LogFormat, given: Mapping[str, str]) -> Rows:
    """The rows of a log, by the reader of its shape."""
    match chosen.shape:
        case Shape.DOCUMENT:
            return chosen.read(Documents(log, given))
        case Shape.ARRAYS:
            return chosen.read(JsonArrays(log, given))
        case Shape.JSON_LINES:
            return chosen.read(JsonRows(log, given, json_lines(log), Head(log, HEAD).lines))
        case Shape.TABLE:
            return chosen.read(Table(log, given))
        case Shape.TEXT:
            return chosen.read(Text(log, given))
    return chosen.read(Records(log, given))


def _named(name: str) -> LogFormat:
    if name in LOGS:
        return LOGS[name]
    place = Span(Source("--as", name), line=0, end_column=max(len(name), 1))
    message = f"there is no format of logs `{name}`"
    raise SpecError(Diagnostic("unknown-format", message, place, did_you_mean(name, LOGS)))


def _recognised(log: LogFile, given: bool) -> LogFormat:
    """The format of a log; `SpecError` if none fits, or several. If columns are given, any table or JSON will do."""
    head = Head(log, HEAD)
    found = _candidates(head)
    if not found and len(head.content) == HEAD:
        found = _candidates(Head(log, LONG_HEAD))
    if not found and given:
        names = {Shape.DOCUMENT: head.document, Shape.JSON_LINES: head.lines, Shape.TABLE: head.text}
        names[Shape.ARRAYS] = head.arrays
        general = sorted((each for each in LOGS.values() if each.general), key=lambda each: each.shape)
        found = [each for each in general if names.get(each.shape)][:1]
    if not found:
        _refuse(log, head)
    if len(found) > 1:
        names_ = one_of(each.name for each in found)
        log.refuse("ambiguous-format", f"this can be a log of {names_}", 1, help=f"name one, such as `{found[0].name}`")
    return found[0]


def _candidates(head: Head) -> list[LogFormat]:
    """The formats that a log can be of; of one that extends another only the first, a general one only if alone."""
    found = [each for each in LOGS.values() if head.fits(each)]
    found = [each for each in found if not each.general] or found[:1]
    extended = {name for each in found for name in each.extends}
    return [each for each in found if each.name not in extended]


def _formats_at(place: str | os.PathLike[str]) -> list[LogFormat]:
    try:
        log = open_log(place)
    except SpecError:
        return []
    try:
        return _candidates(Head(log, HEAD))
    except SpecError:
        return []
    finally:
        log.close()


def _refuse(log: LogFile, head: Head) -> NoReturn:
    """Refuse a file that is no known log, with what it lacks or what was looked for."""
    shapes = {Shape.BINARY} if not head.is_text else {*Shape} - {Shape.BINARY}
    known = ", ".join(f"`{each.name}`" for each in LOGS.values() if each.shape in shapes)
    help = f"logs that are known: {known}; `lrplot formats NAME` shows what is looked for in one"
    if not head.is_text:
        log.refuse("binary", "the file is not text, and no log of bytes that is known", help=help)
    first = next((line for line in head.text.split("\n") if line.strip()), "")
    line = head.text.count("\n", 0, head.text.find(first)) + 1
    header, separator, headless = header_of(head.text)
    shape = Shape.JSON_LINES if head.lines else Shape.DOCUMENT if head.document else Shape.TABLE
    names = (
        head.lines or head.document or (names_of(header, separator) if is_table(head.text, header, separator) else [])
    )
    if not names:
        log.refuse("unknown-format", "this is no log that is known", line, cut(first, 200), help)
    if headless:
        message = f"the table has no header, but {len(names)} columns of numbers"
        log.refuse("no-learning-rate", message, line, cut(first, 200), "name them by number: `--columns step=1,lr=2`")
    what = "columns" if shape == Shape.TABLE else "keys"
    looked_for = next(each.keys for each in LOGS.values() if each.general and each.shape == shape)
    message = f"no column holds a learning rate beside a step; the {what} are {listed(names)}"
    help = f"name them: `--columns step=NAME,lr=NAME`; known names are {looked_for}"
    log.refuse("no-learning-rate", message, line, cut(first, 200), help)


def _columns(columns: Mapping[str, str] | str | None) -> dict[str, str]:
    """The columns that the user names, as a mapping or as `step=NAME,lr=NAME`."""
    if isinstance(columns, str):
        parts = [part.partition("=") for part in columns.split(",")]
        given = {key.strip(): name.strip() for key, _, name in parts}
    elif columns is None or isinstance(columns, Mapping):
        given = dict(columns or {})
    else:
        raise TypeError(f"columns must be a mapping or text such as `step=NAME,lr=NAME`, not {type(columns).__name__}")
    for name in (*given, *given.values()):
        check_text("a column", name)
    for key, name in given.items():
        if not COLUMN_KEYS.fullmatch(key) or not name:
            text = f"{key}={name}"
            place = Span(Source("--columns", text), line=0, end_column=max(len(key), 1))
            help = "write for example `step=iteration,lr=rate`; also `epoch`, `loss`, `momentum`, `lr/GROUP`"
            raise SpecError(Diagnostic("bad-option", f"`{text}` names no column", place, help))
    return given


@cache
def _names_of_logs() -> re.Pattern[str]:
    """The names of logs, and of folders inside that of a run which hold some, with a slash after these."""
    from fnmatch import translate  # which files that are given do not need

    patterns = {file for each in LOGS.values() for file in each.files}
    heads = {f"{head}/" if rest else head for head, _, rest in (each.partition("/") for each in patterns)}
    return re.compile("|".join(map(translate, sorted(heads))))


def _may_hold_logs(folder: str) -> bool:
    try:
        return _holds_names(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return False


@lru_cache(maxsize=64)  # many configs of one folder are checked in one call
def _holds_names(folder: str, changed: int) -> bool:
    """Whether a folder, last changed at a time, has a name of a log, or of a folder with logs."""
    return any(map(_names_of_logs().match, _names_in(folder)))


def _names_in(folder: str) -> list[str]:
    """The names in a folder, those of folders with a slash; none if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return [f"{each.name}/" if each.is_dir() else each.name for each in entries]
    except OSError:
        return []


def _matches(folder: str, parts: list[str]) -> Iterator[str]:
    """The paths in a folder that a pattern of names matches, part by part."""
    from fnmatch import filter as matching

    head, *rest = parts
    for name in matching(_names_in(folder), f"{head}/" if rest else head):
        path = os.path.join(folder, name)
        if rest:
            yield from _matches(path.rstrip("/"), rest)
        elif os.path.isfile(path):
            yield path


def _natural(path: str) -> list[tuple[int, str]]:
    """A path for sorting, its numbers by their size."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,18})", path)]


def _files_looked_for() -> str:
    names = sorted(
        {each for log in LOGS.values() for file in log.files if "*" not in (each := file.rpartition("/")[2])}
    )
    return f"looked for {', '.join(f'`{name}`' for name in names)} and others; or give the log's file"
