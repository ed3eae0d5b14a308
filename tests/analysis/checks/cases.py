"""Specs that each rule must find something in, with what it says, and near misses that are sound.

Numbers in the messages are worked out by hand. A near miss is free of that rule's finding, not of all.
"""

from __future__ import annotations

TORCH_COSINE = "{use: torch.CosineAnnealingLR, T_max: %s}"
COSINE = "{use: transformers.get_cosine_schedule_with_warmup, num_warmup_steps: %s, num_training_steps: %s}"
HARD = "{use: transformers.get_cosine_with_hard_restarts_schedule_with_warmup, num_warmup_steps: 0, "


def run(length: str, schedule: str, more: str = "") -> str:
    """A spec: its length (and what converts it), its schedule, and further keys."""
    return f"{length}\nlr: 1e-3\nschedule: {schedule}\n{more}"


BATCHES = "steps: 1000\nper_device_batch_size: 4\naccumulate: 4"
EPOCHS = "epochs: 90\nsteps_per_epoch: 100"  # 9,000 updates

FIRES: dict[str, list[tuple[str, str]]] = {
    "negative-value": [
        (
            # 1 − (s + 1 − 50)/51: 0 at 100, −1/51 at 101, −899/51 at 999
            run("steps: 1000", '{use: torch.LambdaLR, lr_lambda: "1.0 - max(0, epoch + 1 - 50) / (50 + 1)"}'),
            "the learning rate is below 0, first at update 101; the lowest value is -0.01763, at update 999",
        ),
        (
            # 9,765 rollouts of 1,024 make 9,999,360 of 10^7; the one after them is over by 384
            run(
                "epochs: 9766\nsteps_per_epoch: 16",
                '{kind: expression, value: "base * (1 - (floor(t/16) + 1) * 1024 / 1e7)"}',
            ),
            "the learning rate is below 0, first at update 156,240; the lowest value is -3.84e-8, at update 156,240",
        ),
        (
            run("steps: 100", "constant", 'momentum: {kind: expression, value: "0.5 - u"}'),
            "`momentum` is below 0: its lowest value is -0.49, at update 99",
        ),
        (
            run("steps: 100", "constant", "groups: {g: {schedule: {kind: expression, value: 'base * (0.5 - u)'}}}"),
            "group `g`: the learning rate is below 0, first at update 51; the lowest value is -4.9e-4, at update 99",
        ),
        (
            run("steps: 1G".replace("1G", "1_000_000_000"), "{kind: expression, value: 'base * (1 - 1.25 * t / n)'}"),
            "the learning rate is below 0, first at update 800,000,001; the lowest value is -2.5e-4, "
            "at update 999,999,999",
        ),
    ],
    "zero-updates": [
        (
            run(
                "epochs: 20\nsteps_per_epoch: 100",
                "{use: transformers.get_polynomial_decay_schedule_with_warmup, num_warmup_steps: 2, "
                "num_training_steps: 20, lr_end: 1e-5, interval: epoch}",
            ),
            "the learning rate is 0 for the first 100 updates, 5% of the run, which change nothing",
        ),
        (
            run("epochs: 20\nsteps_per_epoch: 100", "{kind: linear, warmup: 2 epochs, interval: epoch}"),
            "the learning rate is 0 for the first 100 updates, 5% of the run, which change nothing",
        ),
        (
            run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: 'max(0, 1 - epoch / 800)'}"),
            "the learning rate is 0 for the last 200 updates, 20% of the run, which change nothing",
        ),
        (
            run("steps: 1000", "{kind: expression, value: 'base if t < 300 or t >= 400 else 0'}"),
            "the learning rate is 0 for 100 updates, from update 300 on, 10% of the run, which change nothing",
        ),
        (
            run(
                "steps: 1000",
                "cosine",
                "groups: {backbone: {schedule: [{kind: constant, value: 0, for: 100}, {kind: linear, from: 1e-4}]}}",
            ),
            "group `backbone`: the learning rate is written as 0 for the first 100 updates, 10% of the run",
        ),
        (
            run("steps: 1_000_000_000", "[{kind: linear, for: 40%}, constant]"),
            "the learning rate is 0 for the last 600,000,000 updates, 60% of the run, which change nothing",
        ),
    ],
    "zero-throughout": [
        (
            "steps: 100\nlr: 0\nschedule: cosine\n",
            "the learning rate is 0 throughout: nothing is trained",
        ),
        (
            run("steps: 1000", "{kind: constant, value: 0}"),
            "the learning rate is 0 throughout: nothing is trained",
        ),
        (
            run("steps: 1000", "cosine", "groups: {backbone: {lr: 0}}"),
            "group `backbone`: the learning rate is written as 0: it is frozen",
        ),
        (
            run("epochs: 1\nsteps_per_epoch: 10", "{kind: linear, warmup: 1 epoch, interval: epoch}"),
            "the learning rate is 0 throughout: nothing is trained",
        ),
    ],
    "upside-down": [
        (
            run(
                "steps: 1000",
                "{use: keras.CosineDecay, initial_learning_rate: 0.1, decay_steps: 800, warmup_target: 0.01, "
                "warmup_steps: 200}",
            ),
            "the warmup of `CosineDecay` falls from 0.1 to 0.01",
        ),
        (
            run(
                "steps: 1000",
                "{use: keras.PolynomialDecay, initial_learning_rate: 0.01, decay_steps: 1000, end_learning_rate: 0.1}",
            ),
            "the decay of `PolynomialDecay` climbs from 0.01 to 0.1",
        ),
        (
            run("steps: 1000", "{kind: cosine, to: 150%}"),
            "the decay of `cosine` climbs from 1e-3 to 1.5e-3",
        ),
        (
            run("steps: 1000", "{use: torch.CosineAnnealingLR, T_max: 1000, eta_min: 1e-2}"),
            "the decay of `CosineAnnealingLR` climbs from 1e-3 to 0.01",
        ),
        (
            run(
                "steps: 1000",
                "{use: transformers.get_cosine_with_min_lr_schedule_with_warmup, num_warmup_steps: 100, "
                "num_training_steps: 1000, min_lr: 1e-2}",
            ),
            "the decay of `get_cosine_with_min_lr_schedule_with_warmup` climbs from 1e-3 to 0.01",
        ),
        (
            run("steps: 1000", "{use: torch.CosineAnnealingLR, T_max: 1000, eta_min: 1e-5}", "groups: {g: {lr: 1e-6}}"),
            "group `g`: the decay of `CosineAnnealingLR` climbs from 1e-6 to 1e-5",
        ),
        (
            run("steps: 1000", "{kind: cyclic, min: 0.01, up: 100}"),
            "`min` 0.01 is above `max` 1e-3: the cycles are upside down",
        ),
    ],
    "lost-drops": [
        (
            "steps: 8\nlr: 0.1\nschedule:\n  use: torch.ChainedScheduler\n  schedulers:\n"
            "    - {use: torch.CosineAnnealingWarmRestarts, T_0: 50, eta_min: 1e-12}\n"
            "    - {use: torch.MultiStepLR, milestones: [1, 2, 3], gamma: 0.1}\n",
            # (1 + cos(π·7/50))/2 = 0.952414…
            "the drops of `MultiStepLR` do not last: at update 7 the learning rate is 0.09524, not 9.524e-5; "
            "`CosineAnnealingWarmRestarts` sets its own value at each step",
        ),
        (
            "steps: 8\nlr: 0.1\nschedule:\n  use: torch.ChainedScheduler\n  schedulers:\n"
            "    - {use: torch.StepLR, step_size: 4, gamma: 0.5}\n"
            "    - {use: torch.LambdaLR, lr_lambda: '1.0'}\n",
            "the drops of `StepLR` do not last: at update 7 the learning rate is 0.1, not 0.05; "
            "`LambdaLR` sets its own value at each step",
        ),
    ],
    "lost-step": [
        (
            "steps: 100\nlr: 0.1\nschedule:\n  use: torch.SequentialLR\n  milestones: [20]\n  schedulers:\n"
            "    - use: torch.SequentialLR\n      milestones: [10]\n      schedulers: "
            "[{use: torch.LinearLR, start_factor: 0.1, total_iters: 10}, {use: torch.ExponentialLR, gamma: 1}]\n"
            "    - {use: torch.CosineAnnealingLR, T_max: 80}\n",
            "`LinearLR` ends after 9 steps, not 10: `SequentialLR` inside another one loses a step",
        ),
    ],
    "differs-in-float32": [
        (
            run(
                "steps: 100",
                "{use: optax.polynomial_schedule, init_value: 0.1, end_value: 0, power: 0.9, transition_steps: 100}",
            ),
            "in float32, which is what `optax` trains with, a `power` that is not whole is NaN from "
            "`transition_steps` on, for about half of all `transition_steps`",
        ),
        (
            run(
                "steps: 100",
                "{use: optax.join_schedules, boundaries: [10], schedules: "
                "[{use: optax.linear_schedule, init_value: 0.01, end_value: 0.1, transition_steps: 10}, "
                "{use: optax.exponential_decay, init_value: 0.1, transition_steps: 30, decay_rate: 0.5, "
                "staircase: true}]}",
            ),
            "in float32, which is what `optax` trains with, a drop may come one update later, for about one in ten "
            "`transition_steps`",
        ),
        (
            run(
                "steps: 475",
                "{use: keras.CosineDecayRestarts, initial_learning_rate: 0.1, first_decay_steps: 100, t_mul: 1.5}",
            ),
            "in float32, which is what `keras` trains with, a restart may come one update later, with the least "
            "value in place of the peak",
        ),
    ],
    "zero-first-update": [
        (
            run("steps: 1000", "{kind: cosine, warmup: 100}"),
            "the learning rate is 0 at the first update; the peak is 1e-3 at update 100",
        ),
        (
            run("steps: 1000", COSINE % (50, 1000)),
            "the learning rate is 0 at the first update; the peak is 1e-3 at update 50",
        ),
        (
            run("steps: 1000", "{kind: points, at: {0: 0, 10: 0.5, 1000: 0}}"),
            "the learning rate is 0 at the first update; the peak is 0.5 at update 10",
        ),
        (
            run("steps: 1000", "{kind: cosine, warmup: 1}"),
            "the learning rate is 0 at the first update, which is all of the warmup; the peak is 1e-3 at update 1",
        ),
        (
            run(
                "epochs: 10\nsteps_per_epoch: 100",
                "{use: composer.CosineAnnealingWithWarmupScheduler, t_warmup: 100ba, alpha_f: 0.1}",
            ),
            "the learning rate is 0 at the first 2 updates; the peak is 1e-3 at update 101",
        ),
    ],
    "rises-again": [
        (
            run("steps: 1000", TORCH_COSINE % 800),
            # (1 + cos(π·999/800))/2 = 0.145148…
            "`T_max` 800 ends after 800 of 1,000 updates, at 0; then the learning rate rises again, to 1.451e-4",
        ),
        (
            run("epochs: 100\nsteps_per_epoch: 10", "{use: torch.CosineAnnealingLR, T_max: 50, interval: epoch}"),
            # (1 + cos(π·99/50))/2 = 0.999013…
            "`T_max` 50 ends after 50 of 100 epochs, at 0; then the learning rate rises again, to 9.99e-4",
        ),
        (
            run("steps: 1000", COSINE % (0, 500)),
            "`num_training_steps` 500 ends after 500 of 1,000 updates, at 0; "
            "then the learning rate rises again, to 1e-3",
        ),
        (
            run("steps: 100", "{use: detectron2.WarmupCosineLR, max_iters: 60, warmup_iters: 80}"),
            # (1 + cos(π·99/60))/2
            "`max_iters` 60 ends after 60 of 100 updates, at 0; then the learning rate rises again, to 7.27e-4",
        ),
    ],
    "ends-early": [
        (
            run(
                "steps: 1000",
                "{use: transformers.get_linear_schedule_with_warmup, num_warmup_steps: 0, num_training_steps: 800}",
            ),
            "the schedule ends after 800 of 1,000 updates; the last 20% of the run stay at 0",
        ),
        (
            run("steps: 1000", "[{kind: linear, for: 850, to: 10%}]"),
            "the schedule ends after 850 of 1,000 updates; the last 15% of the run stay at 1e-4",
        ),
        (
            run(
                "steps: 1000",
                "{use: optax.warmup_cosine_decay_schedule, init_value: 0, peak_value: 1e-3, "
                "warmup_steps: 100, decay_steps: 500}",
            ),
            "the schedule ends after 500 of 1,000 updates; the last 50% of the run stay at 0",
        ),
        (
            run("epochs: 60\nsteps_per_epoch: 10", "{use: torch.PolynomialLR, total_iters: 50, interval: epoch}"),
            "the schedule ends after 50 of 60 epochs; the last 17% of the run stay at 0",
        ),
        (
            run("epochs: 60\nsteps_per_epoch: 10", "{kind: cosine, for: 45 epochs, to: 10%}"),
            "the schedule ends after 45 of 60 epochs; the last 25% of the run stay at 1e-4",
        ),
        (
            run("steps: 1000", "{kind: product, of: [{kind: linear, for: 400, to: 10%}, {kind: constant, value: 1}]}"),
            "the schedule ends after 400 of 1,000 updates; the last 60% of the run stay at 1e-4",
        ),
    ],
    "cut-short": [
        (
            run("steps: 1000", "{kind: wsd, for: 2000}"),  # the last 200 are the cooldown
            "`wsd` is cut by the run's end after 1,000 of 2,000 updates: the learning rate ends at 1e-3, not at 0",
        ),
        (
            run("steps: 1000", "{kind: linear, for: 1250}"),
            "`linear` is cut by the run's end after 1,000 of 1,250 updates: the learning rate ends at 2e-4, not at 0",
        ),
        (
            run("steps: 1000", "[{kind: warmup, for: 200}, {kind: linear, for: 1000, to: 10%}]"),
            # 1e-3·(1 − 0.9·0.8)
            "`linear` is cut by the run's end after 800 of 1,000 updates: "
            "the learning rate ends at 2.8e-4, not at 1e-4",
        ),
        (
            run("epochs: 60\nsteps_per_epoch: 10", "{use: torch.CosineAnnealingLR, T_max: 120, interval: epoch}"),
            "`CosineAnnealingLR` is cut by the run's end after 60 of 120 epochs: "
            # held through the last epoch: (1 + cos(π·59/120))/2
            "the learning rate ends at 5.131e-4, not at 0",
        ),
    ],
    "phase-jump": [
        (
            run("steps: 1000", "[{kind: warmup, for: 100}, {kind: linear, from: 50%}]"),
            "`warmup` leads to 1e-3, and `linear` starts at 5e-4, at update 100",
        ),
        (
            run("steps: 1000", "[{kind: warmup, for: 100, to: 2e-3}, {kind: cosine, from: 1e-3}]"),
            "`warmup` leads to 2e-3, and `cosine` starts at 1e-3, at update 100",
        ),
        (
            run(
                "steps: 1000",
                "{use: torch.SequentialLR, milestones: [100], schedulers: "
                "[{use: torch.LinearLR, start_factor: 0.1, total_iters: 200}, "
                "{use: torch.CosineAnnealingLR, T_max: 900}]}",
            ),
            # 1e-3·(0.1 + 0.9·100/200)
            "`LinearLR` leads to 5.5e-4, and `CosineAnnealingLR` starts at 1e-3, at update 100",
        ),
        (
            run(
                "steps: 1000",
                "{use: torch.SequentialLR, milestones: [500], schedulers: "
                "[{use: torch.CosineAnnealingLR, T_max: 500}, {use: torch.ExponentialLR, gamma: 0.999}]}",
            ),
            "`CosineAnnealingLR` leads to 0, and `ExponentialLR` starts at 1e-3, at update 500",
        ),
        (
            run("steps: 1000", "{use: torch.ConstantLR, factor: 0.1, total_iters: 600}"),
            "`ConstantLR` jumps back from 1e-4 to 1e-3 at update 600, where its `total_iters` ends",
        ),
        (
            # 0.2 + 0.8·u up to 1 at update 3,000; then 0.01 + 0.495·(1 + cos(π·3001/10000)) = 0.795827…
            run(
                "steps: 10_000",
                '{use: torch.LambdaLR, lr_lambda: "0.2*(1 - step/3000) + step/3000 if step <= 3000 '
                'else 0.01 + 0.5*0.99*(1 + cos(pi*step/10000))"}',
            ),
            "the learning rate falls from 1e-3 to 7.958e-4 in one update, at update 3,001",
        ),
        (
            run("steps: 1_000_000_000", "{kind: expression, value: 'base * (1 if t < 0.37 * n else 0.5 - 0.4 * u)'}"),
            # 0.5 − 0.4·0.37
            "the learning rate falls from 1e-3 to 3.52e-4 in one update, at update 370,000,000",
        ),
        (
            run(
                "steps: 100",
                "{use: megatron.OptimizerParamScheduler, init_lr: 0, max_lr: 1, min_lr: 0.1, lr_warmup_steps: 10, "
                "lr_decay_steps: 50, lr_decay_style: WSD, wsd_decay_steps: 0, lr_wsd_decay_style: linear, "
                "start_wd: 0, end_wd: 0, wd_incr_steps: 1, wd_incr_style: constant}",
            ),
            "`stable` leads to 1, and `min` starts at 0.1, at update 51",
        ),
    ],
    "idle-phase": [
        (
            run("steps: 1000", "[{kind: warmup, for: 100}, {kind: cosine, for: 900}, {kind: linear, for: 100, to: 0}]"),
            "`linear` never runs: it starts at update 1,000, and the run has 1,000 updates",
        ),
        (
            run("steps: 1000", "[{kind: constant, for: 0}, cosine]"),
            "`constant` never runs: its length is 0",
        ),
        (
            run(
                "steps: 1000",
                "{use: torch.SequentialLR, milestones: [1500], schedulers: "
                "[{use: torch.ConstantLR, factor: 1, total_iters: 1500}, {use: torch.ExponentialLR, gamma: 0.9}]}",
            ),
            "`ExponentialLR` never runs: it starts at update 1,500, and the run has 1,000 updates",
        ),
    ],
    "long-warmup": [
        (
            run(
                "steps: 1000",
                "{use: transformers.get_linear_schedule_with_warmup, num_warmup_steps: 2000, num_training_steps: 3000}",
            ),
            "the warmup takes 2,000 updates, and the run has 1,000: it never ends",
        ),
        (
            run("steps: 1000", "{kind: cosine, warmup: 300}"),
            "the warmup takes 300 of the run's 1,000 updates, 30% of them",
        ),
        (
            run("steps: 1000", "[{kind: constant, value: 1e-6, for: 10}, {kind: warmup, for: 250}, cosine]"),
            "the warmup takes 250 of the run's 1,000 updates, 25% of them",
        ),
        (
            run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: 'min(1, epoch / 400)'}"),
            "the warmup takes 400 of the run's 1,000 updates, 40% of them",
        ),
        (
            run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: 'min(1, epoch / 4000)'}"),
            "the learning rate rises through all of the run's 1,000 updates: its warmup never ends",
        ),
        (
            run("steps: 1000", "{use: deepspeed.WarmupLR, warmup_num_steps: 250}"),
            "the warmup takes 250 of the run's 1,000 updates, 25% of them",
        ),
    ],
    "peak-never-reached": [
        (
            run("epochs: 100\nsteps_per_epoch: 10", "{use: timm.CosineLRScheduler, t_initial: 100, warmup_t: 20}"),
            # the decay runs on under the warmup: 19/20 of the peak, then (1 + cos(π·20/100))/2
            "the learning rate never reaches 1e-3: it is 9.5e-4 at most, at update 190",
        ),
        (
            run("steps: 1000", "{kind: cyclic, min: 0, up: 2000}"),
            "the learning rate never reaches 1e-3: it is 4.995e-4 at most, at update 999",
        ),
        (
            run("steps: 1000", "{use: torch.CyclicLR, base_lr: 0, max_lr: 0.1, cycle_momentum: false}"),
            "the learning rate never reaches 0.1: it is 0.04995 at most, at update 999",
        ),
        (
            run(
                "epochs: 60\nsteps_per_epoch: 5",
                "{kind: product, of: [[{kind: warmup, for: 100}, constant], {kind: linear, to: 10%, interval: epoch}]}",
            ),
            # 99/100 · (1 − 0.9·19/60)
            "the learning rate never reaches 1e-3, its `lr`: it is 7.078e-4 at most, 71% of it, at update 99",
        ),
    ],
    "floor-never-reached": [
        (
            run(
                "steps: 1000",
                "{use: transformers.get_cosine_with_min_lr_schedule_with_warmup, num_warmup_steps: 0, "
                "num_training_steps: 1000, num_cycles: 0.25, min_lr: 1e-4}",
            ),
            # 1e-4 + 0.9e-3·(1 + cos(π/2))/2
            "the learning rate does not fall to 1e-4: its lowest value after the peak is 5.5e-4",
        ),
    ],
    "floor-early": [
        (
            run("steps: 1000", "{kind: linear, min: 25%}"),
            "`min` 2.5e-4 is reached at update 750 of 1,000 updates: the learning rate is constant for 25% of the run",
        ),
        (
            run("steps: 1000", "{kind: cosine, min: 5e-4, warmup: {for: 200, from: 1%}}"),
            # half of the 800 updates of cosine
            "`min` 5e-4 is reached at update 600 of 1,000 updates: the learning rate is constant for 40% of the run",
        ),
    ],
    "milestone-past-end": [
        (
            run(EPOCHS, "{kind: multistep, milestones: [30 epochs, 100 epochs]}"),
            "milestone 10,000 is after the run's end: `multistep` has 9,000 updates",
        ),
        (
            run(EPOCHS, "{use: torch.MultiStepLR, milestones: [60, 120, 160], interval: epoch}"),
            "`milestones` 120, 160 are after the run's end: `MultiStepLR` has 90 epochs",
        ),
        (
            run("steps: 90", "{use: torch.StepLR, step_size: 300}"),
            "`StepLR` never drops: its first drop is after 300 steps, and it has 90 updates",
        ),
        (
            run("steps: 1000", "{use: keras.PiecewiseConstantDecay, boundaries: [500, 2000], values: [3, 2, 1]}"),
            "milestone 2,000 is after the run's end: `PiecewiseConstantDecay` has 1,000 updates",
        ),
        (
            run(EPOCHS, "{use: mmengine.MultiStepLR, milestones: [60, 120], convert_to_iter_based: true}"),
            "milestone 120 is after the run's end: `MultiStepLR` has 90 epochs",
        ),
    ],
    "incomplete-restart": [
        (
            run("steps: 1000", "{kind: cosine_restarts, period: 300}"),
            "the run ends in cycle 4, after 100 of 300 updates",
        ),
        (
            run(
                "epochs: 100\nsteps_per_epoch: 10",
                "{use: torch.CosineAnnealingWarmRestarts, T_0: 10, T_mult: 2, interval: epoch}",
            ),
            # 10 + 20 + 40 = 70
            "the run ends in cycle 4, after 30 of 80 epochs",
        ),
        (
            run(
                "steps: 1000",
                "{use: ignite.CosineAnnealingScheduler, param_name: lr, start_value: 0.1, end_value: 0.01, "
                "cycle_size: 90, warmup_duration: 10, cycle_mult: 1.5}",
            ),
            # cycles of 90 + 10, 135 + 15, 202 + 22, 303 + 33, 454 + 49
            "the run ends in cycle 5, after 190 of 503 updates",
        ),
        (
            run("steps: 1000", "{use: fairseq.cosine, max_update: 1000, warmup_updates: 10, lr_period_updates: 400}"),
            # 10 + 400 + 400 = 810
            "the run ends in cycle 3, after 190 of 400 updates",
        ),
        (
            run(
                "steps: 1000",
                "{use: fairseq.cosine, max_update: 1000, warmup_updates: 10, lr_period_updates: 200, t_mult: 2}",
            ),
            # 10 + 200 + 400 = 610
            "the run ends in cycle 3, after 390 of 800 updates",
        ),
        (
            run("steps: 1000", "{kind: repeat, of: [{kind: warmup, for: 100}, {kind: cosine, for: 500}]}"),
            "the run ends in cycle 2, after 400 of 600 updates",
        ),
        (
            run("steps: 1000", HARD + "num_training_steps: 1000}"),
            "`get_cosine_with_hard_restarts_schedule_with_warmup` does not restart: `num_cycles` is 1 by default",
        ),
    ],
    "interval-mismatch": [
        (
            run(EPOCHS, TORCH_COSINE % 90),
            "`T_max` 90 is the run's number of epochs, but it is stepped at each update: "
            "it ends after 90 of 9,000 updates",
        ),
        (
            run(EPOCHS, "{use: torch.CosineAnnealingLR, T_max: 9000, interval: epoch}"),
            "`T_max` 9,000 is the run's number of updates, but it is stepped once per epoch: "
            "the run ends after 90 epochs",
        ),
        (
            run(EPOCHS, "[{kind: linear, for: 90, to: 0}]"),
            "`for` 90 is the run's number of epochs, but it is stepped at each update: "
            "it ends after 90 of 9,000 updates",
        ),
        (
            run(EPOCHS, "{use: torch.MultiStepLR, milestones: [30, 60, 80]}"),
            "`milestones` would fit the run's 90 epochs, but they count updates: "
            "the last drop is at update 80 of 9,000",
        ),
        (
            run(EPOCHS, "{use: keras.PiecewiseConstantDecay, boundaries: [30, 60], values: [1e-1, 1e-2, 1e-3]}"),
            "`boundaries` would fit the run's 90 epochs, but they count updates: "
            "the last drop is at update 60 of 9,000",
        ),
        (
            run(EPOCHS, "{kind: multistep, milestones: [30, 60], gamma: 0.1, warmup: 5}"),
            "`milestones` would fit the run's 90 epochs, but they count updates: "
            "the last drop is at update 60 of 9,000",
        ),
    ],
    "stepped-per-process": [
        (
            run("steps: 10_000", COSINE % (0, 10_000), "scheduler_steps_per_update: 4"),
            "the scheduler is stepped 4 times at each update: it ends after 2,500 of 10,000 updates (25%)",
        ),
        (
            run("steps: 10_000", "{kind: linear, to: 0}", "scheduler_steps_per_update: 8"),
            "the scheduler is stepped 8 times at each update: it ends after 1,250 of 10,000 updates (12%)",
        ),
    ],
    "micro-batches": [
        (
            run(BATCHES, COSINE % (0, 4000)),
            "`num_training_steps` 4,000 counts batches: the run has 1,000 updates, of 4 accumulated batches each; "
            "the run ends at 25% of the schedule",
        ),
        (
            run(BATCHES, TORCH_COSINE % 3990),  # the last batches of the epochs were incomplete
            "`T_max` 3,990 counts batches: the run has 1,000 updates, of 4 accumulated batches each; "
            "the run ends at 25% of the schedule",
        ),
    ],
    "short-adam-warmup": [
        (
            run("steps: 100_000", "{kind: cosine, warmup: 500}", "beta2: 0.999"),
            "the learning rate reaches its peak at update 500; β₂ = 0.999 needs 2,000 updates of warmup, 2/(1 − β₂)",
        ),
        (
            run("steps: 1000", "cosine", "beta2: 0.95"),
            "the learning rate has no warmup; β₂ = 0.95 needs 40 updates of warmup, 2/(1 − β₂)",
        ),
    ],
    "unwarmed-first-update": [
        (
            run("steps: 1000", "{use: speechbrain.NoamScheduler, lr_initial: 1e-3, n_warmup_steps: 100}"),
            "the first update has 1e-3, and the warmup starts after it, with 1e-5",
        ),
    ],
    "weight-decay-timescale": [
        (
            run("epochs: 20\nsteps_per_epoch: 1000", "cosine", "weight_decay: 2"),
            "weight decay acts over 1/(lr·wd) = 500 updates, less than the 1,000 updates per epoch",
        ),
        (
            run("epochs: 5\nsteps_per_epoch: 1000", "constant", "groups: {head: {weight_decay: 4, lr: 2e-3}}"),
            "group `head`: weight decay acts over 1/(lr·wd) = 125 updates, less than the 1,000 updates per epoch",
        ),
    ],
    "rounded-away": [
        (
            run("steps: 150", "{kind: cosine, warmup: 1%}"),
            "`1%` is 1.5 updates, and becomes 2",
        ),
        (
            run("tokens: 1B\ntokens_per_step: 2M", "[{kind: warmup, for: 500k tokens}, cosine]"),
            "`500,000 tokens` is 0.25 updates, and becomes 0",
        ),
    ],
    "group-lr-ignored": [
        (
            run("steps: 1000", "{use: torch.OneCycleLR, max_lr: 1e-3, total_steps: 1000}", "groups: {a: {lr: 10%}}"),
            "the `lr` 1e-4 of group `a` changes nothing: "
            "the scheduler's own arguments set the learning rate of every group",
        ),
        (
            run("steps: 1", "{use: torch.CyclicLR, base_lr: 0.1, max_lr: 1}", "groups: {a: {lr: 2}}"),
            "the `lr` 2 of group `a` changes nothing: "
            "the scheduler's own arguments set the learning rate of every group",
        ),
    ],
    "would-raise": [
        (
            run("steps: 10", '{use: torch.LambdaLR, lr_lambda: "min(1.0, 1 / epoch)"}'),
            "the scheduler raises at update 0: ZeroDivisionError: division by zero",
        ),
        (
            run("steps: 1000", "{use: torch.OneCycleLR, max_lr: 1e-3, total_steps: 900}"),
            "the scheduler raises at update 901: ValueError: Tried to step 901 times. "
            "The specified number of total steps is 900",
        ),
    ],
    "unknown-code": [
        (
            run("steps: 1000", "cosine", "accept: {zero-first-updat: it is meant}"),
            "there is no finding `zero-first-updat` to accept",
        ),
    ],
    "accepted-for-nothing": [
        (
            run("steps: 1000", "cosine", "accept: {zero-first-update: it is meant}"),
            "`accept` lists `zero-first-update`, which is not found",
        ),
    ],
    # Configs of training programs, which are recognised by their keys.
    "ignored-key": [
        (
            "max_steps: 100\nwarmup_steps: 10\nwarmup_ratio: 0.2\nlr_scheduler_type: linear\n",
            "`warmup_steps` is 10, so `warmup_ratio` is ignored",
        ),
        (
            "max_steps: 100\nnum_train_epochs: 3\nlr_scheduler_type: linear\n",
            "`max_steps` is 100, so `num_train_epochs` is ignored",
        ),
    ],
    "unknown-length": [
        (
            "learning_rate: 1e-4\nwarmup_ratio: 0.1\nlr_scheduler_type: linear\n",
            "the config does not say how many updates the run has: times are in percent of the run, and what depends "
            "on its length is not checked",
        )
    ],
    "near-miss": [
        ("max_steps: 100\nnum_train_epochs: 3\nwarmup_ratio: 0.1\nlr_scheduler: cosine\n", "`lr_scheduler` is ignored")
    ],
    "overridden-scheduler": [
        (
            "max_steps: 100\nlr_scheduler_type: cosine\nwarmup_steps: 10\n"
            "deepspeed: {scheduler: {type: WarmupLR, params: {warmup_max_lr: 1e-3}}}\n",
            "the `scheduler` of the DeepSpeed config is used, not `lr_scheduler_type: cosine`",
        )
    ],
    "vanishing": [
        (
            # 0.1^6 at 180, but for rounding: 0.1^7 at 210
            run(EPOCHS, "{use: torch.StepLR, step_size: 30}"),
            "the learning rate is below 1e-9, a millionth of its peak, for the last 8,790 updates, 98% of the run",
        ),
        (
            # 0.95^269 = 1.02e-6, 0.95^270 = 9.7e-7
            run(EPOCHS, "{use: torch.ExponentialLR, gamma: 0.95}"),
            "the learning rate is below 1e-9, a millionth of its peak, for the last 8,730 updates, 97% of the run",
        ),
        (
            run("steps: 1000", "cosine", "groups: {g: {schedule: {kind: expression, value: 'base / (t + 1)**3'}}}"),
            "group `g`: the learning rate is below 1e-9, a millionth of its peak, "
            "for the last 900 updates, 90% of the run",
        ),
    ],
}


NEAR: dict[str, list[str]] = {
    "negative-value": [
        run("steps: 1000", TORCH_COSINE % 1000),
        # 1 − 90·(1/90), summed up: the last value is rounding, of either sign
        run("steps: 100", "{use: torch.LinearLR, start_factor: 1.0, end_factor: 0.0, total_iters: 90}"),
        run("steps: 100", "constant", "weight_decay: 0"),
    ],
    "zero-updates": [
        run("steps: 1000", "{kind: cosine, warmup: 100}"),  # one update
        run("steps: 1000", "{kind: linear, inclusive: true}"),  # the last one
        run("steps: 1000", "{kind: linear, for: 992}"),  # less than 1% of the run
        run("steps: 1000", "{kind: cosine_restarts, period: 250}"),
        run("steps: 1_000_000_000", "{kind: cyclic, min: 0, up: 3}"),  # often 0, but never for long
        run("steps: 1000", "{kind: linear, for: 800}"),  # told by ends-early
    ],
    "zero-throughout": [run("steps: 1000", "cosine"), run("steps: 1000", "{kind: constant, value: 1e-30}")],
    "upside-down": [
        run("steps: 1000", "{kind: exponential, from: 1e-7, to: 10}"),  # a range test
        run("steps: 1000", "[{kind: linear, from: 0, to: 100%, for: 100}, cosine]"),  # a warmup
        run("steps: 1000", "[{kind: constant, value: 10%, for: 100}, {kind: linear, to: 100%}]"),
        run("steps: 1000", "{kind: cosine, to: 100%}"),
        run("steps: 1000", "{use: torch.LinearLR, start_factor: 0.1, total_iters: 100}"),
        # one cycle of two parts, as mmdetection3d's cyclic-20e
        run(
            "epochs: 20\nsteps_per_epoch: 50",
            "{use: mmengine.param_scheduler, schedulers: ["
            "{use: mmengine.CosineAnnealingLR, T_max: 8, eta_min: 1e-2, end: 8, convert_to_iter_based: true}, "
            "{use: mmengine.CosineAnnealingLR, T_max: 12, eta_min: 1e-7, begin: 8, end: 20, "
            "convert_to_iter_based: true}]}",
        ),
        run("steps: 1000", "{use: torch.CyclicLR, base_lr: 1e-4, max_lr: 1e-3, step_size_up: 100}"),
    ],
    "lost-drops": [
        run(
            "steps: 1000",
            "{use: torch.ChainedScheduler, schedulers: [{use: torch.LinearLR, total_iters: 50}, "
            "{use: torch.StepLR, step_size: 300}]}",
        ),
        run("steps: 1000", "{kind: product, of: [{kind: step, every: 300}, cosine]}"),
    ],
    "lost-step": [
        run(
            "steps: 1000",
            "{use: torch.SequentialLR, milestones: [100], schedulers: "
            "[{use: torch.LinearLR, start_factor: 0.1, total_iters: 100}, {use: torch.CosineAnnealingLR, T_max: 900}]}",
        ),
        run(
            "steps: 100",
            "{use: optax.join_schedules, boundaries: [50], schedules: ["
            "{use: optax.join_schedules, boundaries: [10], schedules: ["
            "{use: optax.linear_schedule, init_value: 0.01, end_value: 0.1, transition_steps: 10}, "
            "{use: optax.constant_schedule, value: 0.1}]}, "
            "{use: optax.cosine_decay_schedule, init_value: 0.1, decay_steps: 50}]}",
        ),
    ],
    "differs-in-float32": [
        run(
            "steps: 100",
            "{use: optax.polynomial_schedule, init_value: 0.1, end_value: 0, power: 2, transition_steps: 100}",
        ),
        run("steps: 100", "{use: optax.exponential_decay, init_value: 0.1, transition_steps: 10, decay_rate: 0.5}"),
        run("steps: 700", "{use: keras.CosineDecayRestarts, initial_learning_rate: 1, first_decay_steps: 100}"),
    ],
    "zero-first-update": [
        run("steps: 1000", "{kind: cosine, warmup: {for: 100, skip_zero: true}}"),
        run("steps: 1000", "{kind: constant, value: 0}"),  # frozen, not wasted
    ],
    "rises-again": [
        run("epochs: 20\nsteps_per_epoch: 9", "{use: timm.CosineLRScheduler, t_initial: 5, cycle_limit: 4}"),
        run("steps: 1000", TORCH_COSINE % 1000),
        run("steps: 1000", TORCH_COSINE % 960),  # up by 0.4% of the peak
        run("steps: 1000", "{kind: cosine_restarts, period: 250}"),
        run("steps: 1000", "{kind: cyclic, up: 100}"),
        run("steps: 1000", "{use: torch.CosineAnnealingWarmRestarts, T_0: 250}"),
        run("steps: 1000", "{use: keras.PolynomialDecay, initial_learning_rate: 1, decay_steps: 300, cycle: true}"),
        run("steps: 1000", "[{kind: cosine, for: 500}, {kind: cosine, from: 50%}]"),
        run("steps: 10_000", COSINE % (0, 10_000), "scheduler_steps_per_update: 4"),  # has a finding of its own
    ],
    "ends-early": [
        run("steps: 1000", "[{kind: linear, for: 850, to: 10%}, constant]"),
        run("steps: 1000", "[{kind: linear, for: 950, to: 10%}]"),
        run("steps: 1000", "[{kind: warmup, for: 100}]"),
        run("steps: 1000", "{use: transformers.get_constant_schedule_with_warmup, num_warmup_steps: 100}"),
        run("steps: 1000", "{use: torch.LinearLR, start_factor: 0.1, total_iters: 100}"),
        run(
            "steps: 1000", "{use: keras.ExponentialDecay, initial_learning_rate: 1, decay_steps: 100, decay_rate: 0.9}"
        ),
        run(
            "steps: 1000",
            "{use: keras.CosineDecay, initial_learning_rate: 1, decay_steps: 850, warmup_target: 2, warmup_steps: 150}",
        ),
    ],
    "cut-short": [
        run("steps: 1000", "{kind: linear, for: 1020}"),
        run("steps: 1000", "{kind: constant, for: 2000}"),
        run("steps: 1000", TORCH_COSINE % 1000),
        run(
            "steps: 1000",
            "{use: optax.warmup_cosine_decay_schedule, init_value: 0, peak_value: 1e-3, "
            "warmup_steps: 100, decay_steps: 1000}",
        ),
        run(BATCHES, COSINE % (0, 4000)),  # has a finding of its own
        run("steps: 1000", "{use: transformers.get_inverse_sqrt_schedule, num_warmup_steps: 100}"),
    ],
    "phase-jump": [
        run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: '0.1 ** (epoch // 300)'}"),  # a staircase
        run("steps: 10", "{use: torch.LambdaLR, lr_lambda: '0.3 ** epoch'}"),  # steep all the time
        run("epochs: 30\nsteps_per_epoch: 10", "{use: torch.LambdaLR, lr_lambda: '1 / (1 + epoch)', interval: epoch}"),
        run("steps: 1000", "{kind: expression, value: 'base * 0.5 * (1 + cos(pi * (t % 100) / 100))'}"),  # restarts
        run("steps: 1000", "{kind: expression, value: 'base * (1 - t % 100 / 100)'}"),
        run("steps: 1000", "{kind: expression, value: 'base * (t % 100 / 100)'}"),  # a sawtooth
        run("steps: 1000", "{kind: expression, value: 'base * 0.5 ** floor(t / 300) * (1 - u)'}"),  # equal drops
        run("steps: 1000", "{kind: product, of: [linear, {kind: step, every: 300, gamma: 0.5}]}"),
        run("steps: 1000", "{kind: points, at: {0: 1e-3, 500: 1e-4}, interpolation: step}"),
        run(
            "steps: 1000",
            "{use: torch.SequentialLR, milestones: [20], schedulers: "
            "[{use: torch.ConstantLR, factor: 0.1, total_iters: 20}, {use: torch.ExponentialLR, gamma: 0.99}]}",
        ),  # a constant warmup
        run(
            "steps: 90",
            "{use: torch.SequentialLR, milestones: [30, 60], schedulers: [{use: torch.CosineAnnealingLR, T_max: 30}, "
            "{use: torch.CosineAnnealingLR, T_max: 30}, {use: torch.CosineAnnealingLR, T_max: 30}]}",
        ),  # restarts
        run(EPOCHS, "{use: timm.create_scheduler_v2, sched: step, num_epochs: 90, warmup_epochs: 2}"),
        run(
            "steps: 30",
            "{use: torch.OneCycleLR, max_lr: 0.5, total_steps: 30, pct_start: 0.5, "
            "three_phase: true, anneal_strategy: linear}",
        ),
        run("steps: 1000", "{kind: cosine, warmup: 1}"),
        run("steps: 1000", "[{kind: warmup, for: 100}, {kind: linear, from: 99%}]"),
        run("steps: 1000", "[{kind: warmup, for: 100, skip_zero: true}, {kind: step, every: 300}]"),
        run("steps: 1000", "[{kind: constant, value: 1e-4, for: 100}, {kind: constant, value: 1e-3}]"),
        run("steps: 1000", "[{kind: cosine, for: 500}, {kind: cosine, from: 1e-3}]"),
        run("steps: 1000", "[{kind: warmup, for: 100}, {kind: cosine, for: 400}, {kind: warmup, for: 50}, cosine]"),
        run("epochs: 20\nsteps_per_epoch: 10", "{kind: cosine, warmup: 5 epochs}", "interval: epoch"),
        run(
            "steps: 1000",
            "{use: torch.SequentialLR, milestones: [100], schedulers: "
            "[{use: torch.LinearLR, start_factor: 0.1, total_iters: 100}, {use: torch.CosineAnnealingLR, T_max: 900}]}",
        ),
    ],
    "idle-phase": [
        run("steps: 1000", "[{kind: warmup, for: 100}, {kind: cosine, for: 800}, {kind: linear, for: 100, to: 0}]"),
        run("steps: 1000", "{kind: cosine, warmup: 0}"),
        run("steps: 1000", "{use: timm.CosineLRScheduler, t_initial: 1000, t_in_epochs: false}"),
    ],
    "long-warmup": [
        run(BATCHES, COSINE % (400, 4000)),
        run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: 'min(1, epoch / 100)'}"),
        run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: '1 - 0.9 ** epoch'}"),  # 90% after 22
        run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: '1e4 ** (epoch / 1000)'}"),  # a range test
        run("steps: 1000", "{use: torch.LambdaLR, lr_lambda: 'abs((epoch + 250) % 500 / 250 - 1)'}"),  # cycles
        run("steps: 2352", "{kind: points, at: {0: 0, 490: 0.4, 2352: 0}}"),  # as written
        run("steps: 1000", "{kind: cosine, warmup: 200}"),
        run("steps: 1000", "one_cycle"),
        run("steps: 1000", "{kind: exponential, from: 1e-7, to: 10, inclusive: true}"),
        run("steps: 1000", "{kind: cyclic, up: 500}"),
    ],
    "peak-never-reached": [
        run("steps: 1000", "cosine", "groups: {g: {schedule: {kind: expression, value: 'base * 0.1 * (1 - u)'}}}"),
        run("steps: 1000", "{kind: product, of: [linear, {kind: warmup, for: 10%}]}"),  # 90% of it
        run("steps: 1000", "{kind: expression, value: '1e-5 * (1 - u)'}"),  # which does not use `lr`
        "steps: 9999\nlr: 1\nschedule: {use: torch.LambdaLR, lr_lambda: '0.04 * (epoch + 1) ** -0.5'}\n",
        run(
            "steps: 1000",
            "{use: keras.CosineDecay, initial_learning_rate: 1e-3, decay_steps: 1000, warmup_steps: 2000}",
        ),
        run("steps: 1000", "{kind: linear, from: 50%}"),
        run("steps: 1000", "{use: torch.OneCycleLR, max_lr: 0.1, total_steps: 1000}"),
        run(
            "epochs: 100\nsteps_per_epoch: 10",
            "{use: timm.CosineLRScheduler, t_initial: 80, warmup_t: 20, warmup_prefix: true}",
        ),
        run("steps: 1000", "{kind: cyclic, min: 1e-4, up: 100, mode: exp_range, gamma: 0.999}"),
        run(
            "steps: 1000",
            "{use: transformers.get_linear_schedule_with_warmup, num_warmup_steps: 2000, num_training_steps: 3000}",
        ),  # the run ends in the warmup: told by long-warmup
    ],
    "floor-never-reached": [
        run(
            "steps: 99",
            "{use: megatron.OptimizerParamScheduler, init_lr: 0, max_lr: 1, min_lr: 0.1, "
            "lr_warmup_steps: 9, lr_decay_steps: 99, lr_decay_style: constant, start_wd: 0, end_wd: 0, "
            "wd_incr_steps: 1, wd_incr_style: constant}",
        ),
        run("epochs: 10\nsteps_per_epoch: 9", "{use: timm.PolyLRScheduler, t_initial: 10}"),
        run("steps: 1000", "{use: torch.CosineAnnealingLR, T_max: 1000, eta_min: 1e-5}"),
        run(
            "epochs: 5\nsteps_per_epoch: 100",
            "{use: torch.CosineAnnealingLR, T_max: 6, eta_min: 1e-5, interval: epoch}",
        ),
        run("steps: 1000", "{use: paddle.ReduceOnPlateau, learning_rate: 1, metrics: [1, 2], min_lr: 0.1}"),
    ],
    "floor-early": [
        run("steps: 1000", "{kind: linear, min: 5%}"),
        run("steps: 1000", "{kind: linear, min: 100%}"),
        run("epochs: 20\nsteps_per_epoch: 10", "{kind: linear, min: 5%, interval: epoch}"),
        run("steps: 1000", "{kind: cosine, to: 25%}"),
        run("steps: 1000", "{kind: exponential, gamma: 0.9, every: 10, min: 25%}"),  # an open decay needs a floor
    ],
    "milestone-past-end": [
        run(EPOCHS, "{kind: multistep, milestones: [30 epochs, 90 epochs]}"),
        run(EPOCHS, "{use: torch.MultiStepLR, milestones: [3000, 6000]}"),
        run(EPOCHS, "{use: torch.StepLR, step_size: 30, interval: epoch}"),
    ],
    "incomplete-restart": [
        run("steps: 1000", "{kind: cosine_restarts, period: 250}"),
        run("steps: 1000", "{kind: cosine_restarts, period: 251}"),  # the fourth has 247 of 251
        run("steps: 1500", "{kind: cosine_restarts, period: 100, mult: 2}"),
        run("steps: 1000", "{kind: repeat, times: 3, of: {kind: cosine, for: 300}}"),
        run("steps: 1000", HARD + "num_training_steps: 1000, num_cycles: 3}"),
    ],
    "interval-mismatch": [
        run(EPOCHS, "{use: torch.CosineAnnealingLR, T_max: 90, interval: epoch}"),
        run(EPOCHS, TORCH_COSINE % 9000),
        run(EPOCHS, "[{kind: linear, for: 90 epochs, to: 0}]"),
        run("epochs: 90", TORCH_COSINE % 90),  # an epoch is one update
        run(EPOCHS, "{use: timm.CosineLRScheduler, t_initial: 90}"),  # which counts epochs of itself
        run(EPOCHS, "{use: torch.CosineAnnealingWarmRestarts, T_0: 90}"),
        run(EPOCHS, "{use: torch.MultiStepLR, milestones: [30, 60, 80], interval: epoch}"),
        run(EPOCHS, "{use: torch.MultiStepLR, milestones: [3000, 6000]}"),
        run(EPOCHS, "{use: mmengine.MultiStepLR, milestones: [30, 60]}"),
        run(EPOCHS, "{kind: multistep, milestones: [30 epochs, 60 epochs], gamma: 0.1}"),
        run("epochs: 90\nsteps_per_epoch: 50", "{kind: multistep, milestones: [1 epoch], gamma: 0.1}"),
        run("epochs: 90\nsteps_per_epoch: 2", "{use: torch.MultiStepLR, milestones: [30, 60, 80]}"),
        run(EPOCHS, "{kind: multistep, milestones: [50], values: [1e-4, 1e-3]}"),  # a warmup of one stage
    ],
    "stepped-per-process": [
        run("steps: 10_000", COSINE % (0, 40_000), "scheduler_steps_per_update: 4"),
        run("steps: 10_000", "constant", "scheduler_steps_per_update: 4"),
        run("steps: 10_000", "{use: torch.ExponentialLR, gamma: 0.9999}", "scheduler_steps_per_update: 4"),
    ],
    "micro-batches": [
        run(BATCHES, COSINE % (0, 1000)),
        run("steps: 1000", COSINE % (0, 4000)),
        run(BATCHES, COSINE % (0, 4000), "scheduler_steps_per_update: 4"),  # stepped at each batch
    ],
    "short-adam-warmup": [
        run("steps: 100_000", "{kind: cosine, warmup: 2000}", "beta2: 0.999"),
        run("steps: 100_000", "{kind: cosine, warmup: {for: 2000, skip_zero: true}}", "beta2: 0.999"),
        run("steps: 100_000", "{kind: cosine, warmup: 500}", "beta2: 0.99"),
        run("steps: 100_000", "{kind: cosine, warmup: 500}"),
        run("steps: 5000", "{kind: cosine, warmup: 500}", "beta2: 0.999"),  # 2,000 would be 40% of the run
    ],
    "unwarmed-first-update": [
        run("steps: 1000", "{use: speechbrain.NoamScheduler, lr_initial: 1e-3, n_warmup_steps: 1}"),
        "steps: 1000\nlr: 0\nschedule: {use: speechbrain.NoamScheduler, lr_initial: 1e-3, n_warmup_steps: 100}\n",
        run("steps: 1000", "{use: wenet.WarmupLR, warmup_steps: 100}"),
        run("steps: 1000", "[{kind: constant, for: 1}, {kind: linear}]"),
        run("steps: 1", "{use: speechbrain.NoamScheduler, lr_initial: 1e-3, n_warmup_steps: 100}"),
    ],
    "weight-decay-timescale": [
        run("epochs: 20\nsteps_per_epoch: 1000", "cosine", "weight_decay: 0.1"),
        run("steps: 10_000", "cosine", "weight_decay: 0.1"),
        run("epochs: 2\nsteps_per_epoch: 1000", "cosine", "weight_decay: 0.1\nmomentum: 0.9"),  # SGD
        run("epochs: 2\nsteps_per_epoch: 1000", "cosine", "weight_decay: 0"),
        # a fine-tune: BERT on MRPC
        "epochs: 3\ndataset_size: 3668\nbatch_size: 32\nlr: 2e-5\nweight_decay: 0.01\n"
        "schedule: {kind: linear, warmup: {for: 10%, skip_zero: true}}\n",
    ],
    "rounded-away": [
        run("steps: 1500", "{kind: cosine, warmup: 1%}"),
        run("steps: 150", "{kind: cosine, warmup: 2}"),
        run("steps: 90", "{kind: cosine, warmup: 10.5%}"),  # 9.45 becomes 9
    ],
    "group-lr-ignored": [
        run("steps: 1", COSINE % (10, 100), "groups: {a: {lr: 10%}}"),  # 0, whatever `lr` is
        run("steps: 1000", "{use: torch.OneCycleLR, max_lr: 1e-3, total_steps: 1000}", "groups: {a: {lr: 100%}}"),
        run("steps: 1000", "{use: transformers.Trainer, lr_scheduler_type: polynomial}", "groups: {a: {lr: 10%}}"),
    ],
    "ignored-key": ["max_steps: 100\nwarmup_ratio: 0.1\nlr_scheduler_type: linear\n"],
    "unknown-length": ["max_steps: 100\nwarmup_ratio: 0.1\nlr_scheduler_type: linear\n"],
    "near-miss": ["max_steps: 100\nwarmup_ratio: 0.1\nlr_scheduler_type: linear\nsave_steps: 10\n"],
    "overridden-scheduler": [
        "max_steps: 100\nwarmup_ratio: 0.1\nlr_scheduler_type: linear\ndeepspeed: {zero_optimization: {stage: 2}}\n"
    ],
    "would-raise": [run("steps: 900", "{use: torch.OneCycleLR, max_lr: 1e-3, total_steps: 900}")],
    "unknown-code": [run("steps: 1000", "{kind: cosine, warmup: 100}", "accept: {zero-first-update: it is meant}")],
    "accepted-for-nothing": [
        run("steps: 1000", "{kind: cosine, warmup: 100}", "accept: {zero-first-update: it is meant}")
    ],
    "vanishing": [
        run(EPOCHS, "{use: torch.StepLR, step_size: 30, interval: epoch}"),
        run(EPOCHS, "{use: torch.ExponentialLR, gamma: 0.95, interval: epoch}"),
        run("steps: 2000", "{kind: exponential, from: 1e-10, to: 10}"),  # a range test
        run("steps: 1000", "{kind: linear, for: 100}"),  # which ends early
        run("steps: 1000", "cosine", "groups: {g: {lr: 0}}"),
        run("steps: 1000", "[{kind: linear, for: 300}, {kind: constant, value: 0}]"),
        run("steps: 100_000", "{use: torch.ExponentialLR, gamma: 0.95}"),  # exactly 0 from update 14,393 on
    ],
}
