"""Frozen classes of named fields, as dataclasses are, but ready at once.

A dataclass writes and compiles its methods when its module is imported, half a
millisecond for each class: for all of this package that is as long as importing numpy.
Here the classes share methods, which go by the names of the fields.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_REQUIRED = inspect.Parameter.empty


class _Field:
    """What `field` says of one."""

    def __init__(self, default: Any, factory: Callable[[], Any] | None, compare: bool, repr: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr


def field(
    *,
    default: Any = _REQUIRED,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    repr: bool = True,
) -> Any:
    """A field whose default is made anew for each instance, or that `==` and `hash` or `repr` leave out."""
    return _Field(default, default_factory, compare, repr)


class _Signature:
    """The parameters of a class, in order, for `inspect.signature`."""

    def __get__(self, instance: object, owner: Any) -> inspect.Signature:
        kind, defaults = inspect.Parameter.POSITIONAL_OR_KEYWORD, owner._defaults
        return inspect.Signature(
            [inspect.Parameter(name, kind, default=defaults.get(name, _REQUIRED)) for name in owner._fields]
        )


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Give a class the constructor, `==`, `hash` and `repr` of its annotated fields, and let none be set."""
    names: dict[str, None] = {}
    defaults: dict[str, Any] = {}
    for base in reversed(cls.__mro__[1:]):
        if "_fields" in vars(base):
            names |= dict.fromkeys(base._fields)  # type: ignore[attr-defined]
            defaults |= base._defaults  # type: ignore[attr-defined]
    for name, annotation in inspect.get_annotations(cls).items():
        if not str(annotation).startswith("ClassVar"):
            names[name] = None
            if name in vars(cls):
                defaults[name] = vars(cls)[name]
    made: Any = cls
    made._fields = tuple(names)
    made._defaults = defaults
    special = {name: each for name, each in defaults.items() if isinstance(each, _Field)}
    made._compared = tuple(name for name in names if name not in special or special[name].compare)
    made._shown = tuple(name for name in names if name not in special or special[name].repr)
    made.__signature__ = _Signature()
    for name, method in _METHODS.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


def replace(instance: T, **changes: Any) -> T:
    """A copy with some fields changed."""
    made: Any = instance
    return type(instance)(**{name: getattr(instance, name) for name in made._fields} | changes)


def asdict(instance: object) -> dict[str, Any]:
    """The fields by name."""
    made: Any = instance
    return {name: getattr(instance, name) for name in made._fields}


def _init(self: Any, *values: Any, **named: Any) -> None:
    names = self._fields
    given = values if len(values) == len(names) and not named else _bound(self, values, named)
    for name, value in zip(names, given, strict=True):
        object.__setattr__(self, name, value)


def _bound(self: Any, values: tuple[Any, ...], named: dict[str, Any]) -> Iterable[Any]:
    """A value for each field, in order; what is wrong with a call is said as Python says it."""
    names, called = self._fields, type(self).__name__
    if len(values) > len(names):
        raise TypeError(f"{called}() takes {len(names)} arguments but {len(values)} were given")
    given = dict(zip(names, values, strict=False))
    for name, value in named.items():
        if name in given:
            raise TypeError(f"{called}() got multiple values for argument {name!r}")
        if name not in names:
            raise TypeError(f"{called}() got an unexpected keyword argument {name!r}")
        given[name] = value
    for name in names:
        if name not in given:
            given[name] = _default(self, name)
    return [given[name] for name in names]


def _default(self: Any, name: str) -> Any:
    default = self._defaults.get(name, _REQUIRED)
    if isinstance(default, _Field):
        default = default.factory() if default.factory else default.default
    if default is _REQUIRED:
        raise TypeError(f"{type(self).__name__}() missing a required argument: {name!r}")
    return default


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self._compared])


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown)
    return f"{type(self).__qualname__}({shown})"


def _setattr(self: object, name: str, value: Any) -> None:
    raise AttributeError(f"cannot set {name!r}: {type(self).__name__} is frozen")


def _delattr(self: object, name: str) -> None:
    raise AttributeError(f"cannot delete {name!r}: {type(self).__name__} is frozen")


_METHODS = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
}
