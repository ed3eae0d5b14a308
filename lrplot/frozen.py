"""Frozen classes of named fields, as dataclasses are, but ready at once.

A dataclass writes and compiles all its methods when its module is imported, half a
millisecond for each class: for the hundred that a run imports, as long as numpy takes. Here
a constructor is compiled for the classes that are used, and the other methods are shared.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_REQUIRED = inspect.Parameter.empty
_ANEW = object()  # stands for a default that is made anew


class _Field:
    """What `field` says of one."""

    def __init__(self, default: Any, factory: Callable[[], Any] | None, compare: bool, repr: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is _REQUIRED and not self.factory


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
    """The parameters of a class, for `inspect.signature`."""

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        if instance is not None:  # which may be called itself, with other parameters
            raise AttributeError("__signature__")
        whole = inspect.signature(_constructor(owner))
        return whole.replace(parameters=list(whole.parameters.values())[1:])


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Give a class the constructor, `==`, `hash` and `repr` of its annotated fields, and let none be set."""
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= vars(base).get("_fields", {})
    for name, annotation in inspect.get_annotations(cls).items():
        if "ClassVar" not in str(annotation).partition("[")[0]:
            given = vars(cls).get(name, _REQUIRED)
            fields[name] = given if isinstance(given, _Field) else _Field(given, None, compare=True, repr=True)
            if isinstance(given, _Field):  # of a class, the attribute is the default, if anything
                delattr(cls, name) if given.default is _REQUIRED else setattr(cls, name, given.default)
    required = [each.required for each in fields.values()]
    if sorted(required, reverse=True) != required:
        raise TypeError(f"{cls.__qualname__} has a field without a default after one with")
    made: Any = cls
    made._fields = fields
    made._compared = [name for name, each in fields.items() if each.compare]
    methods = _METHODS
    if "__init__" not in vars(cls):
        made.__signature__ = _Signature()
        methods = {**_METHODS, "__init__": _first_call(cls)}
    for name, method in methods.items():
        if vars(cls).get(name) is None:  # as `__hash__` is beside an `__eq__`
            setattr(cls, name, method)
    return cls


def replace(instance: T, **changes: Any) -> T:
    """A copy with some fields changed."""
    return type(instance)(**asdict(instance) | changes)


def asdict(instance: object) -> dict[str, Any]:
    """The fields by name."""
    made: Any = instance
    return {name: getattr(instance, name) for name in made._fields}


def _first_call(cls: Any) -> Callable[..., None]:
    """A constructor that compiles the one that takes its place."""

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        cls.__init__ = _constructor(cls)
        cls.__init__(self, *values, **named)

    return __init__


def _constructor(cls: Any) -> Callable[..., None]:
    known: dict[str, Any] = {"_set": object.__setattr__, "_ANEW": _ANEW}
    parameters, lines = ["self"], []
    for name, each in cls._fields.items():
        value = name
        if each.factory:
            known[f"_make_{name}"] = each.factory
            value = f"_make_{name}() if {name} is _ANEW else {name}"
            parameters.append(f"{name}=_ANEW")
        elif each.required:
            parameters.append(name)
        else:
            known[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        lines.append(f"    _set(self, {name!r}, {value})")
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *(lines or ["    pass"])]), known)
    constructor: Callable[..., None] = known["__init__"]
    constructor.__qualname__ = f"{cls.__qualname__}.__init__"
    return constructor


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self._compared])


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name, each in self._fields.items() if each.repr)
    return f"{type(self).__qualname__}({shown})"


def _setattr(self: object, name: str, value: Any) -> None:
    raise AttributeError(f"cannot set {name!r}: {type(self).__name__} is frozen")


def _delattr(self: object, name: str) -> None:
    raise AttributeError(f"cannot delete {name!r}: {type(self).__name__} is frozen")


_METHODS = {
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
}
