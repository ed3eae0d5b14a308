"""Findings as JSON: one object whose form the JSON Schema of `lrplot schema check` describes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from lrplot.diagnostics import Severity
from lrplot.lazy import dataclass
from lrplot.output.checked import Checked, Report
from lrplot.output.objects import DiagnosticData, diagnostic_data, findings_data, json_text
from lrplot.output.writers import findings_format


@dataclass(frozen=True)
class RefusedData:
    """A finding whose cure was not written.

    Args:
        finding: the finding
        reason: why its cure was not written
    """

    finding: DiagnosticData
    reason: str


@dataclass(frozen=True)
class CountData:
    """The number of findings of one rule.

    Args:
        severity: how bad they are
        code: their code
        count: how many there are
        fixable: how many of them `--fix` can cure
    """

    severity: Severity
    code: str
    count: int
    fixable: int


@dataclass(frozen=True)
class SkipData:
    """Updates that mixed precision skipped.

    Args:
        update: the logged step
        updates: how many more there are there than at the row before
    """

    update: int
    updates: int


@dataclass(frozen=True)
class CauseData:
    """A cause for which a log does not follow its schedule.

    Args:
        code: that of its finding
        number: by what the plan is changed; null if the cause has no number
    """

    code: str
    number: float | None


@dataclass(frozen=True)
class TrackData:
    """A track of a run beside its log.

    Args:
        points: values that were compared
        largest: largest difference, in the parameter's own unit
        share: largest difference as a share of the peak
        step: the logged step of that difference
        line: its line in the log, counted from 1; null if the log has no lines
        convention: which update's value a row holds
        skipped: updates that mixed precision skipped
        causes: why it does not follow its schedule, the simplest first
    """

    points: int
    largest: float | None
    share: float | None
    step: int
    line: int | None
    convention: str
    skipped: list[SkipData]
    causes: list[CauseData]


@dataclass(frozen=True)
class GroupData(TrackData):
    """A further track of a run beside its log.

    Args:
        track: its name
    """

    track: str


@dataclass(frozen=True)
class AgreementData(TrackData):
    """A run beside its log, with `--log` or if the folder of a spec holds one.

    Args:
        agrees: whether all points of all tracks are those of the schedule
        log: the log's file
        unjudged: what the log cannot show
        groups: further tracks that the log has too
    """

    agrees: bool
    log: str
    unjudged: list[str]
    groups: list[GroupData]


@dataclass(frozen=True)
class ReportData:
    """The JSON that `lrplot check` prints.

    Args:
        specs: number of specs that were checked
        findings: the findings, and the errors in specs that cannot be read; with `--fix` those that are left
        fixed: with `--fix`, the findings that were cured
        refused: with `--fix`, the findings whose cure was not written
    """

    specs: int
    findings: list[DiagnosticData]
    fixed: list[DiagnosticData] | None = None
    refused: list[RefusedData] | None = None


@dataclass(frozen=True)
class StatisticsData:
    """The JSON that `lrplot check --statistics` prints.

    Args:
        specs: number of specs that were checked
        statistics: the number of findings of each rule, the most first
    """

    specs: int
    statistics: list[CountData]


@dataclass(frozen=True)
class ErrorsData:
    """The JSON that a command prints if it does not come to its result.

    Args:
        diagnostics: the errors, such as a wrong option
    """

    diagnostics: list[DiagnosticData]


@findings_format("json")
def write_json(report: Report) -> str:
    """The findings; what was cured, if anything may have been; and the agreements with logs."""
    checked = report.specs
    fixes = [(each.spec, each.fixed) for each in checked if each.fixed]
    cured = [diagnostic_data(each, spec) for spec, fixed in fixes for each in fixed.cured]
    refused = [
        RefusedData(diagnostic_data(each.finding, spec), each.reason) for spec, fixed in fixes for each in fixed.refused
    ]
    printed = ReportData(len(checked), findings_data(checked), cured if fixes else None, refused if fixes else None)
    data = {key: value for key, value in asdict(printed).items() if value is not None}
    return json_text("check", {**data, **_agreements(checked)})


def _agreements(checked: Sequence[Checked]) -> dict[str, object]:
    if not any(each.agreement for each in checked):
        return {}
    from lrplot.output.agreement import agreement_data  # which most checks do not need

    found: dict[str, object] = {}
    for each in checked:
        if each.agreement:
            found |= asdict(AgreementData(**agreement_data(each.agreement)))
    return found


def write_statistics(report: Report) -> str:
    """The number of findings of each rule."""
    return json_text("check", asdict(StatisticsData(len(report.specs), statistics(report.specs))))


def statistics(checked: Sequence[Checked]) -> list[CountData]:
    """The number of findings of each rule, the most first."""
    found = [(spec, each) for spec in checked for each in spec.findings]
    counts = Counter((each.severity, each.code) for _, each in found)
    fixable = Counter((each.severity, each.code) for spec, each in found if spec.is_fixable(each))
    return [CountData(*key, count, fixable[key]) for key, count in sorted(counts.items(), key=lambda e: (-e[1], e[0]))]
