"""A program's own names for its schedules."""

from __future__ import annotations

from collections.abc import Mapping

from lrplot.diagnostics import Fault
from lrplot.wording import did_you_mean


def chosen(names: Mapping[str, str], name: str, key: str, program: str) -> str:
    """The meaning of a name at a key; a `Fault` if the program has no such schedule that is known."""
    if name in names:
        return names[name]
    help = did_you_mean(name, names, f"it is one of {', '.join(f'`{each}`' for each in names)}")
    raise Fault(f"{program} has no schedule `{name}` that is known", field=key, help=help, code="undetermined")
