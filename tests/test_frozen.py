"""Frozen classes answer as the standard library's frozen dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from lrplot.frozen import asdict, field, frozen, replace


@frozen
class Point:
    unit: ClassVar[str] = "m"
    x: float
    y: float = 0.0


@frozen
class Named(Point):
    name: str = field(default="here", compare=False)
    notes: dict[str, str] = field(default_factory=dict, repr=False)
    y: float = 2.0


class Peer:
    """The same two classes from the standard library, under the same names."""

    @dataclass(frozen=True)
    class Point:
        unit: ClassVar[str] = "m"
        x: float
        y: float = 0.0

    @dataclass(frozen=True)
    class Named(Point):
        name: str = dataclasses.field(default="here", compare=False)
        notes: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)
        y: float = 2.0


PAIRS = [(Point, Peer.Point), (Named, Peer.Named)]
CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((1,), {}),
    ((1, 5), {}),
    ((), {"x": 3}),
    ((), {"y": 3, "x": 1}),
    ((1,), {"y": 0.0}),
    ((1, 2, "there"), {}),
    ((1,), {"name": "there", "notes": {"a": "b"}}),
    ((), {}),
    ((), {"y": 1}),
    ((1,), {"x": 1}),
    ((1,), {"z": 1}),
    ((1, 2, 3, {}, 5), {}),
]


def outcome(cls, values, named):
    try:
        made = cls(*values, **named)
    except TypeError:
        return TypeError
    return [getattr(made, each.name) for each in dataclasses.fields(Peer.Named) if hasattr(made, each.name)]


@pytest.mark.parametrize(("values", "named"), CALLS)
@pytest.mark.parametrize(("ours", "peer"), PAIRS)
def test_constructor_takes_what_a_dataclass_takes(ours, peer, values, named):
    assert outcome(ours, values, named) == outcome(peer, values, named)


@pytest.mark.parametrize(("ours", "peer"), PAIRS)
def test_repr_and_signature(ours, peer):
    assert repr(ours(1, y=3)) == repr(peer(1, y=3)).replace("Peer.", "")
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(peer).parameters)
    assert inspect.signature(Point).parameters["y"].default == 0.0


@pytest.mark.parametrize(("ours", "peer"), PAIRS)
def test_equality_and_hash(ours, peer):
    for cls in (ours, peer):
        assert cls(1) == cls(1.0)
        assert cls(1) != cls(2)
        assert cls(1) != (1, 0.0)
    assert Point(1, 2.0) != Named(1, 2.0)
    assert Named(1, name="a") == Named(1, name="b")
    assert hash(Point(1)) == hash(Point(1.0))
    assert len({Point(1), Point(1), Point(2)}) == 2


def test_defaults_are_made_anew():
    assert Named(1).notes is not Named(1).notes


def test_nothing_can_be_set():
    point = Point(1)
    for change in (lambda: setattr(point, "x", 2), lambda: setattr(point, "z", 2), lambda: delattr(point, "x")):
        with pytest.raises(AttributeError, match="Point is frozen"):
            change()
    assert point == Point(1)


def test_replace_and_asdict():
    assert replace(Named(1, name="a"), x=4) == Named(4)
    assert replace(Named(1, name="a"), x=4).name == "a"
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        replace(Point(1), z=1)
    assert asdict(Named(1)) == dataclasses.asdict(Peer.Named(1))


def test_copies_and_pickles():
    named = Named(1, notes={"a": "b"})
    assert copy.deepcopy(named) == named
    assert pickle.loads(pickle.dumps(named)) == named


def test_methods_of_a_class_are_kept():
    @frozen
    class Told:
        x: int

        def __repr__(self) -> str:
            return "told"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Told)

        def __call__(self, question: str) -> str:
            return question

    assert repr(Told(1)) == "told"
    assert Told(1) == Told(2)
    assert hash(Told(1)) == hash((1,))
    assert list(inspect.signature(Told(1)).parameters) == ["question"]


def test_a_constructor_of_its_own_is_kept():
    @frozen
    class Double:
        x: int

        def __init__(self, half: int) -> None:
            object.__setattr__(self, "x", 2 * half)

    assert Double(half=2).x == 4
    assert list(inspect.signature(Double).parameters) == ["half"]


def test_defaults_are_the_attributes_of_the_class():
    assert (Point.y, Named.y, Named.name) == (0.0, 2.0, "here")
    assert not hasattr(Named, "notes")
    assert (Peer.Named.name, hasattr(Peer.Named, "notes")) == ("here", False)


def test_a_field_without_a_default_cannot_follow_one_with():
    with pytest.raises(TypeError, match="Later has a field without a default after one with"):

        @frozen
        class Later(Point):
            z: float


def test_a_constructor_can_be_called_by_several_threads_at_once():
    constructor = Named.__init__  # as a thread has looked it up when another one calls it first
    Named(1)
    late = Named.__new__(Named)
    constructor(late, 2, name="late")
    assert (late, late.name) == (Named(2), "late")


def test_class_variables_are_no_fields():
    def annotated(annotation: Any) -> type:
        return frozen(type("Annotated", (), {"__annotations__": {"a": annotation, "b": "int"}, "a": 1}))

    for annotation in ("ClassVar[int]", "typing.ClassVar[int]", ClassVar[int]):
        assert list(inspect.signature(annotated(annotation)).parameters) == ["b"]
