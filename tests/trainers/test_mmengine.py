"""mmengine's Python configs: values by its param_scheduler.py, computed by hand."""

from math import cos, pi

import pytest

import lrplot

CONFIG = """\
max_epochs = 12
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=0.02, momentum=0.9, weight_decay=0.0001),
    accumulative_counts=2)
train_dataloader = dict(batch_size=2)
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=max_epochs)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=500),
    dict(type='MultiStepLR', begin=0, end=max_epochs, by_epoch=True, milestones=[8, 11], gamma=0.1)
]
auto_scale_lr = dict(enable=False, base_batch_size=16)
"""
BY_ITERATION = """\
optim_wrapper = dict(type=OptimWrapper, optimizer=dict(type=AdamW, lr=1e-4))
train_cfg = dict(type=IterBasedTrainLoop, max_iters=1000)
param_scheduler = [
    dict(type=LinearLR, start_factor=1e-2, by_epoch=False, begin=0, end=101),
    dict(type=PolyLR, eta_min=0.0, power=1.0, begin=101, end=1000, by_epoch=False),
]
"""


def load(config, text, *settings, **keywords):
    return config(text, *settings, name="detector.py", **keywords)


def test_a_warmup_by_iterations_and_drops_by_epochs(config):
    schedule = load(config, CONFIG, "steps_per_epoch=1000")
    assert schedule.steps == 12_000
    # LinearLR reaches its end at end − begin − 1 = 499.
    shares = [0.001 + 0.999 * k / 499 for k in (0, 250, 498)]
    assert [schedule(k) for k in (0, 250, 498)] == pytest.approx([0.02 * each for each in shares])
    assert [schedule(k) for k in (499, 7999, 8000, 11_000)] == pytest.approx([0.02, 0.02, 0.002, 0.0002])
    assert schedule.run.reading.derivation == ("a step is an iteration; the optimizer moves every 2",)


def test_iterations_of_an_epoch_follow_from_examples_and_processes(config):
    assert load(config, CONFIG, "dataset_size=1001", "devices=4").steps == 12 * 126  # ceil(ceil(1001 / 4) / 2)


def test_iterations_and_epochs_together_need_the_length_of_an_epoch(refused):
    (diagnostic,) = load(refused, CONFIG)
    assert diagnostic.code == "missing-fact"
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"


def test_epochs_alone_are_steps(config):
    schedule = load(config, CONFIG.replace("by_epoch=False, begin=0, end=500", "by_epoch=True, begin=0, end=3"))
    assert schedule.steps == 12
    assert [schedule(k) for k in (0, 1, 2, 8)] == pytest.approx([2e-5, 0.02 * 0.5005, 0.02, 0.002])


def test_a_run_by_iterations_with_names_of_the_new_style(config):
    schedule = load(config, BY_ITERATION)
    assert schedule.steps == 1000
    assert [schedule(k) for k in (0, 50, 100, 101)] == pytest.approx([1e-6, 1e-4 * 0.505, 1e-4, 1e-4])
    assert [schedule(k) for k in (550, 999)] == pytest.approx([1e-4 * (1 - 449 / 898), 0], abs=1e-12)


def test_without_by_epoch_a_scheduler_does_not_move_in_a_loop_by_iterations(config):
    schedule = load(config, BY_ITERATION.replace("end=1000, by_epoch=False", "end=1000"))
    assert schedule(999) == pytest.approx(1e-4)
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.severity) == ("ignored-key", "warning")


def test_epochs_converted_to_iterations(config):
    text = CONFIG.replace("by_epoch=False, begin=0, end=500", "begin=0, end=0.5, convert_to_iter_based=True")
    schedule = load(config, text, "steps_per_epoch=201")
    assert [schedule(k) for k in (0, 99)] == pytest.approx([2e-5, 0.02])  # int(0.5 · 201) = 100 iterations


def test_the_whole_run_as_one_epoch_needs_the_length_of_an_epoch_for_a_conversion(refused, config):
    text = BY_ITERATION.replace("by_epoch=False, begin=0, end=101", "convert_to_iter_based=True, begin=0, end=1")
    (diagnostic,) = load(refused, text)
    assert diagnostic.help == "add `--set steps_per_epoch=500`"
    assert load(config, text, "steps_per_epoch=101")(50) == pytest.approx(1e-4 * 0.505)


def test_no_param_scheduler_is_a_constant(config):
    text = "optim_wrapper = dict(optimizer=dict(lr=0.1))\ntrain_cfg = dict(by_epoch=False, max_iters=10)\n"
    assert load(config, text + "param_scheduler = None\n").lr == pytest.approx([0.1] * 10)


def test_a_stale_optimizer_is_remarked(config):
    schedule = load(config, BY_ITERATION + "optimizer = dict(type='SGD', lr=0.02)\n")
    (remark,) = schedule.run.reading.remarks
    assert (remark.code, remark.severity, remark.span.line) == ("ignored-key", "note", 6)


def test_other_parameters_are_passed_over(config):
    others = "'LinearMomentum'", "'CosineAnnealingWeightDecay'", "CosineParamScheduler, param_name='weight_decay'"
    for other in others:
        text = BY_ITERATION.replace("by_epoch=False),\n]", f"by_epoch=False),\n    dict(type={other}),\n]")
        assert load(config, text)(100) == pytest.approx(1e-4)
    named = BY_ITERATION.replace("type=PolyLR", "type='mmengine.PolyParamScheduler', param_name='lr'")
    assert load(config, named)(550) == pytest.approx(1e-4 * (1 - 449 / 898))


def test_the_learning_rate_follows_the_batch_if_that_is_enabled(config, refused):
    text = CONFIG.replace("enable=False", "enable=True")
    facts = "steps_per_epoch=1000", "devices=4"
    schedule = load(config, text, *facts)
    assert schedule(499) == pytest.approx(0.01)  # 4 · 2 / 16
    assert schedule.run.reading.derivation[0] == "0.02 × 4 processes × 2 examples ÷ 16 = 0.01"
    (diagnostic,) = load(refused, text, facts[0])
    assert diagnostic.help == "add `--set devices=8`"
    (diagnostic,) = load(refused, text.replace("batch_size=2", ""), *facts)
    assert diagnostic.code == "missing-fact"


BASE = """\
max_iters = 400
optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.01, momentum=0.9))
train_cfg = dict(type='IterBasedTrainLoop', max_iters=max_iters)
param_scheduler = [dict(type='CosineAnnealingLR', by_epoch=False, eta_min=1e-4)]
"""


def test_inherited_files_are_merged(config):
    child = "_base_ = ['./base.py']\noptim_wrapper = dict(optimizer=dict(lr=0.05))\n"
    child += "param_scheduler = [dict(type='ConstantLR', factor=0.5, by_epoch=False, end=_base_.max_iters // 1)]\n"
    schedule = load(config, child.replace(" // 1", ""), files={"base.py": BASE})
    assert (schedule.steps, schedule(0), schedule.at(0)["momentum"]) == (400, pytest.approx(0.025), 0.9)
    assert load(config, "_base_ = 'base.py'\n", files={"base.py": BASE})(200) == pytest.approx(
        1e-4 + 0.0099 * (1 + cos(pi / 2)) / 2
    )


def test_an_inherited_value_can_be_assigned(config):
    child = "_base_ = 'base.py'\n_base_.optim_wrapper.optimizer.lr = 0.05\n"
    assert load(config, child, files={"base.py": BASE})(0) == pytest.approx(0.05)


def test_names_of_other_programs_beside_it(config):
    text = "warmup_ratio = 0.03\nsave_steps = 500\nmax_epochs = 3\nreport_to = 'none'\n" + BASE
    assert load(config, text).run.reading.format == "mmengine"


def test_a_mapping_can_replace_what_is_inherited(config):
    child = "_base_ = 'base.py'\noptim_wrapper = dict(_delete_=True, optimizer=dict(lr=0.05))\n"
    assert load(config, child, files={"base.py": BASE}).tracks == ("lr",)


def test_inherited_files_that_cannot_be_followed(config, refused):
    child = BASE + "_base_ = 'missing.py'\n"
    (diagnostic,) = load(refused, child)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 4)
    assert load(config, child, "_base_=").steps == 400
    for name in ("f()", "'https://example.org/base.py'"):
        assert load(refused, BASE + f"_base_ = {name}\n")[0].code == "undetermined"
    assert load(refused, BASE + "_base_ = dict(a=1)\n")[0].code == "bad-type"
    assert "builds on itself" in load(refused, "_base_ = 'a.py'\n", files={"a.py": "_base_ = ['a.py']\n"})[0].message
    twice = {f"{i}.py": f"_base_ = ['{i + 1}.py', '{i + 1}.py']\n" for i in range(9)} | {"9.py": BASE}
    assert "more than 64 files" in load(refused, "_base_ = '0.py'\n", files=twice)[0].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BASE.replace("optimizer=dict(type='SGD', lr=0.01, momentum=0.9)", "a=dict(optimizer=dict())"), 1),
        (BASE.replace("[dict(type='Cos", "dict(a=[dict(type='Cos").replace("1e-4)]", "1e-4)])"), 3),
        (BASE.replace("'CosineAnnealingLR'", "f()"), 3),
        (BASE.replace("CosineAnnealingLR'", "ReduceOnPlateauLR', monitor='loss'"), 3),
        (BASE.replace("lr=0.01", "lr=get_lr()"), 1),
        (BASE + "default_hooks = dict(param_scheduler=dict(type='MyParamSchedulerHook'))\n", 4),
    ],
)
def test_what_the_file_does_not_determine_is_refused_at_its_place(refused, text, line):
    (diagnostic,) = load(refused, text)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", line)


def test_a_run_without_a_length(refused):
    (diagnostic,) = load(refused, BASE.replace("train_cfg", "other"))
    assert diagnostic.help == "add `--set steps=1000`, or `--set epochs=3`"


NEW_STYLE = """\
from mmengine.config import read_base
from mmengine.optim import LinearLR

with read_base():
    from .._base_.runtime import *
    from .._base_.schedule import max_iters, optim_wrapper, param_scheduler, train_cfg

base_lr = 0.04
optim_wrapper.update(optimizer=dict(lr=base_lr))
train_cfg.max_iters = max_iters // 2
param_scheduler[0].update(eta_min=base_lr * 0, end=train_cfg.max_iters)
param_scheduler.append(dict(type=LinearLR, start_factor=0.5, by_epoch=False, end=11))
"""


def write(folder, **files):
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_config_that_imports_what_it_builds_on(tmp_path):
    # The names are bound before the file is read, and can be changed: ConfigDict.update merges mappings.
    (tmp_path / "_base_").mkdir()
    (tmp_path / "_base_" / "schedule.py").write_text(BASE)
    (tmp_path / "_base_" / "runtime.py").write_text("default_scope = 'mmdet'\n")
    write(tmp_path, detectors__ssd=NEW_STYLE)
    schedule = lrplot.load(tmp_path / "detectors" / "ssd.py")
    assert (schedule.steps, schedule.at(0)["momentum"]) == (200, 0.9)
    assert [schedule(0), schedule(50)] == pytest.approx([0.02, 0.04 * (1 + cos(pi / 4)) / 2])


def test_a_module_of_a_package_is_found_above_the_config(tmp_path, refused):
    text = "with read_base():\n    from mmdet.configs.base import *\noptim_wrapper.optimizer.lr = 0.05\n"
    (diagnostic,) = load(refused, text)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 1)
    assert diagnostic.message.startswith("`mmdet.configs.base` is a config of the package `mmdet`, which is not")
    write(tmp_path, mmdet__configs__base=BASE, projects__mine__small=text)
    assert lrplot.load(tmp_path / "projects" / "mine" / "small.py")(0) == pytest.approx(0.05)


def test_a_config_of_a_package_is_found_above_the_config(tmp_path, refused):
    text = "_base_ = 'mmdet::ssd/base.py'\noptim_wrapper = dict(optimizer=dict(lr=0.05))\n"
    (diagnostic,) = load(refused, text)
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 0)
    assert "`mmdet`" in diagnostic.message
    assert diagnostic.help == "give the whole config that the program writes, or add `--set _base_=` to go without it"
    write(tmp_path, projects__small=text)
    place = tmp_path / "projects" / "small.py"
    for folder in ("configs/ssd", "mmdet/.mim/configs/ssd"):
        (tmp_path / "mmdet").mkdir(exist_ok=True)
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "base.py").write_text(BASE)
        assert lrplot.load(place)(0) == pytest.approx(0.05)
        (tmp_path / folder / "base.py").unlink()


def test_a_config_that_imports_itself_is_refused(refused):
    loop = "with read_base():\n    from .a import *\n"
    (diagnostic,) = load(refused, loop + BASE, files={"a.py": loop})
    assert "builds on itself" in diagnostic.message


def test_a_scheduler_of_any_parameter_moves_the_one_it_names(config):
    momentum = "dict(type='LinearParamScheduler', param_name='momentum', start_factor=0.5, by_epoch=False, end=101)"
    for other in (momentum, "dict(type='LinearMomentum', start_factor=0.5, by_epoch=False, end=101)"):
        schedule = load(config, BASE.replace("1e-4)]", f"1e-4), {other}]"))
        assert schedule.tracks == ("lr", "momentum")
        assert [schedule.at(k)["momentum"] for k in (0, 50, 100)] == pytest.approx([0.45, 0.675, 0.9])


def test_a_quadratic_warmup(config):
    # mmyolo: ((s + 1) / n)² of the learning rate, with n iterations.
    warmup = "dict(type='QuadraticWarmupParamScheduler', param_name='lr', by_epoch=False, begin=0, end=100)"
    schedule = load(config, BASE.replace("[dict(type='Cos", f"[{warmup}, dict(begin=100, type='Cos"))
    assert [schedule(k) for k in (0, 49, 99, 100)] == pytest.approx([1e-6, 2.5e-3, 1e-2, 1e-2])


PARAMWISE = """\
optim_wrapper['paramwise_cfg'] = dict(
    custom_keys={
        'backbone': dict(lr_mult=0.1, decay_mult=1.0),
        'head.cls': dict(lr=0.03),
        'neck': dict(lr_mult=1.0),
        'pos_embed': dict(decay_mult=0.)},
    bias_lr_mult=2, norm_decay_mult=0.)
"""


def test_multiples_of_the_learning_rate_are_groups(config):
    text = BASE.replace("momentum=0.9", "weight_decay=0.05") + PARAMWISE
    schedule = load(config, text)
    tracks = {"lr": 0.01, "lr/backbone": 0.001, "lr/head.cls": 0.03, "lr/bias": 0.02}
    assert {name: schedule.at(0)[name] for name in tracks} == pytest.approx(tracks)
    assert {name: schedule.at(0)[name] for name in ("weight_decay/pos_embed", "weight_decay/norm")} == {
        "weight_decay/pos_embed": 0.0,
        "weight_decay/norm": 0.0,
    }
    assert not {"lr/neck", "lr/dwconv"} & set(schedule.tracks)


def test_groups_that_the_file_does_not_give_are_not_shown(config):
    computed = PARAMWISE.replace("custom_keys={", "custom_keys=keys(), other={")
    schedule = load(config, BASE + computed)
    assert schedule.run.reading.derivation == ("the groups of `custom_keys` are computed, and not shown",)
    assert schedule.tracks == ("lr", "momentum", "lr/bias")
    schedule = load(config, BASE + PARAMWISE + "optim_wrapper['constructor'] = 'LayerDecayOptimizerConstructor'\n")
    assert schedule.run.reading.derivation == ("the groups that `LayerDecayOptimizerConstructor` makes are not shown",)
    assert schedule.tracks == ("lr", "momentum")


@pytest.mark.parametrize("wrong", ["lr_mult='x'", "lr_mult='1/0'", "lr_mult=1e999", "lr_mult=f()", "lr_mult=None"])
def test_a_multiple_that_is_no_number_makes_no_group(config, wrong):
    assert load(config, BASE + f"optim_wrapper['paramwise_cfg'] = dict(custom_keys=dict(a=dict({wrong}), b=1))\n").steps


def test_inherited_values_in_expressions(config):
    child = """\
_base_ = ['./base.py']
train_cfg = dict(max_iters=_base_.max_iters // 2)
param_scheduler = [
    dict(type='LinearLR', start_factor=0.5, by_epoch=False, end={{_base_.max_iters}} // 40 + 1),
    _base_.param_scheduler[0]]
param_scheduler[1]['eta_min'] = 0
_base_.optim_wrapper.update(optimizer=dict(lr=_base_['optim_wrapper'].optimizer.lr * 5))
"""
    schedule = load(config, child, files={"base.py": BASE})
    assert schedule.steps == 200
    assert [schedule(0), schedule(100)] == pytest.approx([0.025, 0.05 * (1 + cos(pi / 2)) / 2])


def test_a_period_of_part_of_an_epoch(config):
    # mmengine's build_iter_from_epoch truncates the ends, not `T_max`: 1.5 · 101 iterations.
    cosine = "type='CosineAnnealingLR', T_max=1.5, end=1.5, eta_min=0.01, convert_to_iter_based=True"
    text = CONFIG.replace("type='LinearLR', start_factor=0.001, by_epoch=False, begin=0, end=500", cosine)
    schedule = load(config, text, "steps_per_epoch=101")
    assert [schedule(k) for k in (100, 150, 151)] == pytest.approx(
        [0.01 + 0.005 * (1 + cos(pi * k / 151.5)) for k in (100, 150, 150)]
    )


YOLO = """\
max_epochs = 20
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.01, momentum=0.937, batch_size_per_gpu=16),
    constructor='YOLOv5OptimizerConstructor')
param_scheduler = None
train_dataloader = dict(batch_size=16)
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=max_epochs)
default_hooks = dict(param_scheduler=dict(
    type='YOLOv5ParamSchedulerHook', scheduler_type='SHAPE', lr_factor=0.1, max_epochs=max_epochs))
"""


def yolo(shape, batches, steps, bias=False, least=1000):
    """The hook's own loop: before each iteration, and after each epoch."""

    def share(epoch):
        if shape == "cosine":
            return (1 - cos(epoch * pi / 20)) / 2 * (0.1 - 1) + 1
        return (1 - epoch / 20) * 0.9 + 0.1

    warmup, value, ended, values = max(round(3 * batches), least), 0.01, False, []
    for step in range(steps):
        epoch, first = step // batches, 0.1 if bias else 0.0
        if step <= warmup:
            value = first + (0.01 * share(epoch) - first) * step / warmup
        else:
            ended = True
        values.append(value)
        if (step + 1) % batches == 0 and ended:
            value = 0.01 * share(epoch)
    return values


@pytest.mark.parametrize("shape", ["linear", "cosine"])
@pytest.mark.parametrize("batches", [100, 99, 400])
def test_yolov5_s_schedule_in_mmyolo(config, shape, batches):
    schedule = load(config, YOLO.replace("SHAPE", shape), f"steps_per_epoch={batches}")
    assert schedule.lr.tolist() == pytest.approx(yolo(shape, batches, 20 * batches))
    values = schedule.evaluate()
    assert values["lr/bias"].tolist() == pytest.approx(yolo(shape, batches, 20 * batches, bias=True))
    assert values["momentum"][[0, 500]].tolist() == pytest.approx([0.8, 0.8 + 0.137 * 500 / max(3 * batches, 1000)])


def test_a_shorter_warmup_of_yolov5_in_mmyolo(config, refused):
    text = YOLO.replace("'SHAPE'", "'linear', warmup_mim_iter=100")
    assert load(config, text, "steps_per_epoch=10").lr.tolist() == pytest.approx(yolo("linear", 10, 200, least=100))
    short = text.replace("iter=100", "iter=10")
    assert load(config, short, "steps_per_epoch=50").lr.tolist() == pytest.approx(yolo("linear", 50, 1000, least=10))
    (diagnostic,) = load(refused, short, "steps_per_epoch=10")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 8)
    (diagnostic,) = load(refused, text)
    assert diagnostic.help == "add `--set steps_per_epoch=500`, or `--set dataset_size=50000 --set devices=8`"
    (diagnostic,) = load(refused, text + "param_scheduler = [dict(type='LinearLR')]\n", "steps_per_epoch=10")
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 8)
    single = load(config, text.replace("\n    constructor='YOLOv5OptimizerConstructor'", ""), "steps_per_epoch=10")
    assert single.tracks == ("lr", "momentum")
    schedule = load(config, text, "dataset_size=1600", "devices=2")
    assert schedule.run.reading.derivation == ("1,600 examples ÷ 2 processes ÷ 16 a batch = 50 iterations",)


def test_pp_yoloe_s_schedule_in_mmyolo(config, refused):
    text = (
        YOLO[: YOLO.index("default_hooks")]
        + """\
default_hooks = dict(param_scheduler=dict(
    type='PPYOLOEParamSchedulerHook', warmup_min_iter=1000, start_factor=0.1, warmup_epochs=5, min_lr_ratio=0.01,
    total_epochs=int(max_epochs * 1.2)))
"""
    )
    schedule = load(config, text, "steps_per_epoch=100")
    assert [schedule(k) for k in (0, 500, 1000)] == pytest.approx([1e-3, 5.5e-3, 1e-2])
    assert [schedule(k) for k in (1500, 1999)] == pytest.approx(
        [1e-4 + 0.0099 * 0.5 * (1 + cos(pi * (k - 1000) / 1400)) for k in (1500, 1999)]
    )
    assert load(config, text, "steps_per_epoch=300")(750) == pytest.approx(5.5e-3)
    (diagnostic,) = load(refused, text.replace("min_lr_ratio=0.01", "min_lr_ratio='x'"), "steps_per_epoch=100")
    assert diagnostic.code == "bad-type"
    (diagnostic,) = load(refused, text.replace("int(max_epochs * 1.2)", "5"), "steps_per_epoch=100")
    assert diagnostic.message == "the cosine ends before the warmup does"


@pytest.mark.parametrize(
    "text",
    [
        "_base_ = 'a\\0b.py'\n",
        "_base_ = '~nobody-of-that-name/b.py'\n",
        f"_base_ = '{'x' * 5000}.py'\n",
        f"_base_ = '{'x' * 5000}::a/b.py'\n",
        f"with read_base():\n    from {'x' * 5000}.a import *\n",
        f"with read_base():\n    from {'.' * 5000}a import *\n",
        "with read_base():\n    from . import a\n",
    ],
)
def test_names_of_files_that_cannot_be(refused, text):
    (diagnostic,) = load(refused, text + BASE)
    assert diagnostic.code in ("undetermined", "missing-fact")
    assert diagnostic.span.line in (0, 1)
