"""What the readers are tried with: shipped specs and configs bent out of shape, random trees, attacks, grown specs.

Document `i` of a seed is always the same bytes, so that whatever fails can be had again.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from fuzz.attacks import ATTACKS
from fuzz.grammar import grown_spec
from fuzz.vocabulary import NAMES, PIECES, SCALARS, WORDS
from support import ROOT

Rng = random.Random
SUFFIXES = ("yaml", "json", "toml")
BARE = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false")


@dataclass(frozen=True)
class Document:
    """A file's content and suffix, and how it was made."""

    content: bytes
    suffix: str
    origin: str


def document(index: int, seed: int = 0) -> Document:
    """One document of the endless row that a seed stands for."""
    rng = Rng(f"{seed}/{index}")
    makers = (_mutated_file, _mutated_text, _mutated_tree, _random_tree, _attack, _grown_spec, _mutated_config)
    return rng.choices(makers, (4, 2, 2, 1, 1, 3, 3))[0](rng)


@cache
def shipped() -> tuple[str, ...]:
    """The shipped specs as they are written."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted((ROOT / "configs").glob("*.yaml")))


@cache
def configs() -> tuple[tuple[bytes, str], ...]:
    """Examples of training programs' configs, each with its suffix."""
    paths = sorted((ROOT / "tests" / "trainers" / "examples").iterdir())
    return tuple((path.read_bytes(), path.suffix[1:]) for path in paths)


@cache
def corpus() -> tuple[Any, ...]:
    """Valid specs as trees of text: the shipped ones, and every seventh of the frameworks' reference cases."""
    trees = [yaml.load(text, Loader=yaml.BaseLoader) for text in shipped()]
    for path in sorted((ROOT / "tests" / "frameworks" / "references").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[1::7]:
            trees.append(_texts(json.loads(line)[0]))
    return tuple(trees)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item) for item in value]
    return value if isinstance(value, str) else json.dumps(value)


def _mutated_file(rng: Rng) -> Document:
    return Document(mutated(rng, rng.choice(shipped()).encode()), "yaml", "shipped file, mutated")


def _mutated_config(rng: Rng) -> Document:
    content, suffix = rng.choice(configs())
    return Document(mutated(rng, content), suffix, "config, mutated")


def _mutated_text(rng: Rng) -> Document:
    suffix = rng.choice(SUFFIXES)
    return Document(mutated(rng, written(rng.choice(corpus()), suffix).encode()), suffix, "valid spec, mutated as text")


def _mutated_tree(rng: Rng) -> Document:
    tree = rng.choice(corpus())
    for _ in range(rng.randint(1, 2)):
        tree = bent(rng, tree)
    suffix = rng.choice(SUFFIXES)
    return Document(written(tree, suffix).encode("utf-8", "replace"), suffix, "valid spec, mutated as a tree")


def _random_tree(rng: Rng) -> Document:
    tree = {"steps": "1000", "lr": "1e-3", "schedule": grown(rng, 3)}
    for _ in range(rng.randint(0, 4)):
        tree[rng.choice(WORDS)] = grown(rng, 2)
    suffix = rng.choice(SUFFIXES)
    return Document(written(tree, suffix).encode("utf-8", "replace"), suffix, "random tree")


def _grown_spec(rng: Rng) -> Document:
    suffix = rng.choice(SUFFIXES)
    return Document(written(grown_spec(rng), suffix).encode("utf-8", "replace"), suffix, "grown from the grammar")


def _attack(rng: Rng) -> Document:
    name = rng.choice(list(ATTACKS))
    content, suffix = ATTACKS[name](rng)
    return Document(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"), suffix, name)


def mutated(rng: Rng, content: bytes) -> bytes:
    """The content with one or two of its stretches cut, doubled, replaced or flipped."""
    for _ in range(rng.randint(1, 2)):
        start = rng.randrange(len(content) + 1)
        stop = min(len(content), start + rng.choice((0, 0, 1, 1, 2, 5, 20, 100)))
        content = content[:start] + _middle(rng, content[start:stop]) + content[stop:]
    return content


def _middle(rng: Rng, old: bytes) -> bytes:
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: b"",
        lambda: old * 2,
        lambda: rng.choice(PIECES),
        lambda: rng.choice(PIECES) * rng.choice((1, 2, 50)),
        lambda: rng.choice(SCALARS).encode("utf-8", "replace"),
        lambda: rng.choice(WORDS).encode() + b": ",
        lambda: bytes(byte ^ (1 << rng.randrange(7)) for byte in old),
        lambda: rng.randbytes(1),
    )
    return rng.choice(ways)()


def bent(rng: Rng, tree: Any) -> Any:
    """The tree with one of its parts changed."""
    if isinstance(tree, dict) and tree and rng.random() < 0.9:
        key = rng.choice(list(tree))
        way = rng.random()
        if way < 0.1:
            return {each: value for each, value in tree.items() if each != key}
        if way < 0.2:
            return tree | {rng.choice(WORDS): grown(rng, 2)}
        return tree | {key: bent(rng, tree[key])}
    if isinstance(tree, list) and tree and rng.random() < 0.9:
        at = rng.randrange(len(tree))
        return [*tree[:at], bent(rng, tree[at]), *tree[at + rng.choice((0, 1, 1, 1)) :]]
    return grown(rng, rng.choice((0, 0, 0, 1, 2)))


def grown(rng: Rng, depth: int) -> Any:
    """A random tree of words that specs know."""
    way = rng.random()
    if depth and way < 0.5:
        named = {rng.choice(("kind", "kind", "use")): rng.choice(NAMES)} if rng.random() < 0.7 else {}
        return named | {rng.choice(WORDS): grown(rng, depth - 1) for _ in range(rng.randint(0, 4))}
    if depth and way < 0.7:
        return [grown(rng, depth - 1) for _ in range(rng.randint(0, 4))]
    return rng.choice(NAMES if way > 0.95 else SCALARS)


def written(tree: Any, suffix: str) -> str:
    """A tree as text in one of the three languages."""
    if suffix == "toml":
        pairs = tree.items() if isinstance(tree, dict) else [("schedule", tree)]
        return "".join(f"{json.dumps(key)} = {_flow(value, ' = ')}\n" for key, value in pairs)
    return _flow(tree, ": ")


def _flow(value: Any, colon: str) -> str:
    if isinstance(value, dict):
        inner = (f"{json.dumps(key)}{colon}{_flow(item, colon)}" for key, item in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item, colon) for item in value) + "]"
    return value if BARE.fullmatch(value) else json.dumps(value)
