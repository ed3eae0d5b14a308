"""Python files of assignments to a located tree, by their syntax alone: nothing is executed."""

from __future__ import annotations

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace

from lrplot.diagnostics import Diagnostic, Source, Span, SpecError
from lrplot.lazy import dataclass
from lrplot.text.merging import merged
from lrplot.text.tree import DEEPEST, TOO_DEEP, Entry, Listing, Mapping, Node, Scalar
from lrplot.wording import cut

INHERITED = "_base_"  # the name of the files that a config builds on
MOST_NODES = 1 << 16  # values in a tree, with those that a name stands for
MOST_TEXT = 1 << 18  # characters of a file
MOST_BLANKED = 20  # lines that are left out because they do not parse
LARGEST = 1e30  # of the results of arithmetic
LONGEST = 10_000  # characters of a text that is put together

Number = int | float
_OPERATORS: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_FUNCTIONS: dict[str, Callable[..., Number]] = {
    "int": int,
    "float": float,
    "round": round,
    "abs": abs,
    "min": min,
    "max": max,
}
_ASSIGNMENT = re.compile(r"\s*(\w+)\s*(?::[^=]*)?=(?!=)")


def read_python(
    source: Source, imported: Callable[[Scalar], Mapping] | None = None, base: Mapping | None = None
) -> Mapping:
    """The names that a Python file assigns at its top level, and their values as far as its text gives them.

    Values are literals, `dict(…)`, `list(…)` and `tuple(…)`, names that are bound above, arithmetic of numbers, and
    `int`, `float`, `round`, `abs`, `min`, `max` of them. A name that is not bound is its own text. Any other value is
    a `computed` scalar, as is one from a file beside this one, by a relative import. A line that does not parse is left
    out. A class is the mapping of what its body binds and its constructor assigns to `self`; its other methods are
    computed.

    `imported` gives the names of a module in `with read_base(): from MODULE import …`, which are bound then. Without
    it, they are not bound, and the modules are a list of computed scalars under `_base_`. `base` is what is inherited
    from the files under `_base_`: the value of `_base_.name`.
    """
    reader = Reader(source, imported=imported, base=base)
    reader.read()
    values = [(name, each.place, each.value.node) for name, each in reader.bound.items()]
    classes = [(name, each.place, each.mapping) for name, each in reader.classes.items() if each.attributes]
    entries = tuple(Entry(Scalar(name, place), node) for name, place, node in (*values, *classes))
    return Mapping(entries, source.span(0, 1))


@dataclass(frozen=True)
class Value:
    """A node, the number of nodes in it and the levels of nesting."""

    node: Node
    size: int = 1
    depth: int = 0


@dataclass(frozen=True)
class Binding:
    """The value of a name, and the place at which it is assigned."""

    value: Value
    place: Span


@dataclass(frozen=True)
class Class:
    """The attributes of a class, and the place of its definition."""

    attributes: dict[str, Binding]
    place: Span

    @property
    def mapping(self) -> Mapping:
        """The attributes as a node."""
        entries = (Entry(Scalar(name, each.place), each.value.node) for name, each in self.attributes.items())
        return Mapping(tuple(entries), self.place)


class Unknown(Exception):
    """An expression whose value the text does not give."""


@dataclass
class Reader:
    """Runs through the statements of a file and keeps what names are bound to."""

    source: Source
    bound: dict[str, Binding] = field(default_factory=dict)
    size: int = 0
    classes: dict[str, Class] = field(default_factory=dict)
    imported: Callable[[Scalar], Mapping] | None = None
    base: Mapping | None = None
    inherited: set[str] = field(default_factory=set)  # names bound by an import and not assigned since

    def read(self) -> None:
        """Run through the whole file; `SpecError` if it is too long or too deep."""
        if len(self.source.text) > MOST_TEXT:
            message = f"a Python file is read up to {MOST_TEXT:,} characters"
            raise SpecError(Diagnostic("too-large", message, self.source.span(0, 1)))
        try:
            for statement in self.statements():
                self.run(statement)
            self.finish()
        except (RecursionError, MemoryError):
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, self.source.span(0, 1))) from None

    def finish(self) -> None:
        """Do what is left after the last statement."""

    def statements(self) -> Iterator[ast.stmt]:
        """The statements at the top level; a name that a line assigns that does not parse is bound as computed."""
        lines = list(self.source.lines)
        for _ in range(MOST_BLANKED):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of escapes in texts
                    module = ast.parse("\n".join(lines))
            except SyntaxError as error:
                number = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
                if not lines[number].strip():
                    raise self._unparsed(error, number) from None
                if match := _ASSIGNMENT.match(lines[number]):
                    place = Span(self.source, match[1], number, *match.span(1))
                    self.bind(match[1], self._computed(place, lines[number][match.end() :]), place)
                lines[number] = ""
            except ValueError as error:  # a null byte
                raise self._unparsed(error, 0) from None
            else:
                yield from module.body
                return
        raise self._unparsed("too many lines that do not parse", number)

    def _unparsed(self, reason: object, line: int) -> SpecError:
        text = str(reason).partition(" (<")[0]
        written = self.source.lines[line]
        place = Span(self.source, "", line, len(written) - len(written.lstrip()), len(written))
        return SpecError(Diagnostic("syntax", f"not valid Python: {text}", place))

    def run(self, statement: ast.stmt) -> None:
        """Follow one statement."""
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, self._value(value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self._value(value))
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                old = ast.copy_location(ast.Name(target.id, ast.Load()), target)
                self._assign(target, self._value(ast.copy_location(ast.BinOp(old, op, value), statement)))
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.bound.pop(target.id, None)
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id="read_base")))], body=body):
                self._inherit([each for each in body if isinstance(each, ast.ImportFrom)], self._span(statement))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=method)) as call):
                self._call_method(target, method, call)
            case ast.ImportFrom(names=names, level=level) if level:
                for each in names:
                    self.bind(each.asname or each.name, self._computed(self._span(each), each.name), self._span(each))
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for each in names:
                    self.bound.pop((each.asname or each.name).partition(".")[0], None)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self.bound.pop(name, None)
                self.classes.pop(name, None)
            case ast.ClassDef(name=name):
                self.bound.pop(name, None)
                self.classes[name] = self._class(statement)
            case _:
                self._forget(statement)

    def _inherit(self, imports: list[ast.ImportFrom], place: Span) -> None:
        """Bind the names that come from modules; the modules themselves if they cannot be read here."""
        modules = [Scalar("." * each.level + (each.module or ""), self._span(each), computed=True) for each in imports]
        if self.imported is None:
            self.bind(INHERITED, self._listing([Value(each) for each in modules], place), place)
            return
        for module, statement in zip(modules, imports, strict=True):
            entries = {each.key.text: each for each in self.imported(module)}
            names = {each.asname or each.name: each.name for each in statement.names}
            for name, own in {each: each for each in entries}.items() if "*" in names else names.items():
                if own in entries:
                    self.bind(name, self._checked(_measured(entries[own].value)), entries[own].key.span)
                    self.inherited.add(name)

    def _call_method(self, target: ast.expr, method: str, call: ast.Call) -> None:
        """Follow `name[key].update(…)`, and `merge`, `append` and `extend`; after another one, the name is computed."""
        name, keys = self._path(target)
        if name not in self.bound:
            self._lose(target)
            return
        old, inherited = self.bound[name], name in self.inherited
        try:
            node = _at(old.value.node, keys)
            if method in ("update", "merge") and isinstance(node, Mapping):
                pairs = [(None, each) for each in call.args]
                given = self._mapping([*pairs, *((key_of(each), each.value) for each in call.keywords)], node.span)
                assert isinstance(given.node, Mapping)
                deletes = method == "merge"
                new: Node = merged(node, given.node, inherited or deletes, deletes)
            elif method in ("append", "extend") and isinstance(node, Listing) and len(call.args) == 1:
                given = self._value(call.args[0])
                if method == "append":
                    new = replace(node, items=(*node.items, given.node))
                elif isinstance(given.node, Listing):
                    new = replace(node, items=(*node.items, *given.node.items))
                else:
                    raise Unknown
            else:
                raise Unknown
            changed = _changed(old.value.node, keys, new)
        except Unknown:
            self._lose(target)
            return
        depth = max(old.value.depth, given.depth + len(keys) + 1)
        self._rebind(name, self._checked(Value(changed, old.value.size + given.size, depth)), old.place)

    def _rebind(self, name: str, value: Value, place: Span) -> None:
        """Change the value of a name that stays inherited if it is."""
        inherited = name in self.inherited
        self.bind(name, value, place)
        self.inherited |= {name} if inherited else set()

    def _path(self, target: ast.expr) -> tuple[str, list[Scalar]]:
        """The name and the keys of `name[key].key`; no name if a key is computed or there is no name.

        Attributes are keys of what is inherited alone.
        """
        keys: list[Scalar] = []
        part = target
        while isinstance(part, ast.Subscript | ast.Attribute):
            if isinstance(part, ast.Attribute):
                key: Node = Scalar(part.attr, self._span(part))
            else:
                key = self._value(part.slice).node
            keys.insert(0, key if isinstance(key, Scalar) else Scalar("", key.span, computed=True))
            attribute = isinstance(part, ast.Attribute)
            part = part.value
            if keys[0].computed or (attribute and not self._is_inherited(part)):
                return "", []
        if not isinstance(part, ast.Name) or part.id != INHERITED:
            return (part.id if isinstance(part, ast.Name) else ""), keys
        value = self.base.get(keys[0].text) if self.base and keys else None
        if value is None:
            return "", []
        name, place = keys[0].text, keys[0].span
        if name not in self.bound:
            self.bind(name, self._checked(_measured(value)), place)
            self.inherited.add(name)
        return name, keys[1:]

    def _is_inherited(self, part: ast.expr) -> bool:
        """Whether a part of `name.key[key]` belongs to what is inherited, whose keys are attributes, too."""
        name = _root(part)[0]
        return name in self.inherited or (name == INHERITED and self.base is not None)

    def _class(self, definition: ast.ClassDef) -> Class:
        """The names that a class binds, and those that its constructor assigns to `self`."""
        inner = Reader(self.source, dict(self.bound), self.size)
        own = Class({}, self._span(definition))
        constructor: ast.FunctionDef | None = None
        for each in definition.body:
            match each:
                case ast.FunctionDef(name="__init__"):
                    constructor = each
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    place = self._span(each)
                    own.attributes[name] = Binding(self._computed(place, self._text(each)), place)
                case ast.Assign() | ast.AnnAssign():
                    inner.run(each)
        own.attributes.update({key: each for key, each in inner.bound.items() if self.bound.get(key) is not each})
        if constructor is not None:
            inner.classes = {**self.classes, "self": own}
            for argument in (*constructor.args.args, *constructor.args.kwonlyargs):
                place = self._span(constructor)
                inner.bind(argument.arg, self._computed(place, argument.arg), place)
            inner.bound.pop("self", None)
            for each in constructor.body:
                inner.construct(each, own)
        self.size = inner.size
        return own

    def construct(self, statement: ast.stmt, own: Class) -> None:
        """Follow one statement of a constructor."""
        match statement:
            case (
                ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name) as target], value=value)
                | ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name) as target, value=value)
            ) if value is not None:
                own.attributes[name] = Binding(self._value(value), self._span(target))
                return
        for node in ast.walk(statement):
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    place = self._span(node)
                    own.attributes[name] = Binding(self._computed(place, self._text(statement)), place)
        self.run(statement)

    def _forget(self, statement: ast.stmt) -> None:
        """Names that a statement may change are computed."""
        for node in ast.walk(statement):
            match node:
                case ast.Name(id=name, ctx=ast.Store()):
                    place = self._span(node)
                    self.bind(name, self._computed(place, self._text(statement)), place)
                case ast.Call(func=ast.Attribute(value=target)):
                    self._lose(target)
                case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                    self._lose(node)

    def _lose(self, target: ast.expr) -> None:
        """The name that a part of `name.key[key]` belongs to is computed; of inherited names, the one that is meant."""
        name, key = _root(target)
        name = key if name == INHERITED and key else name
        if name != "self":
            self.classes.pop(name, None)
        if name in self.bound or key == name:
            place = self._span(target)
            self.bind(name, self._computed(place, self._text(target)), place)

    def _assign(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self.bind(name, value, self._span(target))
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                items = value.node.items if isinstance(value.node, Listing) else ()
                for i, each in enumerate(targets):
                    known = len(items) == len(targets)
                    node = items[i] if known else self._computed(value.node.span, "…").node
                    self._assign(each, replace(value, node=node))
            case ast.Subscript() | ast.Attribute():
                self._assign_inside(target, value)

    def _assign_inside(self, target: ast.Subscript | ast.Attribute, value: Value) -> None:
        """Follow `name[key][key] = value`, and `name.key = value` for a name that is inherited."""
        name, keys = self._path(target)
        if name not in self.bound:
            self._override(target, value)
            return
        old = self.bound[name]
        try:
            node = _changed(old.value.node, keys, value.node)
        except Unknown:
            new = self._computed(self._span(target), self._text(target))
        else:
            depth = max(old.value.depth, value.depth + len(keys))
            new = self._checked(Value(node, old.value.size + value.size, depth))
        self._rebind(name, new, old.place)

    def _override(self, target: ast.expr, value: Value) -> None:
        """Follow `_base_.key.key = value`: in the config itself, the entry stands over what is inherited."""
        keys: list[Scalar] = []
        part = target
        while isinstance(part, ast.Attribute | ast.Subscript):
            name = part.attr if isinstance(part, ast.Attribute) else getattr(part.slice, "value", None)
            keys.insert(0, Scalar(name, self._span(part)) if isinstance(name, str) else Scalar("", value.node.span))
            part = part.value
        known = isinstance(part, ast.Name) and part.id == INHERITED and all(key.text for key in keys)
        if not known or keys[0].text in self.bound:
            self._lose(target)
            return
        node = value.node
        for key in reversed(keys[1:]):
            node = Mapping((Entry(key, node),), key.span)
        self.bind(keys[0].text, self._checked(replace(value, node=node, depth=value.depth + len(keys))), keys[0].span)

    def bind(self, name: str, value: Value, place: Span) -> None:
        """Bind a name to a value."""
        self.bound.pop(name, None)
        self.inherited.discard(name)
        self.bound[name] = Binding(value, place)

    def _value(self, expression: ast.expr) -> Value:
        """The value of an expression; if the text does not give it, the expression as a computed scalar."""
        try:
            return self._checked(self._known(expression))
        except Unknown:
            return self._computed(self._span(expression), self._text(expression))

    def _checked(self, value: Value) -> Value:
        self.size += 1
        if value.depth > DEEPEST:
            raise SpecError(Diagnostic("too-deep", TOO_DEEP, value.node.span))
        if value.size > MOST_NODES or self.size > MOST_NODES:
            raise SpecError(Diagnostic("too-large", f"more than {MOST_NODES:,} values", value.node.span))
        return value

    def _known(self, expression: ast.expr) -> Value:
        place = self._span(expression)
        match expression:
            case ast.Set(elts=[ast.Set(elts=[inner])]):  # `{{name}}`, as mmengine writes a value of an inherited file
                return self._known(inner)
            case ast.Constant(value=value):
                return Value(self._constant(value, expression, place))
            case ast.Name(id=name):
                if name == INHERITED and self.base is not None:
                    return _measured(self.base)
                return self._named(name, place)
            case ast.Attribute(value=ast.Name(id=name), attr=key) if name in self.classes and name not in self.bound:
                return self._attribute(self.classes[name], key, place)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return self._listing([self._value(each) for each in items], place)
            case ast.Dict(keys=keys, values=values):
                return self._mapping(zip(keys, values, strict=True), place)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=keywords) if name not in self.bound:
                return self._called(name, arguments, keywords, place)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                number = _number(self._value(operand).node)
                return Value(Scalar(repr(-number if isinstance(sign, ast.USub) else number), place))
            case ast.BinOp(left=left, op=op, right=right):
                return self._combined(self._value(left), op, self._value(right), place)
            case ast.Subscript(value=outer, slice=key):
                found = _inside(self._value(outer), self._value(key).node)
                return replace(found, node=replace(found.node, span=place))
            case ast.Attribute(value=outer, attr=name) if self._is_inherited(outer):
                found = _inside(self._value(outer), Scalar(name, place))
                return replace(found, node=replace(found.node, span=place))
        raise Unknown

    def _named(self, name: str, place: Span) -> Value:
        """A name's value at the place where it is used; a name that is not bound is text."""
        if name not in self.bound:
            return Value(Scalar(name, place))
        value = self.bound[name].value
        if isinstance(value.node, Scalar) and value.node.computed:
            raise Unknown
        return replace(value, node=replace(value.node, span=place))

    def _attribute(self, owner: Class, key: str, place: Span) -> Value:
        """The value of a class's attribute at the place where it is used."""
        if key not in owner.attributes:
            raise Unknown
        value = owner.attributes[key].value
        if isinstance(value.node, Scalar) and value.node.computed:
            raise Unknown
        return replace(value, node=replace(value.node, span=place))

    def _called(self, name: str, arguments: list[ast.expr], keywords: list[ast.keyword], place: Span) -> Value:
        if name == "dict":
            given = [self._value(each) for each in arguments]
            pairs = [(None, each) for each in arguments if isinstance(each, ast.Name | ast.Dict | ast.Call)]
            if len(pairs) != len(given):
                raise Unknown
            return self._mapping([*pairs, *((key_of(each), each.value) for each in keywords)], place)
        values = [self._value(each) for each in arguments]
        if name in ("list", "tuple") and not keywords and len(values) < 2:
            items = values or [Value(Listing((), place))]
            if isinstance(items[0].node, Listing):
                return replace(items[0], node=replace(items[0].node, span=place))
        if name in _FUNCTIONS and not keywords and values:
            return Value(Scalar(repr(_computed(_FUNCTIONS[name], [_number(each.node) for each in values])), place))
        raise Unknown

    def _mapping(self, pairs: Iterable[tuple[ast.expr | None, ast.expr]], place: Span) -> Value:
        """A mapping of keys and values; with None for a key, the entries of the value."""
        entries: dict[str, Entry] = {}
        size, depth = 1, 0
        for key, expression in pairs:
            value = self._value(expression)
            size, depth = size + value.size, max(depth, value.depth + 1)
            if key is None:
                if not isinstance(value.node, Mapping):
                    raise Unknown
                entries |= {each.key.text: each for each in value.node}
                continue
            name = self._value(key).node
            if not isinstance(name, Scalar) or name.computed:
                raise Unknown
            entries[name.text] = Entry(name, value.node)
        return Value(Mapping(tuple(entries.values()), place), size, depth)

    def _listing(self, values: list[Value], place: Span) -> Value:
        size = 1 + sum(value.size for value in values)
        depth = 1 + max((value.depth for value in values), default=0)
        return Value(Listing(tuple(value.node for value in values), place), size, depth)

    def _combined(self, left: Value, op: ast.operator, right: Value, place: Span) -> Value:
        """The result of arithmetic, or lists or texts put together."""
        match left.node, op, right.node:
            case Listing(items=first), ast.Add(), Listing(items=second):
                depth = max(left.depth, right.depth)
                return self._checked(Value(Listing(first + second, place), left.size + right.size, depth))
            case Listing(items=items), ast.Mult(), Scalar():
                times = _number(right.node)
                if not isinstance(times, int):
                    raise Unknown
                size = max(left.size * times, 1)
                self._checked(replace(left, size=size))
                return Value(Listing(items * times, place), size, left.depth)
            case Scalar(text=first, quoted=True), ast.Add(), Scalar(text=second, quoted=True):
                if len(first) + len(second) > LONGEST:
                    raise Unknown
                return Value(Scalar(first + second, place, quoted=True))
        numbers = [_number(left.node), _number(right.node)]
        function = _power if isinstance(op, ast.Pow) else _OPERATORS.get(type(op))
        if function is None:
            raise Unknown
        return Value(Scalar(repr(_computed(function, numbers)), place))

    def _constant(self, value: object, expression: ast.Constant, place: Span) -> Scalar:
        match value:
            case None:
                return Scalar("null", place)
            case bool():
                return Scalar(str(value).lower(), place)
            case str():
                return Scalar(value, place, quoted=True)
            case int() | float() if abs(value) < math.inf:
                written = self._text(expression)
                decimal = re.fullmatch(r"[0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9]+)?", written)
                return Scalar(written if decimal else repr(value), place)
        raise Unknown

    def _computed(self, place: Span, text: str) -> Value:
        return Value(Scalar(cut(text.strip()), place, computed=True))

    def _span(self, node: ast.expr | ast.stmt | ast.AST) -> Span:
        """The place of a node: its part in its first line."""
        assert isinstance(node, ast.expr | ast.stmt | ast.alias)
        line = node.lineno - 1
        text = self.source.lines[line]
        end = len(text) if node.end_lineno != node.lineno else _column(text, node.end_col_offset or 0)
        return Span(self.source, "", line, _column(text, node.col_offset), end)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        """A node's text in its first line."""
        span = self._span(node)
        return self.source.lines[node.lineno - 1][span.column : span.end_column]


def _column(line: str, offset: int) -> int:
    """The column of a byte's offset in a line."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))


def key_of(keyword: ast.keyword) -> ast.expr | None:
    """The name of a keyword argument as a text; None for `**`."""
    if keyword.arg is None:
        return None
    text = ast.Constant(keyword.arg)
    text.lineno, text.col_offset = keyword.lineno, keyword.col_offset
    text.end_lineno, text.end_col_offset = keyword.lineno, keyword.col_offset + len(keyword.arg.encode())
    return text


def _root(target: ast.expr) -> tuple[str, str]:
    """The name at the beginning of `name.key[key]` and the first key; empty if there is none."""
    key = ""
    while isinstance(target, ast.Attribute | ast.Subscript):
        if isinstance(target, ast.Attribute):
            key = target.attr
        else:
            index = target.slice.value if isinstance(target.slice, ast.Constant) else ""
            key = index if isinstance(index, str) else ""
        target = target.value
    return target.id if isinstance(target, ast.Name) else "", key


def _number(node: Node) -> Number:
    if not isinstance(node, Scalar) or node.quoted or node.computed:
        raise Unknown
    try:
        return int(node.text)
    except ValueError:
        pass
    try:
        return float(node.text)
    except ValueError:
        raise Unknown from None


def _computed(function: Callable[..., Number], numbers: list[Number]) -> Number:
    try:
        value = function(*numbers)
    except (ArithmeticError, ValueError, TypeError):
        raise Unknown from None
    if isinstance(value, complex) or not abs(value) < LARGEST:
        raise Unknown
    return value


def _power(base: Number, exponent: Number) -> Number:
    if abs(exponent) > 100:
        raise Unknown
    value: Number = base**exponent
    return value


def _inside(value: Value, key: Node) -> Value:
    """The value at a key of a mapping or a list."""
    node: Node | None = None
    if isinstance(value.node, Mapping) and isinstance(key, Scalar):
        node = value.node.get(key.text)
    elif isinstance(value.node, Listing):
        place = _number(key)
        if isinstance(place, int) and -len(value.node.items) <= place < len(value.node.items):
            node = value.node.items[place]
    if node is None:
        raise Unknown
    return replace(value, node=node)


def _at(node: Node, keys: list[Scalar]) -> Node:
    """The node at a path of keys."""
    value = Value(node)
    for key in keys:
        value = _inside(value, key)
    return value.node


def _measured(node: Node) -> Value:
    """A node with its size and depth."""
    if isinstance(node, Scalar):
        return Value(node)
    inner = [_measured(each) for each in _children(node)]
    return Value(node, 1 + sum(each.size for each in inner), 1 + max((each.depth for each in inner), default=0))


def _children(node: Mapping | Listing) -> Iterable[Node]:
    return node.items if isinstance(node, Listing) else (each.value for each in node)


def _changed(node: Node, keys: list[Scalar], value: Node) -> Node:
    """A node with another value at a path of keys."""
    if not keys:
        return value
    key, *rest = keys
    if isinstance(node, Mapping):
        old = node.get(key.text)
        if old is None and rest:
            raise Unknown
        new = Entry(key, _changed(old, rest, value) if old is not None else value)
        kept = (each for each in node if each.key.text != key.text)
        return replace(node, entries=(*kept, new))
    if isinstance(node, Listing):
        place = _number(key)
        if isinstance(place, int) and 0 <= place < len(node.items):
            items = list(node.items)
            items[place] = _changed(items[place], rest, value)
            return replace(node, items=tuple(items))
    raise Unknown
