"""Oddities of a training program's config, which its reader remarks."""

from __future__ import annotations

from collections.abc import Iterator

from lrplot.analysis.checks.rule import Finding, rule
from lrplot.analysis.checks.survey import Survey


@rule("note")
def ignored_key(survey: Survey) -> Iterator[Finding]:
    """A key of the config has no effect, because another one wins over it.

    Why: who changes it expects the run to change.
    Cure: remove it, or the one that wins.
    Source: transformers/training_args.py (`max_steps`, `warmup_steps`)
    """
    return _remarks(survey, "ignored-key")


@rule("warning")
def overridden_scheduler(survey: Survey) -> Iterator[Finding]:
    """The scheduler that the config names is replaced by that of another file.

    Why: the learning rate does not do what the config says; a `scheduler` in the DeepSpeed file often never decays.
    Cure: remove one of them.
    Source: hiyouga/LLaMA-Factory#1515, huggingface/transformers#33523, huggingface/accelerate#2124
    """
    return _remarks(survey, "overridden-scheduler")


@rule("warning")
def near_miss(survey: Survey) -> Iterator[Finding]:
    """A key of the config is ignored although it looks like one that matters.

    Why: programs ignore keys that they do not know, and the default holds.
    Cure: write the key as the program has it.
    Source: lrplot's own convention; such keys were met in public configs
    """
    return _remarks(survey, "near-miss")


@rule("note")
def unknown_length(survey: Survey) -> Iterator[Finding]:
    """The config does not say how long the run is.

    Why: findings that depend on the number of updates are left out.
    Cure: give the missing facts by `--set`.
    Source: lrplot's own convention
    """
    return _remarks(survey, "unknown-length")


def _remarks(survey: Survey, code: str) -> Iterator[Finding]:
    """The remarks with a code; once for a run, whatever groups it has."""
    reading = survey.run.reading
    for each in reading.remarks if reading and not survey.group else ():
        if each.code == code:
            yield Finding(each.message, each.span or survey.place, each.help or "", each.severity, each.fix)
