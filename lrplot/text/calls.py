"""Calls of classes in a Python script, with their arguments as located trees; nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import field, replace

from lrplot.diagnostics import Source, Span
from lrplot.lazy import dataclass
from lrplot.text.python import Reader, Unknown, Value, key_of
from lrplot.text.tree import Entry, Mapping, Scalar

UNNAMED = "**"  # the key of arguments that are put in as a mapping which the text does not give


def read_calls(source: Source) -> list[Mapping]:
    """The keyword arguments of each call of a class, one whose name begins with a capital letter, in their order.

    Values are those of `read_python`, as far as names are bound at the top level, in its main block, or before the
    call in the same function. Any other value is a `computed` scalar.
    """
    reader = _Script(source)
    reader.read()
    return sorted(reader.calls, key=lambda call: (call.span.line or 0, call.span.column))


Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class _Script(Reader):
    """Runs through the statements of a script and keeps the calls with what their arguments are there."""

    calls: list[Mapping] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    def finish(self) -> None:
        """Run through the functions, which are called once the whole file is read."""
        while self.functions:
            self._enter(self.functions.pop(0))

    def run(self, statement: ast.stmt) -> None:
        """Follow one statement."""
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions.append(statement)
                super().run(statement)
            case ast.ClassDef(body=body):
                self.functions += [each for each in body if isinstance(each, Function)]
                super().run(statement)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), body=body) | ast.Try(body=body):
                self._run_all(body)
                for part in ast.iter_child_nodes(statement):
                    if part not in body:
                        self._look_at(part)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                for item in items:
                    self._look_at(item)
                self._run_all(body)
            case ast.If() | ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                self._look_at(statement)
            case _:
                self._note_calls(statement)
                super().run(statement)

    def _run_all(self, statements: Iterable[ast.stmt]) -> None:
        for each in statements:
            self.run(each)

    def _look_at(self, node: ast.AST) -> None:
        """Note the calls in a part of a script that may run, or may run several times."""
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                self._hide(each.id, self._span(each))
        self._note_calls(node)

    def _enter(self, function: Function) -> None:
        """Run through a function with what is bound outside of it."""
        outside, later = dict(self.bound), self.functions
        self.functions = []
        arguments = function.args
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
            if each is not None:
                self._hide(each.arg, self._span(function))
        self._run_all(function.body)
        self.finish()
        self.bound, self.functions = outside, later

    def _hide(self, name: str, place: Span) -> None:
        """Bind a name to a value that the text does not give."""
        self.bind(name, self._computed(place, name), place)

    def _note_calls(self, node: ast.AST) -> None:
        for each in ast.walk(node):
            match each:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=[_, *_]) if name[0].isupper():
                    self.calls.append(self._arguments(each))

    def _arguments(self, call: ast.Call) -> Mapping:
        """The keyword arguments of a call; those of a mapping that the text does not give are one, `UNNAMED`."""
        given = [(key_of(each), each.value) for each in call.keywords]
        known = [(key, value) for key, value in given if key or isinstance(self._value(value).node, Mapping)]
        arguments = self._mapping(known, self._span(call)).node
        assert isinstance(arguments, Mapping)
        unknown = [self._value(value).node for pair in given if pair not in known for value in pair[1:] if value]
        return replace(arguments, entries=(*arguments, *(Entry(Scalar(UNNAMED, each.span), each) for each in unknown)))

    def _named(self, name: str, place: Span) -> Value:
        """A name's value at the place where it is used."""
        if name not in self.bound:
            raise Unknown
        return super()._named(name, place)
