"""Pickles by their opcodes: the state of an object as a tree, with nothing imported or called."""

import enum
import io
import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass, field

import pytest

from lrplot.diagnostics import Source, SpecError
from lrplot.text.pickles import read_pickle
from lrplot.text.tree import Listing, Mapping


class Kind(enum.Enum):
    COSINE = "cosine"


@dataclass
class Inner:
    """An object inside another one."""

    config: dict = field(default_factory=lambda: {"fp16": {"enabled": True}, "lr": "auto"})


@dataclass
class Arguments:
    """An object as torch pickles it."""

    lr: float = 2e-5
    steps: int = -1
    kind: Kind = Kind.COSINE
    name: str = "a"
    flag: bool = True
    nothing: None = None
    items: list = field(default_factory=lambda: [1, (2, 3)])
    inner: Inner = field(default_factory=Inner)
    ordered: OrderedDict = field(default_factory=lambda: OrderedDict(a=1))


class Called:
    """An object that runs code if it is unpickled."""

    def __reduce__(self):
        return eval, ("1/0",)


def plain(node):
    if isinstance(node, Mapping):
        return {entry.key.text: plain(entry.value) for entry in node}
    return [plain(item) for item in node.items] if isinstance(node, Listing) else node.text


def read(content):
    return plain(read_pickle(Source("training_args.bin", content=content)))


def zipped(content, name="archive/data.pkl"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("protocol", range(6))
def test_an_object_is_the_mapping_of_its_state(protocol):
    tree = read(pickle.dumps(Arguments(), protocol))
    assert tree == {
        "lr": "2e-05",
        "steps": "-1",
        "kind": "cosine",
        "name": "a",
        "flag": "true",
        "nothing": "null",
        "items": ["1", ["2", "3"]],
        "inner": {"config": {"fp16": {"enabled": "true"}, "lr": "auto"}},
        "ordered": {"a": "1"},
    }


def test_the_pickle_in_a_zip_file_is_read():
    assert read(zipped(pickle.dumps(Arguments(), 2)))["lr"] == "2e-05"


def test_of_several_pickles_the_object_is_read():
    parts = [pickle.dumps(each, 2) for each in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, Arguments())]
    assert read(b"".join(parts) + b"tensors")["lr"] == "2e-05"


def test_nothing_is_called():
    assert read(pickle.dumps(Called())) == "1/0"
    assert read(pickle.dumps({"a": Called(), "b": print})) == {"a": "1/0", "b": "builtins.print"}


class WithKeywords(str):
    """An object whose class is called with keywords."""

    def __getnewargs_ex__(self):
        return (str(self),), {}


def test_objects_of_every_kind_are_named_or_read():
    content = {"set": {1}, "frozen": frozenset([2]), "bytes": b"1", "complex": 1j, "keywords": WithKeywords("b")}
    assert read(pickle.dumps(content, 4)) == {
        "set": ["1"],
        "frozen": ["2"],
        "bytes": "bytes",
        "complex": "1.0",  # the call's last argument
        "keywords": "b",
    }


@pytest.mark.parametrize(
    ("opcodes", "expected"),
    [
        (b"(I1\nimodule\nName\n.", "1"),  # INST
        (b"(cmodule\nName\nI2\no.", "2"),  # OBJ
        (b"Pstorage\n.", "persid"),
        (b"I0\n(I1\nI2\n1.", "0"),  # POP_MARK
        (b"(I1\nd.", {}),  # a key without a value
        (b"}(I1\nI2\nI3\nu.", {"1": "2"}),
        (b"](lI1\na.", ["1"]),
        (b"I1\n(I2\nI3\n0e.", "1"),  # items for what is no list
    ],
)
def test_rare_opcodes(opcodes, expected):
    assert read(opcodes) == expected


def test_a_number_of_thousands_of_digits_is_named():
    assert read(pickle.dumps({"a": 10**5000}, 2)) == {"a": "int"}


def test_values_have_paths():
    tree = read_pickle(Source("a.bin", content=pickle.dumps(Arguments(), 2)))
    assert tree.get("inner").get("config").get("lr").span.path == "inner.config.lr"


def refused(content):
    with pytest.raises(SpecError) as caught:
        read_pickle(Source("training_args.bin", content=content))
    return caught.value.diagnostics[0]


BROKEN = [b"\x80\x02", b"\x80\x02.", b"\x80\x04\x95", b"\x80\x02}u.", b"\x80\x02h\x00.", b"PK"]


@pytest.mark.parametrize("content", BROKEN)
def test_broken_pickles_are_refused(content):
    assert refused(content).code in ("syntax", "unreadable")


def test_every_cut_of_a_pickle_is_refused_or_read():
    whole = pickle.dumps(Arguments(), 4)
    for stop in range(2, len(whole)):
        refused(whole[:stop])


def test_a_zip_file_without_a_pickle_is_refused():
    assert "data.pkl" in refused(zipped(b"x", "model.xml")).message


def test_a_zip_bomb_is_refused():
    assert refused(zipped(b"\x80\x02" + b"N0" * 3_000_000)).code == "too-large"


def test_shared_objects_that_make_a_large_tree_are_refused():
    value = []
    for _ in range(40):
        value = [value] * 3
    assert refused(pickle.dumps(value, 2)).code == "too-large"


def test_an_object_in_itself_is_refused():
    value = []
    value.append(value)
    assert refused(pickle.dumps(value, 2)).code == "too-deep"
