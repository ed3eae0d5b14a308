"""Dataclasses that are made when they are used first."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from operator import attrgetter
from reprlib import recursive_repr
from threading import RLock
from typing import TYPE_CHECKING, Any

_DATACLASS = ("__dataclass_fields__", "__dataclass_params__", "__match_args__", "__init__")
_COMPARISON = ("__eq__", "__hash__")
_MAKING = RLock()


class _Place:
    """Stands for an attribute that a class has as a dataclass, and makes it one when the attribute is read."""

    def __init__(self, owner: type, name: str, options: Mapping[str, bool]) -> None:
        self.owner = owner
        self.name = name
        self.options = options

    def __get__(self, instance: object, cls: type | None = None) -> Any:
        (_compare if self.name in _COMPARISON else _make)(self.owner)
        attribute = vars(self.owner)[self.name]
        return attribute.__get__(instance, cls) if hasattr(attribute, "__get__") else attribute


@recursive_repr()
def _repr(self: Any) -> str:
    values = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


def _refuse_assignment(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


_FROZEN: dict[str, Callable[..., Any]] = {"__setattr__": _refuse_assignment, "__delattr__": _refuse_deletion}
_SHARED = {"__repr__": _repr, **_FROZEN}


def _lazy(cls: type | None = None, /, **options: bool) -> Any:
    """Make a class a standard dataclass, but only when its fields are read or its first object is made.

    The standard library compiles source code for each method of each dataclass. `lrplot show` imports 112 of them, has
    objects of 67 and prints none: that took 0.09 of its 0.93 billion instructions.
    """
    if cls is None:
        return lambda cls: _lazy(cls, **options)
    attributes: dict[str, object] = {"__repr__": _repr} if options.get("repr", True) else {}
    if options.get("frozen"):
        attributes |= _FROZEN
    for name in (*_DATACLASS, *(_COMPARISON if options.get("eq", True) else ())):
        attributes[name] = _Place(cls, name, options)
    for name, value in attributes.items():
        if vars(cls).get(name) is None:  # also the hash of a class with an `__eq__` of its own
            setattr(cls, name, value)
    return cls


def _make(cls: type) -> None:
    """Give a class what the standard library gives a copy of it, so that other threads never see half of it."""
    with _MAKING:
        own = dict(vars(cls))
        place = own["__dataclass_fields__"]
        if not isinstance(place, _Place):
            return
        shared = {name for name, method in _SHARED.items() if own.get(name) is method}
        body = {name: value for name, value in own.items() if not isinstance(value, _Place) and name not in shared}
        copy = type(cls)(cls.__name__, cls.__bases__, body | {"__qualname__": cls.__qualname__})
        full = vars(dataclasses.dataclass(**{**place.options, "repr": False, "eq": False})(copy))
        written = (full.keys() - body.keys() - shared - {*_COMPARISON}) | {*own.get("__annotations__", ())}
        for name in written & full.keys():
            setattr(cls, name, full[name])
        for name in own.keys() - full.keys() - shared - {*_COMPARISON}:  # a default that is made for each object
            delattr(cls, name)


def _compare(cls: type) -> None:
    """Give a class the equality of its compared fields, and their hash if it is frozen, as the standard library has."""
    names = [field.name for field in dataclasses.fields(cls) if field.compare]
    get = attrgetter(*names) if names else lambda one: ()
    values = get if len(names) != 1 else lambda one: (get(one),)

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    frozen = vars(cls)["__dataclass_params__"].frozen
    for name, method in (("__eq__", equal), ("__hash__", hashed if frozen else None)):
        if isinstance(vars(cls).get(name), _Place):
            if method is not None:
                method.__name__, method.__qualname__ = name, f"{cls.__qualname__}.{name}"
            setattr(cls, name, method)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _lazy
