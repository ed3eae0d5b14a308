"""Specs checked, compared with logs or cured, for `lrplot check`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from lrplot.analysis.checks.findings import log_findings
from lrplot.analysis.checks.project import Project
from lrplot.api import beside, fix, read_log
from lrplot.api import check as check_spec
from lrplot.cli.family import log_refusal
from lrplot.cli.options import bad_option
from lrplot.diagnostics import Diagnostic, SpecError
from lrplot.lazy import dataclass
from lrplot.output.checked import Checked
from lrplot.output.files import OutputError, rewrite
from lrplot.spec.source import preset_names, spec_files


@dataclass(frozen=True)
class Checker:
    """A way to check specs: with settings, as configs of a program, for the findings with some codes."""

    project: Project
    settings: Sequence[str]
    program: str
    codes: Collection[str]

    def check(self, place: str) -> Iterator[Checked]:
        """The spec at a place, or each spec in a folder; beside the log of its run, if its folder has one."""
        try:
            specs = self._specs(place)
        except SpecError as error:  # a folder without specs
            yield Checked(place, error.diagnostics, bad=True)
            return
        for spec in specs:
            try:
                yield Checked(spec, self._selected(check_spec(spec, self.settings, self.program)))
            except SpecError as error:
                yield Checked(spec, log_refusal(spec) or error.diagnostics, bad=True)
        if specs != [place]:
            for spec, log in _logs_beside(specs):
                yield self.compare(spec, log, None)

    def compare(self, place: str, log: str, columns: str | None) -> Checked:
        """The spec at a place, compared with a log."""
        try:
            agreement, run = beside(place, read_log(log, columns), self.settings, self.program)
        except SpecError as error:
            return Checked(place, error.diagnostics, bad=True)
        return Checked(place, self._selected(log_findings(agreement, run)), agreement=agreement)

    def cure(self, place: str) -> Iterator[Checked]:
        """The spec at a place, or each spec in a folder, with its cures; nothing is written."""
        if place == "-":
            raise bad_option(place, "standard input cannot be changed", "give the name of a file")
        if place in preset_names() and not os.path.isfile(place):
            help = f"`lrplot presets {place} > my.yaml` makes a file of it"
            raise bad_option(place, "a shipped spec is not changed", help)
        try:
            specs = self._specs(place)
        except SpecError as error:
            yield Checked(place, error.diagnostics, bad=True)
            return
        for spec in specs:
            try:
                fixed = fix(spec, self.settings, self.program, self.codes)
            except SpecError as error:
                yield Checked(spec, error.diagnostics, bad=True)
            else:
                refusal = log_refusal(spec) if fixed.bad else ()
                yield Checked(spec, refusal or fixed.left, fixed.bad, fixed=fixed)

    def _selected(self, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
        return [finding for finding in findings if finding.code in self.codes]

    def _specs(self, place: str) -> list[str]:
        """The specs at a place; of a folder, those that the project names, if it names any."""
        found = self.project.specs_in(place) if os.path.isdir(place) else None
        if found is None:
            return spec_files(place)
        if not found:
            message = f"cannot read `{place}`: no file in it matches `include` of `[tool.lrplot]`"
            raise SpecError(Diagnostic("unreadable", message, None, "give a file, or mend `include`"))
        return found


def write(checked: Checked) -> Checked:
    """Write the cures of a spec into its file; an error takes the place of the findings if that fails."""
    fixed = checked.fixed
    if fixed is None or fixed.after == fixed.before:
        return checked
    try:
        rewrite(Path(checked.spec), fixed.before, fixed.after)
    except OutputError as error:
        return Checked(checked.spec, [Diagnostic("unwritable", str(error))], bad=True)
    return checked


def _logs_beside(specs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The specs that have the log of their run in their folder, each the only one there, and that log."""
    from lrplot.spec.logs import log_in  # which no single spec needs

    folders = [os.path.dirname(spec) for spec in specs]
    for spec, folder in zip(specs, folders, strict=True):
        if folders.count(folder) == 1 and (log := log_in(folder)):
            yield spec, log
