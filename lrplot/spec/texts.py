"""Texts of specs and configs to trees, by the suffix of their file."""

from __future__ import annotations

import io
import os

from lrplot.diagnostics import Diagnostic, Source, SpecError
from lrplot.spec.source import MARKDOWN, SHELL, SPECS
from lrplot.text.tree import Listing, Mapping, Node, describe
from lrplot.text.yaml import read_yaml


def read_tree(source: Source) -> tuple[Node, bool]:
    """The tree of a text by its file's suffix, or of bytes; and whether it can be a spec, not only a config."""
    suffix = os.path.splitext(source.name)[1].lower()
    if source.content:
        from lrplot.text.pickles import read_pickle  # each reader is loaded only if it is needed

        return read_pickle(source), False
    if suffix == ".toml":
        from lrplot.text.toml import read_toml

        return read_toml(source), True
    if suffix == ".json":
        from lrplot.text.json import read_json

        return read_json(source), True
    if suffix == ".cfg":
        from lrplot.text.sections import read_sections

        return read_sections(source), True
    if suffix == ".py":
        return _read_script(source), False
    if suffix in SHELL or source.text.startswith("#!"):
        from lrplot.text.flags import read_shell

        return read_shell(source), False
    if suffix in MARKDOWN:
        from lrplot.text.markdown import read_markdown

        return read_markdown(source), False
    return _read_yaml(source)


def says_the_same(text: Source, other: Source) -> bool:
    """Whether two texts differ only in comments and layout, as far as their language is known."""
    suffixes = {os.path.splitext(each.name)[1].lower() for each in (text, other)}
    try:
        if suffixes == {".py"}:
            return _tokens(text.text) == _tokens(other.text)
        return suffixes <= {*SPECS} and _plain(read_tree(text)[0]) == _plain(read_tree(other)[0])
    except SpecError:
        return False


def _plain(node: Node) -> object:
    """The content of a tree, without places."""
    if isinstance(node, Mapping):
        return node.tag, [(entry.key.text, _plain(entry.value)) for entry in (*node.entries, *node.repeated)]
    if isinstance(node, Listing):
        return node.tag, [*map(_plain, node.items)]
    return node.tag, node.text, node.quoted, node.computed


def _tokens(text: str) -> list[tuple[int, str]] | str:
    """The tokens of a Python text without comments and empty lines; the text itself if it is no Python."""
    import tokenize  # which only a comparison of scripts needs

    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    left_out = (tokenize.COMMENT, tokenize.NL)
    return [(each.type, each.string) for each in tokens if each.type not in left_out]


def _read_script(source: Source) -> Mapping:
    """The names that a Python file assigns; of a script, the arguments of its call that is the config of a program."""
    from lrplot.text.calls import UNNAMED, read_calls
    from lrplot.trainers import candidates

    found = [call for call in read_calls(source) if candidates(call)]
    if not found:
        from lrplot.text.python import read_python

        return read_python(source)
    first, *others = found
    if others:
        message = f"{len(found)} calls hold arguments of a training program"
        help = "keep the one to show in a copy of the script"
        raise SpecError(Diagnostic("ambiguous-format", message, others[0].span, help))
    if hidden := first.get(UNNAMED):
        message = f"{describe(hidden)} holds further arguments, which the text does not give"
        help = "write them as keywords in a copy of the script"
        raise SpecError(Diagnostic("undetermined", message, hidden.span, help))
    return first


def _read_yaml(source: Source) -> tuple[Node, bool]:
    """The tree of a YAML text, and whether it can be a spec: only the config of a known program has tags."""
    try:
        return read_yaml(source), True
    except SpecError as error:
        if any(each.code not in ("tag", "too-many") for each in error.diagnostics):
            raise
        from lrplot.spec.inheritance import builds_on_others
        from lrplot.trainers import candidates  # which no spec needs

        tree = read_yaml(source, tagged=True)
        if not (isinstance(tree, Mapping) and (builds_on_others(tree) or candidates(tree))):
            raise
        return tree, False
