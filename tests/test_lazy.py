"""Lazy dataclasses: standard ones in all that can be seen of them."""

import copy
import dataclasses
import inspect
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, field

import pytest

from lrplot import lazy
from lrplot.diagnostics import Source, Span

OBJECTS = {
    "Base": (2, ["a"]),
    "Wide": (2, ["a"], 5),
    "Child": (2,),
    "Point": (1.5,),
    "Named": (1.5, 2.0),
    "Same": (1,),
    "Count": (),
}
VIEWS = {
    "is a dataclass": lambda cls, one: dataclasses.is_dataclass(cls),
    "fields": lambda cls, one: [(each.name, each.default, each.kw_only, each.repr) for each in dataclasses.fields(cls)],
    "signature": lambda cls, one: str(inspect.signature(cls)),
    "positional patterns": lambda cls, one: cls.__match_args__,
    "default in the class": lambda cls, one: [one() and (getattr(cls, "width", None), hasattr(cls, "names"))],
    "documentation": lambda cls, one: cls.__doc__,
    "names of methods": lambda cls, one: (cls.__init__.__qualname__, cls.__eq__.__qualname__),
    "can be hashed": lambda cls, one: cls.__hash__ is not None,
    "representation": lambda cls, one: repr(one()),
    "equality": lambda cls, one: one() == one(),
    "state": lambda cls, one: vars(copy.copy(one())),
    "as a dictionary": lambda cls, one: dataclasses.asdict(one()),
    "replaced": lambda cls, one: vars(dataclasses.replace(one(), **dict.fromkeys(cls.__match_args__[:1], 7))),
}


def family(dataclass):
    """The same classes by one decorator."""

    @dataclass(eq=False)
    class Base:
        """A base."""

        size: int
        names: list = field(default_factory=list)

        def __post_init__(self):
            self.area = self.size**2

    @dataclass(eq=False)
    class Wide(Base):
        """A class that extends another."""

        width: int = field(default=3, repr=False)

    class Child(Wide):
        """A class that only inherits."""

    @dataclass(frozen=True)
    class Point:
        """A value."""

        x: float
        y: float = 0.0
        label: str = field(default="", compare=False)

    @dataclass(frozen=True)
    class Named(Point):
        """A value with a representation of its own."""

        name: str = "origin"

        def __repr__(self):
            return self.name

    @dataclass(frozen=True)
    class Same:
        """A value that is compared by a method of its own."""

        x: int

        def __eq__(self, other):
            return isinstance(other, Same)

    @dataclass(repr=False)
    class Silent:
        """A class without a representation of its own."""

        number: int = 1

        def __repr__(self):
            return "silent"

    @dataclass(kw_only=True)
    class Count:
        """A class whose objects change."""

        number: int = 1

    return {cls.__name__: cls for cls in (Base, Wide, Child, Point, Named, Same, Count)}


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_lazy_dataclass_looks_like_a_standard_one(name, view):
    ours, theirs = (family(decorator)[name] for decorator in (lazy.dataclass, dataclasses.dataclass))
    seen, expected = (VIEWS[view](cls, lambda cls=cls: cls(*OBJECTS[name])) for cls in (ours, theirs))
    assert seen == expected


def test_nothing_is_compiled_before_the_first_use(monkeypatch):
    made = []
    standard = dataclasses.dataclass
    monkeypatch.setattr(dataclasses, "dataclass", lambda **options: made.append(options) or standard(**options))
    classes = family(lazy.dataclass)
    assert made == []
    classes["Wide"](1)
    classes["Wide"](2)
    assert len(made) == 2  # Wide, and Base that it extends


def test_a_frozen_object_refuses_every_change():
    one = family(lazy.dataclass)["Point"](1.0)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        one.x = 2.0
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        one.other = 2.0
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del one.x


def test_an_object_that_was_not_made_by_its_class_is_compared_and_hashed_by_its_values():
    first, second = (object.__new__(family_class) for family_class in [family(lazy.dataclass)["Point"]] * 2)
    for each in (first, second):
        vars(each).update(x=1.0, y=2.0, label="")
    assert first == second
    assert hash(first) == hash((1.0, 2.0))


def test_a_class_that_begins_by_the_method_of_its_base_sets_the_fields_of_both():
    class Square(family(lazy.dataclass)["Wide"]):
        def __init__(self, side):
            super().__init__(side, ["square"], width=side)

    assert vars(Square(3)) == {"size": 3, "names": ["square"], "width": 3, "area": 9}


def test_a_representation_that_holds_itself_ends():
    one = family(lazy.dataclass)["Base"](1)
    one.names.append(one)
    assert repr(one).endswith("Base(size=1, names=[...])")


def test_missing_and_unknown_values_are_refused():
    wide = family(lazy.dataclass)["Wide"]
    with pytest.raises(TypeError, match="size"):
        wide()
    with pytest.raises(TypeError, match="other"):
        wide(size=1, other=2)


def test_threads_that_make_the_first_objects_at_once_get_whole_ones():
    def make(cls, barrier):
        barrier.wait()
        return cls(1, [], 5)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            with ThreadPoolExecutor(4) as threads:
                objects = list(threads.map(make, [family(lazy.dataclass)["Wide"]] * 4, [threading.Barrier(4)] * 4))
            assert [(one.size, one.area, one.width) for one in objects] == [(1, 1, 5)] * 4
    finally:
        sys.setswitchinterval(interval)


def test_lazy_dataclasses_can_be_pickled():
    span = pickle.loads(pickle.dumps(Span(Source("a"), "lr", 3, 4)))
    assert span == Span(Source("a"), "lr", 3, 4)
