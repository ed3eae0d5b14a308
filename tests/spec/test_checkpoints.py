"""Checkpoints as files: what is found in them, and runs that go on from them."""

import json
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np
import pytest
from saved import Tensor, group, optimizer, save, scheduler

import lrplot
from lrplot.analysis.aftermath import findings
from lrplot.spec.checkpoints import read_checkpoint

EXAMPLES = Path(__file__).parents[1] / "trainers/examples"

COSINE = {"steps": 16, "lr": 1.0, "schedule": {"use": "torch.CosineAnnealingLR", "T_max": 16}}
OLD_COSINE = scheduler(4, 1.0, T_max=8, eta_min=0.0, _last_lr=[0.5])  # stopped after 4 of 8
FURTHER = [0.5, 0.3087, 0.1464, 0.0381, 0.0, 0.0381]  # T_max 8 comes back


def resumed(spec, path, **ways):
    return lrplot.resume(spec, at=path, **ways).resumed["lr"]


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize(
    "names", [("optimizer", "scheduler"), ("optimizer_state_dict", "scheduler_state_dict"), ("optim", "lr_scheduler")]
)
def test_a_file_with_both_states(tmp_path, old, names):
    states = dict(zip(names, (optimizer(group(lr=0.5, initial_lr=1.0)), OLD_COSINE), strict=True))
    path = save({"step": 4, "model": OrderedDict(weight=Tensor()), **states}, tmp_path / "last.pt", old=old)
    assert resumed(COSINE, path)[:6] == pytest.approx(FURTHER, abs=1e-4)


def test_lightning_s_checkpoint(tmp_path):
    content = {"epoch": 1, "global_step": 4, "state_dict": OrderedDict(weight=Tensor())}
    states = {"optimizer_states": [optimizer(group(lr=0.5, initial_lr=1.0))], "lr_schedulers": [OLD_COSINE]}
    path = save({**content, **states}, tmp_path / "last.ckpt")
    assert read_checkpoint(str(path)).update == 4
    assert resumed(COSINE, path)[:6] == pytest.approx(FURTHER, abs=1e-4)


def test_a_scheduler_s_state_alone_tells_the_update(tmp_path):
    path = save(OLD_COSINE, tmp_path / "scheduler.pt")
    found = resumed(COSINE, path)
    assert found[0] == 1.0  # the optimizer is new
    assert found[4] == pytest.approx(0, abs=1e-12)


def test_a_part_that_is_not_restored_may_be_of_any_kind(tmp_path):
    states = {"optimizer": optimizer(group(lr=0.5, initial_lr=1.0)), "scheduler": {"unknown": 1}}
    path = save({"step": 4, **states}, tmp_path / "last.pt")
    new = [0.5, *(0.25 * (1 + np.cos(np.pi * np.arange(1, 12) / 16)))]
    np.testing.assert_allclose(resumed(COSINE, path, restore="optimizer"), new)


@pytest.fixture
def checkpoint(tmp_path):
    """Write a folder as Hugging Face's Trainer does."""

    def write(*parts):
        folder = tmp_path / "checkpoint-6"
        folder.mkdir()
        (folder / "trainer_state.json").write_text(json.dumps({"global_step": 6, "max_steps": 10}))
        states = {
            "optimizer": optimizer(group(lr=0.5, initial_lr=1.0), group(lr=0.5, initial_lr=1.0)),
            "scheduler": scheduler(6, 1.0, 1.0, lr_lambdas=[{}, {}]),
        }
        for part in parts:
            save(states[part], folder / f"{part}.pt")
        return folder

    return write


TRAINER = {"steps": 20, "lr": 0.5, "schedule": {"use": "transformers.Trainer", "warmup_steps": 2}}


def test_a_trainer_s_folder(checkpoint):
    found = resumed(TRAINER, checkpoint("optimizer", "scheduler"))
    assert found[:3] == pytest.approx([0.5, 0.722, 0.667], abs=5e-4)


@pytest.mark.parametrize("parts", [(), ("optimizer",), ("scheduler",)])
def test_a_trainer_s_folder_that_lacks_a_state_starts_anew(checkpoint, parts):
    found = resumed(TRAINER, checkpoint(*parts))
    assert found[:3] == pytest.approx([0, 0.25, 0.5])


STATES = [
    (
        {"use": "torch.MultiStepLR", "milestones": [12], "gamma": 0.5},
        scheduler(4, 1.0, milestones=Counter({3: 1, 6: 2}), gamma=0.1),
        0.1,
        [0.1, 0.1, 0.001, 0.001],
    ),
    (
        {"use": "torch.CosineAnnealingWarmRestarts", "T_0": 5},
        scheduler(4, 1.0, T_0=2, T_i=4, T_mult=2, eta_min=0.0, T_cur=2),
        0.5,
        [0.5, 0.1464, 1.0, 0.9619],
    ),
    (
        {"use": "torch.SWALR", "swa_lr": 0.6, "anneal_epochs": 8},
        scheduler(2, 1.0, anneal_epochs=4, _anneal_strategy="linear"),
        0.6,
        [0.6, 0.4, 0.2, 0.2],
    ),
    (
        {"use": "torch.CyclicLR", "base_lr": 0.2, "max_lr": 2.0, "step_size_up": 2, "cycle_momentum": False},
        scheduler(
            4,
            0.1,
            max_lrs=[1.0],
            total_size=6.0,
            step_ratio=0.5,
            mode="triangular",
            scale_mode="cycle",
            gamma=1.0,
            cycle_momentum=False,
            _scale_fn_custom=None,
        ),
        0.7,
        [0.7, 0.4, 0.1, 0.4],
    ),
]


@pytest.mark.parametrize(("schedule", "state", "lr", "values"), STATES)
def test_states_with_names_of_their_own(tmp_path, schedule, state, lr, values):
    numbers = {"lr": lr, "initial_lr": state["base_lrs"][0], "swa_lr": 0.2}
    path = save(
        {"step": state["last_epoch"], "optimizer": optimizer(group(**numbers)), "scheduler": state}, tmp_path / "a"
    )
    found = resumed({"steps": 12, "lr": 1.0, "schedule": schedule}, path)
    assert found[: len(values)] == pytest.approx(values, abs=1e-4)


def test_a_one_cycle_s_phases_and_levels(tmp_path):
    phases = [{"end_step": 2.0}, {"end_step": 7}]
    state = scheduler(5, 0.04, total_steps=8, _schedule_phases=phases, _anneal_func_type="linear", cycle_momentum=False)
    levels = {"lr": 0.4, "initial_lr": 0.04, "max_lr": 1.0, "min_lr": 0.0}
    path = save({"step": 5, "optimizer": optimizer(group(**levels)), "scheduler": state}, tmp_path / "last.pt")
    schedule = {"use": "torch.OneCycleLR", "max_lr": 3.0, "total_steps": 12, "cycle_momentum": False}
    found = lrplot.resume({"steps": 12, "lr": 1.0, "schedule": schedule}, at=path)
    assert found.resumed["lr"] == pytest.approx([0.4, 0.2, 0.0, -0.2])
    assert found.raises.update == 9


def test_a_sequence_s_children_come_by_position(tmp_path):
    ramp = scheduler(3, 1.0, start_factor=0.1, end_factor=1.0, total_iters=4)
    fall = scheduler(2, 1.0, T_max=8, eta_min=0.0)
    state = {"_milestones": [4], "last_epoch": 6, "_schedulers": [ramp, fall], "_last_lr": [0.8536]}
    numbers = optimizer(group(lr=0.8535533905932737, initial_lr=1.0))
    path = save({"optimizer": numbers, "scheduler": state, "step": 6}, tmp_path / "last.pt")
    children = [{"use": "torch.LinearLR", "total_iters": 4}, {"use": "torch.CosineAnnealingLR", "T_max": 16}]
    schedule = {"use": "torch.SequentialLR", "schedulers": children, "milestones": [2]}
    found = resumed({"steps": 20, "lr": 1.0, "schedule": schedule}, path)
    assert found[:3] == pytest.approx([0.854, 0.691, 0.5], abs=1e-3)


def test_a_metric_s_counts(tmp_path):
    numbers = {"mode": "min", "factor": 0.5, "patience": 1, "threshold": 0.0, "threshold_mode": "abs", "cooldown": 0}
    counts = {"best": 1.0, "num_bad_epochs": 1, "cooldown_counter": 0, "min_lrs": [0.0], "eps": 0.0, "last_epoch": 3}
    path = save({"scheduler": {**numbers, **counts}, "optimizer": optimizer(group(lr=0.4)), "step": 3}, tmp_path / "a")
    schedule = {"use": "torch.ReduceLROnPlateau", "metrics": [2.0] * 9, "patience": 10}
    assert resumed({"steps": 8, "lr": 1.0, "schedule": schedule}, path).tolist() == [0.4, 0.2, 0.2, 0.1, 0.1]


def test_mmengine_s_list_of_states(tmp_path):
    shared = {"begin": 0, "end": 8, "by_epoch": False, "base_values": [1.0], "last_step": 4, "_global_step": 4}
    state = {**shared, "T_max": 8, "eta_min": 0.0, "eta_min_ratio": None}
    content = {"meta": {"iter": 4}, "param_schedulers": [state], "optimizer": optimizer(group(lr=0.5, initial_lr=1.0))}
    path = save(content, tmp_path / "iter_4.pth")
    schedule = {"use": "mmengine.CosineAnnealingLR", "T_max": 16, "end": 16, "by_epoch": False}
    found = resumed({"steps": 16, "lr": 1.0, "schedule": schedule}, path)
    assert found[:6] == pytest.approx([0.5, 0.3087, 0.1464, 0.0381, 0.0381, 0.0381], abs=1e-4)


def test_the_place_of_a_group(tmp_path):
    groups = [group(lr=0.5, initial_lr=1.0), group(lr=5.0, initial_lr=10.0)]
    state = scheduler(4, 1.0, 10.0, T_max=8, eta_min=0.0)
    path = save({"step": 4, "optimizer": optimizer(*groups), "scheduler": state}, tmp_path / "last.pt")
    found = lrplot.resume({**COSINE, "groups": {"head": {"lr": 3.0}}}, at=path).resumed
    assert found["lr"][:2] == pytest.approx(FURTHER[:2], abs=1e-4)
    assert found["lr/head"][:2] == pytest.approx([5.0, 3.087], abs=1e-3)


def test_too_few_groups(tmp_path):
    path = save({"step": 4, "optimizer": optimizer(group(lr=0.5)), "scheduler": OLD_COSINE}, tmp_path / "last.pt")
    found = lrplot.resume({**COSINE, "groups": {"a": {"lr": 1.0}, "b": {"lr": 2.0}}}, at=path)
    assert (found.raises.update, found.raises.type) == (4, "ValueError")


def test_only_the_pickle_of_a_large_file_is_read(tmp_path):
    path = save({"scheduler": OLD_COSINE}, tmp_path / "large.pt", storage=80 << 20)
    assert read_checkpoint(str(path)).states[0]["T_max"] == 8


WRONG = [
    (b"no pickle", "not a valid pickle"),
    (b"PK\x03\x04 broken", "not a valid"),
    (b"\x80\x02}q\x00.", "holds no state"),
    (b"\x80\x02]q\x00.", "it holds no mapping"),
]


@pytest.mark.parametrize(("content", "error"), WRONG)
def test_files_that_are_no_checkpoints(tmp_path, content, error):
    path = tmp_path / "file.pt"
    path.write_bytes(content)
    with pytest.raises(lrplot.SpecError, match=error):
        lrplot.resume(COSINE, at=path)


def test_an_optimizer_alone_does_not_tell_the_update(tmp_path):
    path = save(optimizer(group(lr=0.5)), tmp_path / "optimizer.pt")
    with pytest.raises(lrplot.SpecError, match="does not hold the number of updates"):
        lrplot.resume(COSINE, at=path)


def test_an_empty_folder_and_bad_json(tmp_path):
    with pytest.raises(lrplot.SpecError, match="holds no state"):
        lrplot.resume(COSINE, at=tmp_path)
    (tmp_path / "trainer_state.json").write_text("{")
    with pytest.raises(lrplot.SpecError, match="no JSON"):
        lrplot.resume(COSINE, at=tmp_path)


def test_states_that_cannot_be_read_from_files(tmp_path):
    path = save({"step": 4, "scheduler": scheduler(4, 1.0)}, tmp_path / "last.pt")
    spec = {
        "steps": 8,
        "lr": 1.0,
        "schedule": {"use": "ignite.PiecewiseLinear", "param_name": "lr", "milestones_values": [[0, 1]]},
    }
    with pytest.raises(lrplot.SpecError, match="cannot be read from a file"):
        lrplot.resume(spec, at=path)


def test_a_number_is_no_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "4").mkdir()
    assert lrplot.resume(COSINE, at="4").at == 4


def test_what_a_checkpoint_lacks_is_a_finding(checkpoint):
    found = {each.code: each.message for each in findings(lrplot.resume(TRAINER, at=checkpoint("scheduler")))}
    message = "the checkpoint has no state of the optimizer: nothing is loaded, and the schedule starts anew"
    assert found["resume-missing"] == message


def test_a_folder_with_the_config_in_it(checkpoint):
    folder = checkpoint("optimizer", "scheduler")
    (folder / "training_args.bin").write_bytes((EXAMPLES / "transformers_args.bin").read_bytes())
    found = lrplot.resume(folder, overrides=["max_steps=20"])
    assert (found.at, found.resumed["lr"][0]) == (6, 0.5)


def test_megatron_s_numbers(tmp_path):
    numbers = {"max_lr": 1.0, "min_lr": 0.0, "lr_warmup_steps": 0, "lr_decay_steps": 10, "lr_decay_style": "linear"}
    numbers |= {"start_wd": 0.0, "end_wd": 0.0, "wd_incr_steps": 10, "wd_incr_style": "constant", "num_steps": 6}
    path = save({"iteration": 6, "opt_param_scheduler": numbers}, tmp_path / "model_optim_rng.pt")
    arguments = {**{name: value for name, value in numbers.items() if name != "num_steps"}, "init_lr": 0.0}
    schedule = {"use": "megatron.OptimizerParamScheduler", **arguments, "lr_decay_steps": 20}
    assert resumed({"steps": 20, "schedule": schedule}, path)[:3] == pytest.approx([0.4, 0.3, 0.2])


def test_mmengine_s_milestones(tmp_path):
    shared = {"begin": 0, "end": 80, "by_epoch": False, "base_values": [1.0], "_global_step": 4}
    state = {**shared, "milestones": Counter({6: 1}), "gamma": 0.1}
    content = {"meta": {"iter": 4}, "param_schedulers": [state], "optimizer": optimizer(group(lr=1.0, initial_lr=1.0))}
    schedule = {"use": "mmengine.MultiStepLR", "milestones": [9], "gamma": 0.5, "by_epoch": False}
    found = resumed({"steps": 12, "lr": 1.0, "schedule": schedule}, save(content, tmp_path / "iter_4.pth"))
    assert found == pytest.approx([1, 1, *[0.1] * 6])


def test_adam_s_first_beta_is_its_momentum(tmp_path):
    numbers = {"lr": 0.5, "initial_lr": 1.0, "betas": [0.7, 0.999]}
    path = save({"step": 4, "optimizer": optimizer(group(**numbers, momentum=None))}, tmp_path / "last.pt")
    assert read_checkpoint(str(path)).group(0)["momentum"] == 0.7
