"""Plain Python: `learning_rate(step)`, and a function for each other parameter and group."""

from __future__ import annotations

from lrplot.emit import Request, emitter
from lrplot.emit.shared.equality import ROUNDING
from lrplot.emit.shared.functions import compared, constants, functions_of, imports, source
from lrplot.emit.shared.module import module


@emitter
def python(request: Request) -> str:
    """A function of the update in plain Python."""
    functions = functions_of(request.run, request.comparison)
    equality = compared(request.run, request.comparison, functions)
    return module(
        [equality.sentence(ROUNDING)],
        request,
        [imports(functions)],
        constants(functions),
        [source(each) for each in functions],
    )
