"""Pages in Markdown, with all that is generated in them up to date.

In a page, three things are generated; everything else is written by hand.

- A `console` block: after each line `$ lrplot …` follows what that command prints. In a block that
  begins with `console fails`, each command has to exit with 2, and in others none may.
- A `sh` block: its `lrplot` commands are run, so that the pictures they write are up to date. If an
  image in `terminal/` follows the block, it is a terminal with the command and its output.
- A table between `<!-- generated: NAME -->` and `<!-- end -->`: that of `TABLES`.
"""

from __future__ import annotations

import re
from pathlib import Path

from lrplot.output.text import printable
from maker.commands import printed
from maker.tables import TABLES
from maker.terminal import terminal_view

_CONSOLE = re.compile(r"^(```console( fails)?\n)(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```$(?:\n\n!\[[^\]]*\]\(([^)]*\bterminal/[^)]+)\))?", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"^(<!-- generated: (\w+) -->\n).*?^(<!-- end -->)$", re.MULTILINE | re.DOTALL)


def rebuild(page: Path, folder: Path) -> None:
    """Bring a page up to date, and the pictures that its commands make; they are run in `folder`."""
    text = page.read_text(encoding="utf-8")
    text = _TABLE.sub(lambda match: f"{match[1]}{TABLES[match[2]]()}\n{match[3]}", text)
    text = _CONSOLE.sub(lambda match: f"{match[1]}{_session(match[3], folder, bool(match[2]))}```", text)
    for commands, view in _SHELL.findall(text):
        _run(re.split(r"(?<!\\)\n", commands), page.parent / view if view else None, folder)
    page.write_text(text, encoding="utf-8")


def _session(text: str, folder: Path, fails: bool) -> str:
    """The commands of a console block, each with what it prints."""
    commands = re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    outputs = [printed(command, folder, fails=fails).strip("\n") for command in commands]
    return "".join(
        f"$ {command}\n{output}\n" if output else f"$ {command}\n"
        for command, output in zip(commands, outputs, strict=True)
    )


def _run(commands: list[str], view: Path | None, folder: Path) -> None:
    for command in commands:
        if command.startswith("lrplot "):
            output = printed(command.replace("\\\n", " "), folder, terminal=view is not None)
            if view is not None:
                view.parent.mkdir(exist_ok=True)
                view.write_text(terminal_view(command, output), encoding="utf-8")
            elif output:
                raise ValueError(f"{command!r} is not meant to print anything:\n{printable(output)}")
