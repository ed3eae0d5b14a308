"""What schedulers call their horizon, warmup, floor and peak: one table, read by every rule.

A horizon is the number of the scheduler's own steps after which its decay is over, warmup
included. Frameworks disagree about what a name includes: Keras's `decay_steps` excludes the
warmup, optax's includes it. Time scales (the `decay_steps` of an exponential) are no horizons.
"""

from __future__ import annotations

from lrplot.frozen import frozen


@frozen
class Plan:
    """Names of a scheduler's fields.

    `horizon` names fields that add up to it, the telling one first. `period`, `mult` are those
    of restarts; `milestones` and `every` say when a staircase changes. `periodic` is a flag that
    asks for a new cycle past the horizon; `epochs` one that makes it count epochs and `per` how
    much it counts at each step. `prefix` is a flag that puts the warmup before the horizon, `cycles`
    a number of cycles: of more than one, the horizon is only the first. Without `needs` there is no warmup.
    """

    horizon: tuple[str, ...] = ()
    warmup: str = ""
    floor: str = ""
    peak: str = ""
    period: str = ""
    mult: str = ""
    milestones: str = ""
    every: str = ""
    periodic: str = ""
    epochs: str = ""
    per: str = ""
    prefix: str = ""
    cycles: str = ""
    needs: str = ""


_TRAINING = Plan(("num_training_steps",), "num_warmup_steps")
_WARMUP_ONLY = Plan(warmup="num_warmup_steps")
_TIMM = Plan(("t_initial",), "warmup_t", "lr_min", epochs="t_in_epochs", prefix="warmup_prefix", cycles="cycle_limit")
_T_MAX = Plan(("t_max",), "warmup_steps", peak="max_lr")
_FAIRSEQ_POLYNOMIAL = Plan(("total_num_update",), "warmup_updates", "end_learning_rate")
_FAIRSEQ_INVERSE = Plan(warmup="warmup_updates")

PLANS = {
    "cosine": Plan(("for",), floor="to"),
    "linear": Plan(("for",), floor="to"),
    "polynomial": Plan(("for",), floor="to"),
    "sqrt": Plan(("for",), floor="to"),
    "rex": Plan(("for",), floor="to"),
    "one_cycle": Plan(("for",), peak="max"),
    "wsd": Plan(("for",), floor="to"),
    "cyclic": Plan(peak="max"),
    "noam": Plan(warmup="warmup"),
    "cosine_restarts": Plan(period="period", mult="mult"),
    "multistep": Plan(milestones="milestones"),
    "step": Plan(every="every"),
    "bolts.LinearWarmupCosineAnnealingLR": Plan(("max_epochs",), "warmup_epochs", "eta_min"),
    "bolts.linear_warmup_decay": Plan(("total_steps",), "warmup_steps"),
    "deepspeed.WarmupLR": Plan(warmup="warmup_num_steps"),
    "deepspeed.WarmupDecayLR": Plan(("total_num_steps",), "warmup_num_steps"),
    "deepspeed.WarmupCosineLR": Plan(("total_num_steps",), "warmup_num_steps"),
    "detectron2.WarmupMultiStepLR": Plan(warmup="warmup_iters", milestones="milestones"),
    "detectron2.WarmupCosineLR": Plan(("max_iters",), "warmup_iters"),
    "diffusers.get_constant_schedule_with_warmup": _WARMUP_ONLY,
    "diffusers.get_cosine_schedule_with_warmup": _TRAINING,
    "diffusers.get_cosine_with_hard_restarts_schedule_with_warmup": _TRAINING,
    "diffusers.get_polynomial_decay_schedule_with_warmup": Plan(("num_training_steps",), "num_warmup_steps", "lr_end"),
    "diffusers.get_linear_schedule_with_warmup": _TRAINING,
    "diffusers.get_scheduler": _TRAINING,
    "fairseq.polynomial_decay": _FAIRSEQ_POLYNOMIAL,
    "fairseq.PolynomialDecayLRSchedule": _FAIRSEQ_POLYNOMIAL,
    "fairseq.inverse_sqrt": _FAIRSEQ_INVERSE,
    "fairseq.InverseSquareRootSchedule": _FAIRSEQ_INVERSE,
    "keras.PiecewiseConstantDecay": Plan(milestones="boundaries"),
    "keras.PolynomialDecay": Plan(("decay_steps",), floor="end_learning_rate", periodic="cycle"),
    "keras.CosineDecay": Plan(("decay_steps", "warmup_steps"), "warmup_steps", needs="warmup_target"),
    "keras.CosineDecayRestarts": Plan(period="first_decay_steps", mult="t_mul"),
    "megatron.OptimizerParamScheduler": Plan(
        ("lr_decay_steps",), "lr_warmup_steps", "min_lr", "max_lr", per="increment"
    ),
    "mmengine.CosineAnnealingLR": Plan(("T_max",), floor="eta_min", epochs="by_epoch"),
    "mmengine.MultiStepLR": Plan(milestones="milestones", epochs="by_epoch"),
    "mmengine.StepLR": Plan(every="step_size", epochs="by_epoch"),
    "optax.linear_schedule": Plan(("transition_steps", "transition_begin"), floor="end_value"),
    "optax.polynomial_schedule": Plan(("transition_steps", "transition_begin"), floor="end_value"),
    "optax.cosine_decay_schedule": Plan(("decay_steps",)),
    "optax.warmup_cosine_decay_schedule": Plan(("decay_steps",), "warmup_steps", "end_value", "peak_value"),
    "optax.warmup_constant_schedule": Plan(warmup="warmup_steps", peak="peak_value"),
    "optax.warmup_exponential_decay_schedule": Plan(warmup="warmup_steps", peak="peak_value"),
    "optax.linear_onecycle_schedule": Plan(("transition_steps",), peak="peak_value"),
    "optax.cosine_onecycle_schedule": Plan(("transition_steps",), peak="peak_value"),
    "paddle.CosineAnnealingDecay": Plan(("T_max",), floor="eta_min"),
    "paddle.PolynomialDecay": Plan(("decay_steps",), floor="end_lr", periodic="cycle"),
    "paddle.PiecewiseDecay": Plan(milestones="boundaries"),
    "paddle.MultiStepDecay": Plan(milestones="milestones"),
    "paddle.StepDecay": Plan(every="step_size"),
    "paddle.OneCycleLR": Plan(("total_steps",), floor="end_learning_rate", peak="max_learning_rate"),
    "paddle.CyclicLR": Plan(peak="max_learning_rate"),
    "paddle.CosineAnnealingWarmRestarts": Plan(period="T_0", mult="T_mult"),
    "pytorch_optimizer.LinearScheduler": _T_MAX,
    "pytorch_optimizer.CosineScheduler": _T_MAX,
    "pytorch_optimizer.PolyScheduler": _T_MAX,
    "pytorch_optimizer.REXScheduler": Plan(("total_steps",), floor="min_lr", peak="max_lr"),
    "timm.CosineLRScheduler": _TIMM,
    "timm.TanhLRScheduler": _TIMM,
    "timm.PolyLRScheduler": _TIMM,
    "timm.StepLRScheduler": Plan(warmup="warmup_t", every="decay_t", epochs="t_in_epochs"),
    "timm.MultiStepLRScheduler": Plan(warmup="warmup_t", milestones="decay_t", epochs="t_in_epochs"),
    "torch.StepLR": Plan(every="step_size"),
    "torch.MultiStepLR": Plan(milestones="milestones"),
    "torch.LinearLR": Plan(("total_iters",)),
    "torch.PolynomialLR": Plan(("total_iters",)),
    "torch.CosineAnnealingLR": Plan(("T_max",), floor="eta_min"),
    "torch.CosineAnnealingWarmRestarts": Plan(period="T_0", mult="T_mult"),
    "torch.CyclicLR": Plan(peak="max_lr"),
    "torch.OneCycleLR": Plan(("total_steps",), peak="max_lr"),
    "torchtitan.LRSchedulersContainer": Plan(("total_steps",), "warmup_steps"),
    "transformers.get_constant_schedule_with_warmup": _WARMUP_ONLY,
    "transformers.get_linear_schedule_with_warmup": _TRAINING,
    "transformers.get_cosine_schedule_with_warmup": _TRAINING,
    "transformers.get_cosine_with_hard_restarts_schedule_with_warmup": _TRAINING,
    "transformers.get_polynomial_decay_schedule_with_warmup": Plan(
        ("num_training_steps",), "num_warmup_steps", "lr_end"
    ),
    "transformers.get_inverse_sqrt_schedule": _WARMUP_ONLY,
    "transformers.get_cosine_with_min_lr_schedule_with_warmup": Plan(
        ("num_training_steps",), "num_warmup_steps", "min_lr"
    ),
    "transformers.get_wsd_schedule": _TRAINING,
    "transformers.get_scheduler": _TRAINING,
    "transformers.Trainer": Plan(("max_steps",), "warmup_steps", peak="learning_rate"),
    "transformers.TrainingArguments": Plan(("max_steps",), "warmup_steps", peak="learning_rate"),
}
NO_PLAN = Plan()

# Schedulers made of others: the field with the times at which one takes over from the one before.
HANDOVERS = {"torch.SequentialLR": "milestones", "optax.join_schedules": "boundaries"}
# Those whose parts all act at once.
TOGETHER = ("torch.ChainedScheduler",)
