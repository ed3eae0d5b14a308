"""Command lines to a located tree: the flags of a command, with variables put in; nothing is run.

Grammar of a shell script, as far as it is read:

    script      = {command (newline | ";" | "&" | "|" | "&&" | "||")}
    command     = {assignment} {word}          words of `[[ … ]]`, `if`, `for` are words like others
    assignment  = name ("=" | "+=") (word | "(" {word} ")")
    word        = {text | '…' | "…" | variable}
    variable    = $name | ${name} | ${name:-word} | ${name[@]} | $((arithmetic)) | $(expr arithmetic)

A line goes on after a backslash at its end, `#` starts a comment before a word. A variable without a value stays
as it is written. Flags are `--key value …`, `--key=value` and `-key value …`; one without a value is true. A key has
`_` for each `-` within it, as Python's argparse stores it, and `--a.b` is `b` in `a`.

Hydra's overrides are words `a.b=value` and `+a.b=value`; beside one of them `a=value` is one, too. A value in square
brackets is a list. If both `a=value` and `a.b=…` are given, the value of `a` itself is at the empty key of its mapping.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.text.expressions import parse_expression
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar

MOST_WORDS = 20_000  # of a command or a variable
MOST_TOKENS = 50_000  # of a script
LONGEST = 1 << 16  # characters of a word
LARGEST = 1 << 20  # characters of all variables that are put in

_FLAG = re.compile(r"--?(?P<key>[A-Za-z][\w.-]*)(?:=(?P<value>.*))?", re.DOTALL)
_OVERRIDE = re.compile(r"\+{0,2}(?P<key>[A-Za-z_]\w*(?P<dotted>(?:\.\w+)*))=(?P<value>.*)", re.DOTALL)
_SCRIPT = re.compile(r".*\.(?:py|sh)")
_NOTHING = re.compile(r"\$(?:\w+|[@*#?!-])|\$\{[^{}]*\}")
_ASSIGNMENT = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<more>\+?)=")
_EXPORTS = {"export", "declare", "local", "readonly", "typeset", "-x", "-g"}
_VARIABLE = re.compile(r"\$(?:\{(?P<braces>[^{}]*)\}|(?P<name>[A-Za-z_]\w*|[0-9@*#?!$-]))")
_BRACES = re.compile(r"(?P<name>[A-Za-z_]\w*|[0-9@*])(?:\[[@*]\])?(?::?[-=](?P<default>.*))?", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<going>\\\r?\n)
      | (?P<blank>[ \t\r]+)
      | (?P<redirect>(?:(?<=[\s])\d)?&?>[>&]?[ \t]*[^\s;|&]*|<+[^\n]*)
      | (?P<end>\n|;;?|&&|\|\|?|&|[()])
      | (?P<single>'[^']*')
      | (?P<double>"(?:\\.|[^"\\])*")
      | (?P<sum>\$\(\((?:[^()]|\([^()]*\))*\)\)|\$\([ ]*expr[ ][^()]*\))
      | (?P<other>\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`)
      | (?P<variable>\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\$\w+|\$[@*\#?!$-])
      | (?P<escape>\\.)
      | (?P<text>[^\s\\'"$`;&|()<>]+|.)""",
    re.VERBOSE | re.DOTALL,
)


def read_shell(source: Source) -> Mapping:
    """The flags of a script's command, and what is assigned before it; of several, the one with the most flags."""
    script = _Script(source)
    words, environment = max(script.commands(), key=lambda command: _flags_in(command[0]), default=([], []))
    return read_words([each.scalar(script) for each in words], Span(source, line=0, end_column=1), environment)


def _flags_in(words: list[_Word]) -> int:
    return sum(each.text.startswith("-") or _is_dotted(each.text) for each in words)


def _is_dotted(word: str) -> bool:
    """Whether a word is one of Hydra's overrides, `a.b=value`."""
    match = _OVERRIDE.fullmatch(word)
    return match is not None and bool(match["dotted"])


def read_words(words: Sequence[Scalar], place: Span, before: Iterable[Entry] = ()) -> Mapping:
    """The flags in a command's words, the last one of a name; further entries stand `before` them.

    A flag's values are the words up to the next flag, or up to a program's name after at least one of them. After
    one of them, a variable without a value is nothing, as in a shell. Hydra's overrides are entries like flags.
    If `place` has no line, neither have the entries: each has the path of its word.
    """
    given: dict[str, Entry] = {each.key.text: each for each in before}
    key: Scalar | None = None
    values: list[Node] = []
    hydra = any(_is_dotted(word.text) for word in words)

    def close() -> None:
        if key is None:
            return
        value: Node = Listing(tuple(values), values[0].span) if len(values) > 1 else Scalar("true", key.span)
        entry = Entry(key, values[0] if len(values) == 1 else value)
        given.pop(key.text, None)
        given[key.text] = entry

    for index, word in enumerate(words):
        if place.line is None:
            word = replace(word, span=replace(place, path=f"{place.path}[{index}]"))
        if match := _FLAG.fullmatch(word.text):
            close()
            key, values = Scalar(match["key"].replace("-", "_"), word.span), []
            if match["value"] is not None:
                values = [_after(word, match.start("value"))]
        elif hydra and (match := _OVERRIDE.fullmatch(word.text)):
            close()
            key, values = Scalar(match["key"], word.span), [_bracketed(_after(word, match.start("value")))]
            close()
            key = None
        elif key is not None and values and _SCRIPT.fullmatch(word.text):
            close()
            key = None
        elif key is not None and not (values and _NOTHING.fullmatch(word.text)):
            values.append(replace(word, quoted=False))
    close()
    return Mapping(_nested(list(given.values()), 0, hydra), place)


def _bracketed(word: Scalar) -> Node:
    """A value in square brackets as a list of its parts; any other as it is."""
    if not (word.text.startswith("[") and word.text.endswith("]")):
        return word
    parts = (part.strip() for part in word.text[1:-1].split(","))
    return Listing(tuple(replace(word, text=part) for part in parts if part), word.span)


def _nested(entries: list[Entry], depth: int, words: bool) -> tuple[Entry, ...]:
    """The entries, those with a dot in their key within a mapping for what stands before it."""
    inner: dict[str, list[Entry]] = {}
    for entry in entries:
        before, dot, _ = entry.key.text.partition(".")
        if dot and depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, entry.key.span))
        inner.setdefault(before, []).append(entry)
    return tuple(_branch(before, parts, depth, words) for before, parts in inner.items())


def _branch(before: str, parts: list[Entry], depth: int, words: bool) -> Entry:
    """The last entry of a name, or the mapping of those with a dot after it; of Hydra's `words`, both."""
    last = parts[-1]
    dotted = [each for each in parts if each.key.text != before]
    if not dotted or (last.key.text == before and not words):
        return last
    shorter = [replace(each, key=replace(each.key, text=each.key.text[len(before) + 1 :])) for each in dotted]
    if words:
        shorter += [replace(each, key=replace(each.key, text="")) for each in parts if each.key.text == before][-1:]
    return Entry(replace(last.key, text=before), Mapping(_nested(shorter, depth + 1, words), dotted[0].key.span))


def _after(word: Scalar, start: int) -> Scalar:
    """The part of a word from a character on."""
    span = word.span
    exact = span.end_column - span.column == len(word.text)
    return Scalar(word.text[start:], replace(span, column=span.column + start) if exact else span)


@dataclass(frozen=True)
class _Word:
    """A word with its variables put in, and where it stands."""

    text: str
    start: int
    stop: int

    def scalar(self, script: _Script) -> Scalar:
        return Scalar(self.text, script.span(self.start, self.stop))


@dataclass
class _Building:
    """A word that is being read; `parts` are whole words of a variable that stands alone."""

    start: int
    text: str = ""
    parts: tuple[_Word, ...] | None = None
    pieces: int = 0

    def add(self, text: str, parts: tuple[_Word, ...] | None = None) -> None:
        self.text += text
        self.pieces += 1
        self.parts = parts if self.pieces == 1 else None


@dataclass
class _Script:
    """Reads a script from its start, noting what is assigned on the way."""

    source: Source
    variables: dict[str, tuple[_Word, ...]] = field(default_factory=dict)
    exports: list[str] = field(default_factory=list)
    tokens: int = 0
    put_in: int = 0

    def span(self, start: int, stop: int) -> Span:
        """The place of characters, at least one."""
        return self.source.span(start, max(stop, start + 1))

    def commands(self) -> Iterator[tuple[list[_Word], list[Entry]]]:
        """The words of each command without its assignments, and the variables in its environment."""
        at = 0
        while at < len(self.source.text):
            words, assigned, at = self._command(at)
            if words:
                names = {**dict.fromkeys(self.exports), **dict.fromkeys(assigned)}
                yield words, [self._entry(name) for name in names]

    def _command(self, at: int) -> tuple[list[_Word], list[str], int]:
        """The words of the command at a place, the names it assigns, and the place after it."""
        words: list[_Word] = []
        assigned: list[str] = []
        exporting = False
        going = True
        while going:
            going = False
            for word, after in self._words(at, len(self.source.text)):
                at = after
                if word is None:
                    break
                match = None if words else _ASSIGNMENT.match(self.source.text, word.start)
                if match:
                    at = self._assign(match, word, at)
                    assigned.append(match["name"])
                    going = True
                    break
                if not words and word.text in _EXPORTS:
                    exporting = True
                    continue
                listed = self.source.text[at : at + 1] == "("
                if listed and _ASSIGNMENT.fullmatch(self.source.text, word.start, at):  # after a word such as `then`
                    at = self._closing(at + 1) + 1
                    going = True
                    break
                words.append(word)
                self._check(len(words), word)
            else:
                at = len(self.source.text)
        if exporting:
            self.exports.extend(assigned)
        return words, assigned, at

    def _entry(self, name: str) -> Entry:
        """A variable as an entry, at the place of its value."""
        values = self.variables[name] or (_Word("", 0, 0),)
        place = self.span(values[0].start, values[0].stop)
        return Entry(Scalar(name, place), Scalar(" ".join(each.text for each in values), place))

    def _assign(self, match: re.Match[str], word: _Word, at: int) -> int:
        """Note an assignment; the place after it."""
        text, start = self.source.text, match.end()
        if text[start : start + 1] == "(":
            close = self._closing(start + 1)
            values = tuple(each for each, _ in self._words(start + 1, close) if each)
            at = close + 1
        elif text[start : start + 1] in ('"', "'") and text[start] == text[at - 1] and at - start > 1:
            values = tuple(each for each, _ in self._words(start + 1, at - 1, text[start] == "'") if each)
        else:
            values = tuple(each for each, _ in self._words(start, at) if each)
        earlier = self.variables.get(match["name"], ()) if match["more"] else ()
        self.variables[match["name"]] = (*earlier, *values)
        self._check(len(earlier) + len(values), word)
        return at

    def _closing(self, start: int) -> int:
        """The place of the bracket that closes a list of words."""
        for match in _TOKEN.finditer(self.source.text, start):
            if match[0] == ")":
                return match.start()
        return len(self.source.text)

    def _words(self, start: int, stop: int, plain: bool = False) -> Iterator[tuple[_Word | None, int]]:
        """Each word in a part of the text and the place after it; None for the end of a command."""
        text, at = self.source.text, start
        word: _Building | None = None
        while at < stop:
            if word is None and text[at] == "#":
                at = min(text.find("\n", at) % (len(text) + 1), stop)
                continue
            match = _TOKEN.match(text, at, stop)
            assert match is not None
            kind, after = match.lastgroup or "", match.end()
            self.tokens += 1
            if self.tokens > MOST_TOKENS:
                raise SpecError(Diagnostic("too-large", "the script is too long", self.span(at, after)))
            if kind in ("blank", "end", "redirect"):
                if word is not None:
                    for each in self._done(word, at):
                        yield each, at
                    word = None
                if kind == "end":
                    yield None, after
            elif kind != "going":
                word = word or _Building(at)
                self._piece(word, kind, match[0], at, plain)
                if _ASSIGNMENT.fullmatch(text, word.start, after) and text[after : after + 1] == "(":
                    yield _Word(word.text, word.start, after), after
                    return
            at = after
        if word is not None:
            for each in self._done(word, stop):
                yield each, stop

    def _done(self, word: _Building, stop: int) -> tuple[_Word, ...]:
        return (_Word(word.text, word.start, stop),) if word.parts is None else word.parts

    def _piece(self, word: _Building, kind: str, token: str, at: int, plain: bool) -> None:
        """Add a token to a word."""
        if plain:
            word.add(token)
        elif kind == "single":
            word.add(token[1:-1])
        elif kind == "double":
            self._quoted(word, token[1:-1], at)
        elif kind == "escape":
            word.add(token[1:])
        elif kind == "sum":
            word.add(self._sum(token))
        elif kind == "variable":
            values = self._value(token, at)
            word.add(token if values is None else self._text(values), values)
        else:
            word.add(token)
        if len(word.text) > LONGEST:
            raise SpecError(Diagnostic("too-large", "a word is too long", self.span(word.start, at)))

    def _quoted(self, word: _Building, text: str, at: int) -> None:
        """Add a text in double quotes; a variable alone keeps the place of its value."""
        if (match := _VARIABLE.fullmatch(text)) and (values := self._value(text, at)):
            whole = match["braces"] and match["braces"].endswith("[@]")
            first = _Word(self._text(values), values[0].start, values[0].stop)
            word.add(first.text, values if whole else (first,))
            return
        word.add(self._filled(text).replace("\\\n", "").replace('\\"', '"').replace("\\$", "$"))

    def _filled(self, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            values = self._value(match[0], 0)
            return match[0] if values is None else self._text(values)

        return _VARIABLE.sub(value, text)[: LONGEST + 1]

    def _text(self, words: tuple[_Word, ...]) -> str:
        """The words of a variable as a text; `SpecError` once too much is put in."""
        text = " ".join(each.text for each in words)
        self.put_in += len(text)
        if self.put_in > LARGEST:
            place = self.span(words[0].start, words[0].stop)
            raise SpecError(Diagnostic("too-large", "its variables make the script too long", place))
        return text

    def _value(self, token: str, at: int) -> tuple[_Word, ...] | None:
        """The words of a variable, or of its default in the token at a place; None if it has no value."""
        match = _BRACES.fullmatch(token[2:-1] if token.startswith("${") else token[1:])
        if match is None:
            return None
        if values := self.variables.get(match["name"]):
            return values
        if match["default"] is None:
            return None
        default = self._filled(match["default"].strip("\"'"))
        start = at + token.find(match["default"])
        return (_Word(default, start, start + len(match["default"])),)

    def _sum(self, token: str) -> str:
        """The whole number that an arithmetic expression gives; the expression if it has no value."""
        text = token[3:-2] if token.startswith("$((") else token[2:-1].replace("expr", "", 1)
        filled = self._filled(re.sub(r"(?<![\w${])([A-Za-z_]\w*)", r"$\1", text)).replace("\\*", "*")
        try:
            return str(_whole(parse_expression(filled.strip())))
        except (ValueError, SyntaxError, ZeroDivisionError, RecursionError, MemoryError):
            return token

    def _check(self, count: int, word: _Word) -> None:
        if count > MOST_WORDS:
            message = f"more than {MOST_WORDS:,} words"
            raise SpecError(Diagnostic("too-large", message, self.span(word.start, word.stop)))


def _whole(node: ast.expr) -> int:
    """The value of an expression of whole numbers, of at most 50 bits."""
    match node:
        case ast.Constant(value=int(value)):
            result = value
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _whole(left), _whole(right)
            match operator:
                case ast.Add():
                    result = a + b
                case ast.Sub():
                    result = a - b
                case ast.Mult():
                    result = a * b
                case ast.Div() | ast.FloorDiv():
                    result = a // b
                case ast.Mod():
                    result = a % b
                case _:
                    raise ValueError(operator)
        case _:
            raise ValueError(node)
    if abs(result) >= 2**50:
        raise ValueError(result)
    return result
