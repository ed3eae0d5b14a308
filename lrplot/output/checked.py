"""Specs that were checked, with their findings, as every format of findings takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lrplot.diagnostics import Diagnostic
from lrplot.lazy import dataclass

if TYPE_CHECKING:
    from lrplot.analysis.agreement.agree import Agreement
    from lrplot.analysis.checks.fixing import Fixed


@dataclass(eq=False)
class Checked:
    """A spec as named by the user, and its findings; `bad` if it cannot be read.

    If it was compared with a log, `agreement` is the result, and the findings are those for the log. If its findings
    were cured, `fixed` has the cures, and the findings are those that are left.
    """

    spec: str
    findings: Sequence[Diagnostic]
    bad: bool = False
    agreement: Agreement | None = None
    fixed: Fixed | None = None

    def is_fixable(self, finding: Diagnostic) -> bool:
        """Whether `--fix` would try to cure a finding: only the file that the user named is changed."""
        return bool(finding.fix and finding.fix.source.name == str(Path(self.spec)))


@dataclass(eq=False)
class Report:
    """Specs that were checked by a version of lrplot; if `strict`, notes fail the check too."""

    specs: Sequence[Checked]
    strict: bool
    version: str

    def fails(self, finding: Diagnostic) -> bool:
        """Whether a finding fails the check."""
        return self.strict or finding.severity != "note"

    @property
    def failed(self) -> bool:
        """Whether any finding does."""
        return any(self.fails(finding) for spec in self.specs for finding in spec.findings)
