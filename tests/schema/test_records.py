"""Records: classes whose annotated fields are keys of a mapping."""

from typing import Annotated

from lrplot.schema.fields import fields_of
from lrplot.schema.records import record
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


def test_a_record_equals_only_itself():
    _, wide = pair()
    one = wide(1, width=5)
    assert (one.size, one.depth, one.width) == (1, 2, 5)
    assert one != wide(1, width=5)


def test_the_fields_of_a_record_are_those_of_its_class():
    base, wide = pair()
    assert [field.name for field in fields_of(wide)] == ["size", "depth", "width"]
    assert [field.required for field in fields_of(base)] == [True, False]
