"""The JSON Schemas that lrplot prints, by the name of what they describe."""

from __future__ import annotations

from collections.abc import Callable, Mapping


def _spec() -> str:
    from lrplot.output.json_schema import json_schema  # which needs every definition

    return json_schema()


def _check() -> str:
    from lrplot.output.findings.json import AgreementData, ErrorsData, ReportData, StatisticsData
    from lrplot.output.record_schema import record_schema

    return record_schema("check", ReportData, StatisticsData, ErrorsData, beside=AgreementData)


def _rules() -> str:
    from lrplot.output.record_schema import record_schema
    from lrplot.output.rules import RulesData

    return record_schema("rules", RulesData)


SCHEMAS: Mapping[str, Callable[[], str]] = {"spec": _spec, "check": _check, "rules": _rules}
