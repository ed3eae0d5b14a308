"""fairseq's configs: values by the formulas of fairseq/optim/lr_scheduler, computed by hand."""

from math import cos, pi, sqrt

import pytest

import lrplot

CONFIG = """\
task: {_name: translation}
criterion: {_name: cross_entropy}
optimization:
  max_update: 1000
  lr: [1e-3]
  update_freq: [2]
lr_scheduler:
  _name: NAME
  warmup_updates: 100
"""
FLAGS = """\
fairseq-train data-bin --arch transformer --task translation --criterion cross_entropy \\
    --lr 1e-3 --lr-scheduler inverse_sqrt --warmup-updates 100 --warmup-init-lr '1e-07' \\
    --max-update 1000
"""


def named(name):
    return CONFIG.replace("NAME", name)


def test_polynomial_decay(config):
    schedule = config(named("polynomial_decay"))
    assert (schedule.run.reading.format, schedule.steps) == ("fairseq", 1000)
    assert [schedule(n) for n in (0, 50, 100, 550, 999)] == pytest.approx([0, 5e-4, 1e-3, 5e-4, 1e-3 / 900])


def test_a_shorter_run_keeps_the_end_of_the_decay(config):
    for name in ("polynomial_decay", "cosine"):
        whole, part = config(named(name)), config(named(name), "steps=500")
        assert part.lr.tolist() == whole.lr[:500].tolist()


def test_cosine(config):
    schedule = config(named("cosine") + "  min_lr: 1e-4\n")
    assert [schedule(n) for n in (0, 50)] == pytest.approx([1e-4, 5.5e-4])
    assert schedule(325) == pytest.approx(1e-4 + 9e-4 * (1 + cos(pi / 4)) / 2)


def test_three_stages_by_their_shares(config):
    text = named("tri_stage").replace("warmup_updates: 100", "phase_ratio: [0.1, 0.4, 0.5]\n  final_lr_scale: 0.05")
    schedule = config(text)
    assert [schedule(n) for n in (0, 100, 499)] == pytest.approx([1e-5, 1e-3, 1e-3])
    assert schedule(750) == pytest.approx(1e-3 * 0.05**0.5)
    flags = FLAGS.replace("inverse_sqrt", "tri_stage --phase-ratio '[0.1, 0.4, 0.5]' --final-lr-scale 0.05")
    assert config(flags, name="train.sh").lr.tolist() == schedule.lr.tolist()


def test_flags(config):
    schedule = config(FLAGS, name="train.sh")
    assert schedule.run.reading.format == "fairseq"
    assert [schedule(n) for n in (0, 50, 400)] == pytest.approx([1e-7, 1e-7 + 50 * (1e-3 - 1e-7) / 100, 5e-4])
    assert schedule(900) == pytest.approx(1e-3 * sqrt(100 / 900))


def test_a_rate_for_each_epoch(config):
    text = named("fixed").replace("[1e-3]", "[1e-3, 5e-4]").replace("warmup_updates: 100", "lr_shrink: 0.5")
    schedule = config(text, "steps_per_epoch=400")
    assert [schedule(n) for n in (0, 399, 400, 999)] == pytest.approx([1e-3, 1e-3, 5e-4, 5e-4])


def test_the_length(config, refused):
    text = named("inverse_sqrt").replace("max_update: 1000", "max_update: 0\n  max_epoch: 3")
    assert refused(text)[0].help == "add `--set steps=1000`, or `--set steps_per_epoch=500`"
    assert config(text, "steps_per_epoch=300").steps == 900
    assert refused(text.replace("max_epoch: 3", "x: 1"))[0].help == "add `--set steps=1000`"


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "pass_through", "mine"])
def test_what_is_not_known_is_refused_at_its_name(refused, name):
    assert refused(named(name))[0].span.line == 7


def test_what_is_not_in_the_file_is_refused_at_its_place(refused):
    text = named("polynomial_decay") + "  total_num_update: ${other.total}\n"
    (diagnostic,) = refused(text)
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 9)
    assert refused(named("cosine").replace("  lr: [1e-3]\n", ""))[0].code == "missing-fact"


def test_a_reference_within_the_file(config):
    text = named("polynomial_decay") + "  total_num_update: ${optimization.max_update}\n  lr: ${optimization.lr}\n"
    assert config(text)(550) == pytest.approx(5e-4)


def test_words_of_hydra(config):
    script = """\
    LR=1e-3
    fairseq-hydra-train task.data=$DATA task=translation criterion=cross_entropy \\
        optimization.lr="[$LR]" optimization.max_update=1000 +optimization.update_freq='[2]' \\
        lr_scheduler=polynomial_decay lr_scheduler.warmup_updates=100 --config-dir $ROOT/conf
    """
    schedule = config(script, name="train.sh")
    assert (schedule.run.reading.format, schedule.steps) == ("fairseq", 1000)
    assert [schedule(n) for n in (50, 100, 550)] == pytest.approx([5e-4, 1e-3, 5e-4])


COMPOSITE = """\
task: {_name: masked_image_modeling}
criterion: {_name: model}
optimization: {max_update: 1000, lr: [1e-3]}
optimizer:
  _name: composite
  groups:
    decoder:
      lr: [2e-3]
      optimizer: {_name: adam}
      lr_scheduler: {_name: polynomial_decay, warmup_updates: 200}
    default:
      lr_float: 5e-4
      optimizer: {_name: adam}
      lr_scheduler: {_name: cosine, warmup_updates: 100}
    head:
      optimizer: {_name: adam}
      lr_scheduler: {_name: fixed}
lr_scheduler: pass_through
"""


def test_a_schedule_for_each_group_of_a_composite_optimizer(config):
    schedule = config(COMPOSITE)
    assert schedule.tracks == ("lr", "lr/decoder", "lr/head")
    assert [schedule.at(100)[name] for name in schedule.tracks] == pytest.approx([5e-4, 1e-3, 1e-3])
    assert [schedule.at(550)[name] for name in schedule.tracks] == pytest.approx([2.5e-4, 2e-3 * 450 / 800, 1e-3])
    named = config(COMPOSITE.replace("lr_scheduler: pass_through", "lr_scheduler: {_name: pass_through}"))
    assert named.lr.tolist() == schedule.lr.tolist()


def test_groups_that_leave_something_open(refused):
    (diagnostic,) = refused(COMPOSITE.replace("      lr_scheduler: {_name: fixed}\n", ""))
    assert (diagnostic.code, diagnostic.span.line) == ("undetermined", 14)
    (diagnostic,) = refused(COMPOSITE.replace(", lr: [1e-3]}", "}"))
    assert diagnostic.help == "add `--set optimizer.groups.head.lr=1e-4`"
    (diagnostic,) = refused(COMPOSITE[: COMPOSITE.index("    decoder")] + "    {}\nlr_scheduler: pass_through\n")
    assert diagnostic.help == "add `--set lr_scheduler._name=polynomial_decay`"
    (diagnostic,) = refused(named("pass_through"))
    assert diagnostic.code == "undetermined"


def test_a_list_of_no_learning_rates(refused):
    (diagnostic,) = refused(named("cosine").replace("[1e-3]", "[]"))
    assert diagnostic.help == "add `--set optimization.lr=1e-4`"


def test_the_config_that_a_command_of_hydra_builds_on(tmp_path, refused):
    script = """\
    fairseq-hydra-train optimization.lr=[2e-3] lr_scheduler.warmup_updates=200 task.data=/data \\
        --config-dir examples/conf --config-name small
    """
    (tmp_path / "scripts").mkdir()
    (tmp_path / "examples" / "conf").mkdir(parents=True)
    path = tmp_path / "scripts" / "train.sh"
    path.write_text(script)
    (tmp_path / "examples" / "conf" / "small.yaml").write_text(named("polynomial_decay"))
    schedule = lrplot.load(path)
    assert (schedule.run.reading.format, schedule.steps) == ("fairseq", 1000)
    assert [schedule(n) for n in (100, 200, 600)] == pytest.approx([1e-3, 2e-3, 1e-3])
    path.write_text(script.replace("task.data", "lr_scheduler=inverse_sqrt task.data"))
    assert lrplot.load(path)(800) == pytest.approx(1e-3)
    script = script.replace("small", "large")
    (diagnostic,) = refused(script, name="other.sh")
    assert (diagnostic.code, diagnostic.span.line) == ("missing-fact", 1)
    assert (
        diagnostic.help == "give the whole config that the program writes, or add `--set config_name=` to go without it"
    )
    whole = script.replace("task.data", "optimization.max_update=300 criterion=x task.data")
    (tmp_path / "other.sh").write_text(whole)
    assert lrplot.load(tmp_path / "other.sh", ["config_name="]).steps == 300
