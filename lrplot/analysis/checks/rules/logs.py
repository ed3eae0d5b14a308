"""Logs of runs that did not follow their schedule, by the cause that explains all points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lrplot.analysis.checks.rule import Finding, log_rule
from lrplot.runs.run import group_of

if TYPE_CHECKING:
    from lrplot.analysis.agreement.agree import Agreement


@log_rule("warning")
def log_constant(agreement: Agreement) -> Iterator[Finding]:
    """The log has one learning rate from some update on, or throughout, where the schedule moves.

    Why: the scheduler is not stepped, or another one runs than was meant; a run without its decay ends at a higher
        loss.
    Cure: step the scheduler after each optimizer update, and see that the loop does not set the rate itself.
    Source: microsoft/DeepSpeed's WarmupLR, which never decays; huggingface/transformers#29417 on loops that step no
        scheduler
    """
    yield from _caused(agreement, "log-constant")


@log_rule("warning")
def log_clock(agreement: Agreement) -> Iterator[Finding]:
    """The log shows a scheduler that is stepped several times per update, or once per several updates.

    Why: the schedule ends early, or never: a scheduler that every process steps, or that is stepped per batch beside
        accumulated gradients, runs ahead by that factor.
    Cure: step it once per optimizer update, in one place.
    Source: huggingface/diffusers#8236, huggingface/accelerate#2318 and #2773
    """
    yield from _caused(agreement, "log-clock")


@log_rule("warning")
def log_scaled(agreement: Agreement) -> Iterator[Finding]:
    """The log has a multiple of the planned learning rate.

    Why: a rule scales the rate by the batch or the number of devices, or the run was started with another peak.
    Cure: switch that rule off, or plan with the rate that it gives.
    Source: ultralytics/ultralytics#8400 and #13562 on rates that replace the one given; timm's `lr_base`
    """
    yield from _caused(agreement, "log-scaled")


@log_rule("warning")
def log_horizon(agreement: Agreement) -> Iterator[Finding]:
    """The log follows the schedule of a run of another length.

    Why: the scheduler was told another number of updates than the run takes: it ends at a high learning rate, or at
        0 long before the end. Batches, devices and accumulation are the usual factors.
    Cure: give the scheduler the number of optimizer updates.
    Source: huggingface/transformers#27749, sgl-project/SpecForge#364
    """
    yield from _caused(agreement, "log-horizon")


@log_rule("warning")
def log_warmup(agreement: Agreement) -> Iterator[Finding]:
    """The log has a warmup of another length, or none.

    Why: a warmup that was meant as a share is taken as a number of updates, or is dropped; a large model may diverge
        without it.
    Cure: give it in the unit that the program takes.
    Source: huggingface/transformers#41326 and axolotl-ai-cloud/axolotl#2897 on `warmup_ratio`
    """
    yield from _caused(agreement, "log-warmup")


@log_rule("warning")
def log_restarted(agreement: Agreement) -> Iterator[Finding]:
    """The log begins its schedule again in the middle of the run.

    Why: a run that was resumed without the state of its scheduler warms up again, and does not reach its end.
    Cure: save and restore the scheduler beside the optimizer, or step it to the update at which the run goes on.
    Source: huggingface/nanotron#233, pytorch/pytorch#65342
    """
    yield from _caused(agreement, "log-restarted")


@log_rule("warning")
def log_late(agreement: Agreement) -> Iterator[Finding]:
    """The log follows its schedule, but late or ahead by more updates than loggers and skipped updates explain.

    Why: the scheduler begins to be stepped later than the run, or from the state of another checkpoint.
    Cure: step it from the first update on, and restore it with the rest of the checkpoint.
    Source: lrplot's own convention; NVIDIA/Megatron-LM#1138 on the state of a resumed scheduler
    """
    yield from _caused(agreement, "log-late")


@log_rule("warning")
def log_rises(agreement: Agreement) -> Iterator[Finding]:
    """The log goes on past the end of its schedule, where the learning rate rises again.

    Why: the formula of a cosine climbs back after its horizon: the last part of the run undoes what the decay gained.
    Cure: give the scheduler as many steps as the run takes.
    Source: pytorch/pytorch's CosineAnnealingLR past `T_max`; huggingface/transformers#27749
    """
    yield from _caused(agreement, "log-rises")


@log_rule("warning")
def log_other(agreement: Agreement) -> Iterator[Finding]:
    """The log follows another schedule.

    Why: the run was started with another config, or a program put its own scheduler in the place of the one given; a
        DeepSpeed config with a scheduler does that.
    Cure: look for the config that the run was started with, and for what the program logged at its start.
    Source: huggingface/transformers' DeepSpeed integration, where a `scheduler` block wins
    """
    yield from _caused(agreement, "log-other")


@log_rule("warning")
def log_differs(agreement: Agreement) -> Iterator[Finding]:
    """The log does not follow its schedule, and no cause explains all of its points.

    Why: the run did not use the learning rate that was meant.
    Cure: look at what happened at the update from which on they differ.
    Source: lrplot's own convention
    """
    yield from _caused(agreement, "log-differs")


def _caused(agreement: Agreement, code: str) -> Iterator[Finding]:
    for each in agreement:
        group = f"group `{group_of(each.track)}`: " if group_of(each.track) else ""
        for cause in each.causes:
            if cause.code == code:
                yield Finding(group + cause.statement, agreement.span(cause.line), cause.help)
