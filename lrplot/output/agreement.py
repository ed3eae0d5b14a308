"""The agreement of a log with its plan, as data."""

from __future__ import annotations

from typing import Any

from lrplot.analysis.agreement.agree import Agreement


def agreement_data(agreement: Agreement) -> dict[str, Any]:
    """The numbers of an agreement; `largest` is in the parameter's own unit, `share` is that of the peak."""
    return {
        "agrees": agreement.agrees,
        "log": agreement.source,
        **_track_data(agreement),
        "unjudged": list(agreement.unjudged),
        "groups": [{"track": each.track, **_track_data(each)} for each in agreement.groups],
    }


def _track_data(agreement: Agreement) -> dict[str, Any]:
    return {
        "points": agreement.points,
        "largest": agreement.largest,
        "share": agreement.share,
        "step": agreement.step,
        "line": agreement.line or None,
        "convention": agreement.convention,
        "skipped": [{"update": each.update, "updates": each.updates} for each in agreement.skipped],
        "causes": [{"code": each.code, "number": each.number} for each in agreement.causes],
    }
