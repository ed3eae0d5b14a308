"""The rules for logs: what each says, where, and what an accepting spec leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from analysis.agreement.simulated import cosine, cosine_forever, log_of, logged

from lrplot.analysis.agreement.agree import agree
from lrplot.analysis.checks.findings import log_findings
from lrplot.analysis.checks.rule import RULES
from lrplot.api import check, load

STEPS = np.arange(10, 1001, 10)
SPEC = {"steps": 1000, "lr": 1e-3, "schedule": {"kind": "cosine", "warmup": 100}}


def rate(s, total=1000, warmup=100):
    return cosine(s, total, warmup, 1e-3)


FIRES = {
    "log-constant": (lambda s: rate(np.minimum(s, 100)), 12, "the learning rate stays at 1e-3 from update 100 on"),
    "log-clock": (
        lambda s: rate(s // 4),
        2,
        "the scheduler is stepped once per 4 updates",
    ),
    "log-scaled": (
        lambda s: rate(s) / 2,
        2,
        "the learning rate is half the planned one throughout, 5e-4 for 1e-3 at the peak",
    ),
    "log-horizon": (lambda s: rate(s, 2000), 12, "the schedule is that of a run of 2,000 updates; 1,000 are planned"),
    "log-warmup": (lambda s: rate(s, warmup=0), 2, "the run has no warmup; 100 updates are planned"),
    "log-restarted": (
        lambda s: rate(np.where(s >= 300, s - 300, s)),
        31,
        "the schedule began again at update 300",
    ),
    "log-late": (
        lambda s: rate(np.maximum(s - 50, 0)),
        2,
        "the schedule began at update 50; until then its first value held",
    ),
    "log-rises": (
        lambda s: cosine_forever(s, 800, 100, 1e-3),
        81,
        "past its horizon since update 800, the learning rate rises again, to 1.883e-4",
    ),
    "log-differs": (
        lambda s: rate(s) * (1 + 0.1 * (s == 500)) * (1 + 0.1 * (s > 700) * np.sin(s)),
        51,
        "the log differs from the schedule from update 500 on, 6.455e-4 for 5.868e-4 there, and no cause was found",
    ),
}


def found(values, infer=None, spec=SPEC):
    run = load(spec).run
    return log_findings(agree(run, logged(values, STEPS), infer), run)


def test_every_rule_for_logs_has_a_case():
    assert {*FIRES, "log-other"} == {code for code, rule in RULES.items() if rule.stage == "log"}


@pytest.mark.parametrize("code", FIRES)
def test_rule_finds(code):
    values, line, message = FIRES[code]
    first = next(each for each in found(values) if each.code == code)
    assert first.message == message
    assert (first.severity, first.span.source.name, first.span.line) == ("warning", "run.csv", line - 1)
    assert first.help


def test_another_schedule():
    (first,) = found(lambda s: 1e-3 / (1 + 0.01 * s), lambda log: "`inverse_time`, rate 0.01")
    assert (first.code, first.message) == ("log-other", "the log follows another schedule: `inverse_time`, rate 0.01")


def test_sound_logs_raise_nothing():
    assert found(rate) == []


def test_findings_that_the_spec_accepts_are_left_out():
    accepting = {**SPEC, "accept": {"log-late": "the first 50 updates calibrate the quantizer"}}
    assert found(lambda s: rate(np.maximum(s - 50, 0)), spec=accepting) == []
    assert "accepted-for-nothing" not in check(accepting).codes


def test_a_group_is_named():
    run = load({**SPEC, "groups": {"head": {"lr": 1e-2}}}).run
    log = log_of(STEPS, rate(STEPS))
    log.points.tracks["lr/head"] = logged(lambda s: 5 * rate(s), STEPS).points.lr
    (first,) = log_findings(agree(run, log), run)
    assert first.message.startswith("group `head`: the learning rate is half the planned one")


def test_a_log_without_lines_is_named_alone():
    run = load(SPEC).run
    log = logged(lambda s: rate(s) / 2, STEPS)
    log.points.lines[:] = 0
    (first,) = log_findings(agree(run, log), run)
    assert str(first.span) == "run.csv"
