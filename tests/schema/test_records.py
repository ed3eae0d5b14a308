"""Records: dataclasses that are made late."""

import inspect
from dataclasses import is_dataclass, replace
from typing import Annotated

import pytest

from lrplot.schema.fields import fields_of
from lrplot.schema.records import made, record
from lrplot.schema.types import Count


def pair():
    """A record, and one that extends it."""

    @record
    class Base:
        size: Annotated[int, Count()]
        depth: Annotated[int, Count()] = 2

    @record
    class Wide(Base):
        width: Annotated[int, Count()] = 3

    return Base, Wide


def test_a_record_is_a_dataclass_from_its_first_object_on():
    base, wide = pair()
    assert not is_dataclass(wide)
    one = wide(1, width=5)
    assert (one.size, one.depth, one.width) == (1, 2, 5)
    assert is_dataclass(wide)
    assert is_dataclass(base)
    assert repr(replace(one, depth=7)).endswith("Wide(size=1, depth=7, width=5)")


def test_missing_and_unknown_values_are_refused():
    base, _ = pair()
    with pytest.raises(TypeError, match="size"):
        base()
    with pytest.raises(TypeError, match="other"):
        base(size=1, other=2)


def test_the_fields_of_a_record_are_those_of_its_class():
    base, wide = pair()
    assert [field.name for field in fields_of(wide)] == ["size", "depth", "width"]
    assert [field.required for field in fields_of(base)] == [True, False]


def test_any_other_class_stays_as_it_is():
    class Plain:
        pass

    assert made(Plain) is Plain
    assert not is_dataclass(Plain)
    assert "self" in inspect.signature(Plain.__init__).parameters
