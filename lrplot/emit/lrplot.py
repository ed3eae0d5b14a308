"""The spec of a run: what a training config amounts to, each line with the key that it comes from."""

from __future__ import annotations

from lrplot.diagnostics import Span
from lrplot.emit import Request, emitter
from lrplot.text.write import write_yaml


@emitter
def lrplot(request: Request) -> str:
    """A spec in YAML; for the config of a program, with comments that say what it was read as and by which keys."""
    tree, reading = request.tree, request.run.reading
    if reading is None:
        return write_yaml(tree)

    def origin(span: Span) -> str:
        return f"--set {span.source.text}" if span.source.name == "--set" else reading.keys.get(span, "")

    return write_yaml(tree, origin, [f"read as {reading.description}", *reading.derivation])
