"""Pickles to a located tree by their opcodes: nothing is imported, called or built.

A stack machine runs the opcodes with inert values: a class is its name, a call is a record of the name and its
arguments, an object's state is the mapping that it would get. torch's files are zip files with one pickle, or
several pickles one after the other.
"""

from __future__ import annotations

import io
import pickletools
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar

LARGEST = 4 << 20  # bytes of a pickle in a zip file
MOST_OPCODES = 200_000
MOST_SAVED = 64 << 20  # bytes of the pickle in a checkpoint, and its opcodes
MAPPINGS = ("collections.OrderedDict", "collections.Counter", "collections.defaultdict")
MOST_NODES = 50_000
LONGEST = 10_000  # bits of a whole number

MARK = object()


@dataclass(eq=False)
class Inert:
    """An object that a pickle would import, call or build: its name, its arguments, and the state it would get."""

    name: str
    arguments: tuple[Any, ...] = ()
    state: dict[Any, Any] = field(default_factory=dict)


def read_pickle(source: Source) -> Node:
    """The tree of the object in a pickle, or in a file of torch; each value's place is its path.

    An object is the mapping of its state; a call with one argument, as of an enumeration, is that argument. `SpecError`
    if the bytes are no pickle.
    """
    try:
        value = _last(_pickle(source))
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, EOFError, OverflowError) as error:
        raise _refusal(source, "syntax", f"not a valid pickle: {error}") from None
    return _Tree(source).node(value, "", 0)


def read_values(source: Source, path: Path) -> Any:
    """The object in a file of torch, or in a pickle, as plain data: mappings, lists, numbers and texts.

    Of a zip file only the pickle is read, of an old file only its beginning, so a file may be of any size. A tensor, a
    function or any other object is None; a mapping of a class of its own is that mapping. `SpecError` if the file
    cannot be read or is no pickle.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                content = _inside(source, archive, MOST_SAVED)
        else:
            with path.open("rb") as file:
                content = file.read(MOST_SAVED)
        value = _state(content)
    except OSError as error:
        raise _refusal(source, "unreadable", f"cannot read the file: {error.strerror or error}") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _refusal(source, "unreadable", f"not a valid zip file: {error}") from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, EOFError, OverflowError) as error:
        raise _refusal(source, "syntax", f"not a valid pickle: {error}") from None
    return _plain(value, 0)


def _state(content: bytes) -> Any:
    """The object in a pickle; of several, as in torch's old files, the one after the file's own description."""
    file = io.BytesIO(content)
    value = None
    while file.tell() < len(content):
        value = _Machine(MOST_SAVED).run(file)
        holds = value.state if isinstance(value, Inert) else value
        if isinstance(holds, dict) and "protocol_version" not in holds:
            break
    return value


def _plain(value: Any, depth: int) -> Any:
    """A value without objects: a mapping's class is left out, a call with one mapping is that mapping."""
    if depth > DEEPEST:
        return None
    if isinstance(value, Inert):
        given = value.arguments[0] if len(value.arguments) == 1 else None
        inner = value.state or given
        return _plain(inner, depth + 1) if isinstance(inner, dict) else {} if value.name in MAPPINGS else None
    if isinstance(value, dict):
        return {key: _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    return value if isinstance(value, str | int | float) or value is None else None


def _pickle(source: Source) -> bytes:
    """The pickle in a torch file; other bytes as they are."""
    if not source.content.startswith(b"PK"):
        return source.content
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
            return _inside(source, archive, LARGEST)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise _refusal(source, "unreadable", f"not a valid zip file: {error}") from None


def _inside(source: Source, archive: zipfile.ZipFile, most: int) -> bytes:
    """The pickle in a zip file of torch."""
    names = [each for each in archive.namelist() if each.rpartition("/")[2] == "data.pkl"]
    if not names:
        raise _refusal(source, "unreadable", "the zip file holds no `data.pkl`, as torch's files do")
    with archive.open(names[0]) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise _refusal(source, "too-large", f"the pickle in it has more than {most:,} bytes")
    return content


def _last(content: bytes) -> Any:
    """The object in a pickle; of several, as in torch's old files, the first that has a state, or the last."""
    file = io.BytesIO(content)
    value = None
    while file.tell() < len(content):
        try:
            value = _Machine().run(file)
        except ValueError:
            if value is None:
                raise
            break  # what follows the pickles of an old file is no pickle
        if isinstance(value, Inert) and value.state:
            break
    return value


class _Machine:
    """Runs one pickle's opcodes."""

    def __init__(self, most: int = MOST_OPCODES) -> None:
        self.most = most
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, file: io.BytesIO) -> Any:
        """The object that the next pickle of a file holds."""
        for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if count > self.most:
                raise ValueError(f"it has more than {self.most:,} opcodes")
            if opcode.name == "STOP":
                break
            self._step(opcode.name, argument)
        return self.stack.pop()

    def _step(self, name: str, argument: Any) -> None:
        if action := ACTIONS.get(name):
            action(self)
        elif name in VALUES:
            self.stack.append(argument)
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self.stack.append(self.memo[int(argument)])
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[int(argument)] = self.stack[-1]
        elif name in ("GLOBAL", "INST"):
            arguments = tuple(self._since_mark()) if name == "INST" else ()
            self.stack.append(Inert(argument.replace(" ", "."), arguments))
        elif name in ("PERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER"):
            self.stack.append(Inert(name.lower()))
        elif name not in ("PROTO", "FRAME", "READONLY_BUFFER"):
            raise ValueError(f"opcode {name} is not known")

    def _since_mark(self) -> list[Any]:
        """The values above the last mark, which are taken off with it."""
        at = len(self.stack) - 1
        while self.stack[at] is not MARK:
            at -= 1
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def mark(self) -> None:
        self.stack.append(MARK)

    def pop(self) -> None:
        self.stack.pop()

    def pop_mark(self) -> None:
        self._since_mark()

    def duplicate(self) -> None:
        self.stack.append(self.stack[-1])

    def memoize(self) -> None:
        self.memo[len(self.memo)] = self.stack[-1]

    def listing(self) -> None:
        self.stack.append(self._since_mark())

    def append(self) -> None:
        value = self.stack.pop()
        if isinstance(self.stack[-1], list):
            self.stack[-1].append(value)

    def extend(self) -> None:
        values = self._since_mark()
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(values)

    def mapping(self) -> None:
        values = self._since_mark()
        self.stack.append(dict(_pairs(values)))

    def set_item(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._update([key, value])

    def set_items(self) -> None:
        self._update(self._since_mark())

    def _update(self, values: list[Any]) -> None:
        target = self.stack[-1]
        home = target.state if isinstance(target, Inert) else target
        home.update(_pairs(values))

    def tuple_of(self, count: int) -> None:
        values = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        self.stack.append(values)

    def stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(Inert(f"{module}.{name}"))

    def call(self) -> None:
        """REDUCE, NEWOBJ: a call's name and arguments."""
        arguments, function = self.stack.pop(), self.stack.pop()
        name = function.name if isinstance(function, Inert) else ""
        self.stack.append(Inert(name, tuple(arguments) if isinstance(arguments, list) else ()))

    def call_with_keywords(self) -> None:
        """NEWOBJ_EX: keywords are put aside."""
        self.stack.pop()
        self.call()

    def build_object(self) -> None:
        """OBJ: a class and its arguments above a mark."""
        values = self._since_mark()
        name = values[0].name if isinstance(values[0], Inert) else ""
        self.stack.append(Inert(name, tuple(values[1:])))

    def build(self) -> None:
        """BUILD: an object's state; of a pair, the attributes of both its mappings."""
        state = self.stack.pop()
        target = self.stack[-1]
        parts = state if isinstance(state, list) else [state]
        if isinstance(target, Inert):
            for part in parts:
                if isinstance(part, dict):
                    target.state.update(part)


def _pairs(values: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Keys and values in turn; a key that is no scalar is left out."""
    for key, value in zip(values[::2], values[1::2], strict=False):
        if isinstance(key, str | int | float | bool) or key is None:
            yield key, value


VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
}


def _pushed(value: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(value())


ACTIONS: dict[str, Callable[[_Machine], None]] = {
    "NONE": _pushed(lambda: None),
    "NEWTRUE": _pushed(lambda: True),
    "NEWFALSE": _pushed(lambda: False),
    "EMPTY_DICT": _pushed(dict),
    **dict.fromkeys(("EMPTY_LIST", "EMPTY_TUPLE", "EMPTY_SET"), _pushed(list)),
    "MARK": _Machine.mark,
    "POP": _Machine.pop,
    "POP_MARK": _Machine.pop_mark,
    "DUP": _Machine.duplicate,
    "MEMOIZE": _Machine.memoize,
    **dict.fromkeys(("LIST", "TUPLE", "FROZENSET"), _Machine.listing),
    "APPEND": _Machine.append,
    **dict.fromkeys(("APPENDS", "ADDITEMS"), _Machine.extend),
    "DICT": _Machine.mapping,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "TUPLE1": lambda machine: machine.tuple_of(1),
    "TUPLE2": lambda machine: machine.tuple_of(2),
    "TUPLE3": lambda machine: machine.tuple_of(3),
    "STACK_GLOBAL": _Machine.stack_global,
    **dict.fromkeys(("REDUCE", "NEWOBJ"), _Machine.call),
    "NEWOBJ_EX": _Machine.call_with_keywords,
    "OBJ": _Machine.build_object,
    "BUILD": _Machine.build,
    "BINPERSID": lambda machine: machine.stack.append(Inert(f"persistent {type(machine.stack.pop()).__name__}")),
}


class _Tree:
    """Makes the tree of the values; objects that refer to each other may make it too deep or too large."""

    def __init__(self, source: Source) -> None:
        self.source = Source(source.name)
        self.nodes = 0

    def node(self, value: Any, path: str, depth: int) -> Node:
        """The tree of one value at `path`."""
        span = Span(self.source, path)
        self.nodes += 1
        if depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, span))
        if self.nodes > MOST_NODES:
            raise _refusal(self.source, "too-large", f"more than {MOST_NODES:,} values")
        if isinstance(value, Inert):
            return self._object(value, path, depth)
        if isinstance(value, dict):
            return self._mapping(value, path, depth)
        if isinstance(value, list):
            return Listing(tuple(self.node(each, f"{path}[{i}]", depth + 1) for i, each in enumerate(value)), span)
        if isinstance(value, str):
            return Scalar(value, span, quoted=True)
        if isinstance(value, bool) or value is None:
            return Scalar({True: "true", False: "false", None: "null"}[value], span)
        if (isinstance(value, int) and value.bit_length() < LONGEST) or isinstance(value, float):
            return Scalar(repr(value), span)
        return Scalar(type(value).__name__, span, quoted=True)

    def _mapping(self, value: dict[Any, Any], path: str, depth: int) -> Mapping:
        entries = []
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            entries.append(Entry(Scalar(str(key), Span(self.source, inner)), self.node(item, inner, depth + 1)))
        return Mapping(tuple(entries), Span(self.source, path))

    def _object(self, value: Inert, path: str, depth: int) -> Node:
        """An object as its state; a call as its last argument, if that is a text or number; or else its name."""
        if value.state:
            return self._mapping(value.state, path, depth)
        last = value.arguments[-1] if value.arguments else None
        return self.node(last if isinstance(last, str | int | float) else value.name, path, depth + 1)


def _refusal(source: Source, code: str, message: str) -> SpecError:
    return SpecError(Diagnostic(code, message, Span(source)))
