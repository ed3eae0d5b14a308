"""The tracks of a run: further parameters, groups and layers."""

import math
import pickle

import pytest
from numpy.testing import assert_allclose

import lrplot


def test_tracks_come_in_the_order_of_the_csv(load):
    schedule = load(
        "linear", beta2=0.99, weight_decay=0.1, momentum=0.9, beta1=0.5, groups={"b": {"lr": 2}, "a": {"beta1": 0}}
    )
    assert schedule.tracks == (
        "lr", "momentum", "weight_decay", "beta1", "beta2", "lr/b", "lr/a", "beta1/a"
    )  # fmt: skip


@pytest.mark.parametrize("name", ["momentum", "weight_decay", "beta1", "beta2"])
def test_a_parameter_is_a_number_or_a_schedule(name, load):
    assert load("linear", steps=3, **{name: 0.9}).evaluate()[name].tolist() == [0.9] * 3
    line = {"kind": "linear", "from": 0.8, "to": 0.4}
    assert_allclose(load("linear", steps=4, **{name: line}).evaluate()[name], [0.8, 0.7, 0.6, 0.5], rtol=1e-12)
    phases = [{"kind": "constant", "value": 1, "for": 1}, {"kind": "linear", "to": 0}]
    assert_allclose(load("linear", steps=3, **{name: phases}).evaluate()[name], [1, 1, 0.5], rtol=1e-12)


@pytest.mark.parametrize("schedule", ["linear", {"kind": "linear", "from": 1, "to": "10%"}])
def test_a_parameter_has_no_base(schedule, refuse):
    refuse("linear", "missing-field", "`momentum` has no base value", momentum=schedule)


def test_groups_follow_the_schedule_from_a_rate_of_their_own(load):
    groups = {"head": {"lr": 2}, "backbone": {"lr": "10%"}, "same": {}}
    found = load({"kind": "linear", "warmup": 1, "to": "20%"}, 5, 0.5, groups=groups).evaluate()
    shape = [0, 1, 0.8, 0.6, 0.4]
    for name, base in {"lr": 0.5, "lr/head": 2, "lr/backbone": 0.05, "lr/same": 0.5}.items():
        assert_allclose(found[name], [base * value for value in shape], rtol=1e-12)


def test_groups_override_the_schedule_and_other_parameters(load):
    groups = {
        "frozen": {"lr": 0},
        "own": {"schedule": {"kind": "step", "every": 2}, "lr": 4, "momentum": 0.5},
        "decayed": {"weight_decay": {"kind": "linear", "from": 0.4, "to": 0}},
    }
    found = load("linear", 4, momentum=0.9, groups=groups).evaluate()
    assert found["lr/frozen"].tolist() == [0] * 4
    assert_allclose(found["lr/own"], [4, 4, 0.4, 0.4], rtol=1e-12)
    assert found["momentum"].tolist() == [0.9] * 4
    assert found["momentum/own"].tolist() == [0.5] * 4
    assert_allclose(found["lr/decayed"], [1, 0.75, 0.5, 0.25], rtol=1e-12)
    assert_allclose(found["weight_decay/decayed"], [0.4, 0.3, 0.2, 0.1], rtol=1e-12)


def test_groups_do_not_repeat_the_momentum_of_one_cycle(load):
    assert load("one_cycle", groups={"head": {"lr": 2}}).tracks == ("lr", "momentum", "lr/head")
    own = load("linear", groups={"head": {"schedule": "one_cycle"}})
    assert own.tracks == ("lr", "lr/head", "momentum/head")


def test_layer_decay_of_beit(load):
    # Bao et al. 2022: each of 12 layers at 0.75 times the rate of the one above it
    schedule = load("cosine", 100, 4e-3, layer_decay={"layers": 12, "decay": 0.75})
    assert schedule.tracks == ("lr", *(f"lr/layer_{i}" for i in range(1, 13)))
    found = schedule.at(50)
    for layer in range(1, 13):
        assert_allclose(found[f"lr/layer_{layer}"], 2e-3 * 0.75 ** (12 - layer), rtol=1e-12)


@pytest.mark.parametrize(("decay", "first"), [(1, 1.0), (0.5, 0.25)])
def test_layer_decay_of_three_layers(decay, first, load):
    found = load("constant", 1, layer_decay={"layers": 3, "decay": decay}).evaluate()
    assert [found[f"lr/layer_{layer}"][0] for layer in (1, 3)] == [first, 1.0]


def test_layer_decay_of_one_layer_is_the_base(load):
    found = load("linear", layer_decay={"layers": 1, "decay": 0.5}).evaluate()
    assert found["lr/layer_1"].tolist() == found["lr"].tolist()


@pytest.mark.parametrize(
    ("more", "code", "match"),
    [
        ({"layer_decay": {"layers": 0, "decay": 0.5}}, "bad-value", "`layers` must be at least 1"),
        ({"layer_decay": {"layers": 2, "decay": 0}}, "bad-value", "`decay` must be"),
        ({"layer_decay": {"layers": 2, "decay": 1.1}}, "bad-value", "`decay` must be"),
        ({"layer_decay": {"layers": 2}}, "missing-field", "`layer_decay` needs `decay`"),
        ({"layer_decay": {"layers": 1001, "decay": 1}}, "too-large", "more than 1,000 layers"),
        ({"layer_decay": {"layers": 1, "decay": 1}, "groups": {"layer_1": {}}}, "conflict", "makes a group `layer_1`"),
        ({"groups": {"head": {"rate": 1}}}, "unknown-field", "group `head` has no field `rate`"),
        ({"groups": {"head": 1}}, "bad-type", "group `head` must be a mapping"),
        ({"groups": {" ": {}}}, "bad-value", "must be printable text"),
        ({"groups": ["head"]}, "bad-type", "`groups` must be a mapping"),
    ],
)
def test_refuses(more, code, match, refuse):
    refuse("linear", code, match, **more)


def test_layers_scale_whatever_the_schedule_gives(load):
    absolute = {"kind": "points", "at": {0: 1, 4: 0.5}}
    found = load(absolute, steps=8, lr=None, layer_decay={"layers": 3, "decay": 0.5}).at(4)
    assert [found[f"lr/layer_{i}"] for i in (1, 2, 3)] == [0.125, 0.25, 0.5]


def test_a_group_whose_rate_changes_nothing_is_refused(refuse):
    absolute = {"kind": "points", "at": {0: 1, 4: 0.5}}
    refuse(absolute, "no-effect", "the `lr` of group `a` changes nothing", groups={"a": {"lr": 0.1}})


@pytest.mark.parametrize("schedule", ["warmup", {"kind": "cosine", "warmup": 1}, {"use": "torch.LinearLR"}])
def test_a_groups_rate_counts_even_if_the_run_is_too_short_to_show_it(schedule, load):
    assert load(schedule, steps=1, lr=1.0, groups={"a": {"lr": 0.1}}).tracks == ("lr", "lr/a")


def test_a_groups_rate_is_allowed_beside_a_scheduler_that_overwrites_it(load):
    cycle = {"use": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 10}
    found = load(cycle, steps=10, lr=1.0, groups={"a": {"lr": 0.5}}).evaluate()
    assert found["lr/a"].tolist() == found["lr"].tolist()


def test_a_group_moves_its_momentum_once(refuse):
    groups = {"a": {"schedule": "one_cycle", "momentum": 0.9}}
    refuse("linear", "conflict", "the group's schedule already moves `momentum`", groups=groups)


def test_a_number_beside_a_scheduler_is_the_optimizers_own_value(load):
    cycle = {"use": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 10}
    assert load(cycle, momentum=0.5).evaluate()["momentum"][0] == 0.95


@pytest.mark.parametrize("more", [{"warmup": 3}, {"cooldown": 3}, {"warmup": 3, "cooldown": 3}])
def test_a_momentum_that_moves_is_not_dropped_beside_a_scheduler(more, refuse):
    cycle = {"use": "torch.OneCycleLR", "max_lr": 0.1, "total_steps": 10}
    momentum = {"kind": "constant", "value": 0.9, **more}
    refuse(cycle, "conflict", "the schedule already moves `momentum`", momentum=momentum)


def test_a_product_keeps_the_momentum_of_a_factor(load):
    schedule = load({"kind": "product", "of": ["one_cycle", {"kind": "step", "every": 5}]}, steps=20)
    assert schedule.tracks == ("lr", "momentum")
    assert schedule.at(6)["momentum"] == 0.85


def test_a_schedule_can_be_pickled(load):
    for kind in ("cosine", "sqrt", "rex", {"kind": "polynomial", "power": 2}, {"kind": "expression", "value": "1 - u"}):
        schedule = load(kind, steps=20)
        assert pickle.loads(pickle.dumps(schedule))(7) == schedule(7)


def test_a_group_needs_a_base_to_be_relative_to(refuse):
    absolute = {"kind": "linear", "from": 1, "to": 0}
    refuse(absolute, "missing-field", "base learning rate, is missing", lr=None, groups={"head": {"lr": "10%"}})


def test_a_parameter_that_is_not_finite_is_named(refuse):
    growing = {"kind": "exponential", "from": 1, "gamma": 2}
    refuse("linear", "not-finite", "`momentum` is not finite at step 1,024", steps=2000, momentum=growing)
    refuse("linear", "not-finite", "`lr/a` is not finite at step 1,024", 2000, groups={"a": {"schedule": growing}})


def values(spec, *steps):
    schedule = lrplot.load({"lr": 1.0} | spec)
    return [schedule(step) for step in steps]


def test_a_cycle_that_the_run_cuts_keeps_its_length():
    # torch 2.13.0 CosineAnnealingWarmRestarts(T_0=10, T_mult=10)
    spec = {"steps": 50, "schedule": {"kind": "cosine_restarts", "period": 10, "mult": 10}}
    assert values(spec, 30) == pytest.approx([0.9045084971874737], rel=1e-12)
    far = {"steps": 50, "schedule": {"kind": "cosine_restarts", "period": 10, "mult": 1e300}}
    assert values(far, 9, 10, 49) == pytest.approx([(1 - math.cos(math.pi / 10)) / 2, 1.0, 1.0], rel=1e-12)


@pytest.mark.parametrize(("mode", "peak"), [("triangular", 1.0), ("triangular2", 0.5)])
def test_a_triangle_without_a_fall_ends_at_its_peak(mode, peak):
    phases = [{"kind": "cyclic", "up": 5, "down": 0, "for": 10, "mode": mode}, "constant"]
    assert values({"steps": 15, "schedule": phases}, 9, 10, 20) == pytest.approx([0.8 * peak, peak, peak], rel=1e-12)


def test_the_end_value_holds_when_read_by_the_epoch():
    spec = {"steps": 10, "steps_per_epoch": 4, "interval": "epoch", "schedule": "linear"}
    assert values(spec, 9, 10, 11, 12, 100) == pytest.approx([0.2] * 5, rel=1e-12)


def test_ends_too_far_apart_for_their_ratio():
    down = {"steps": 4, "lr": 1e200, "schedule": {"kind": "exponential", "to": 1e-200}}
    assert values(down, 0, 1, 2, 4) == pytest.approx([1e200, 1e100, 1.0, 1e-200], rel=1e-12)
    up = {"steps": 4, "lr": 1e-200, "schedule": {"kind": "exponential", "to": 1e200}}
    assert values(up, 1, 2, 3) == pytest.approx([1e-100, 1.0, 1e100], rel=1e-12)


@pytest.mark.parametrize("growth", [{"gamma": 2}, {"rate": -1}])
def test_nothing_grows_to_nothing(growth):
    assert values({"steps": 2_000, "lr": 0, "schedule": {"kind": "exponential"} | growth}, 1_999) == [0.0]


def test_points_of_one_height_are_level():
    schedule = lrplot.load({"steps": 100, "schedule": {"kind": "points", "at": {0: 0.3, 100: 0.3}}})
    assert set(schedule.lr.tolist()) == {0.3}


@pytest.mark.parametrize("step", [2**63 - 1, 2**63, 2**64, 10**30])
def test_steps_beyond_any_integer_type_hold_the_end(step):
    assert values({"steps": 10, "schedule": {"kind": "linear", "to": 0.5}}, step) == [0.5]


@pytest.mark.parametrize("step", [71, 2**62 - 1, 2**62, 10**30])
def test_a_framework_s_scheduler_raises_at_every_step_past_its_end(step):
    schedule = lrplot.load(
        {"steps": 70, "lr": 1, "schedule": {"use": "torch.OneCycleLR", "max_lr": 1, "total_steps": 70}}
    )
    with pytest.raises(lrplot.SpecError, match="Tried to step 71 times"):
        schedule(step)


def test_a_warmup_phase_sets_the_timescale_of_what_follows():
    phases = [{"kind": "warmup", "for": 4}, "inverse_sqrt"]
    assert values({"steps": 100, "schedule": phases}, 4, 16) == pytest.approx([1.0, 0.5], rel=1e-12)


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        (
            {"steps": 10**8, "schedule": {"kind": "cosine_restarts", "period": 1, "mult": 1.0000001}},
            "cycles of different",
        ),
        ({"epochs": 90, "dataset_size": 50_000, "schedule": "cosine"}, "cannot turn epochs into steps"),
        ({"steps": 9, "schedule": {"kind": "exponential", "rate": 0.1, "every": 3}}, "`every` needs `gamma`"),
        ({"steps": 9, "schedule": {"kind": "exponential", "to": 0.1, "staircase": True}}, "`staircase` needs"),
        (
            {"steps": 9, "schedule": {"kind": "exponential", "rate": 0.1, "inclusive": True}},
            "`inclusive` needs `to`",
        ),
        ({"steps": 9, "schedule": {"kind": "cosine", "warmup": {"for": 2, "power": 3}}}, "`power` needs"),
        (
            {"steps": 9, "schedule": {"kind": "expression", "value": "t" + ".a" * 900}},
            "nested too deeply|may not contain",
        ),
    ],
)
def test_what_would_be_ignored_or_endless_is_refused(spec, match):
    with pytest.raises(lrplot.SpecError, match=match):
        lrplot.load({"lr": 1.0} | spec)


def test_truth_in_an_expression_is_a_number():
    for text, expected in (("(t > 5) - (t > 3)", [0.0, -1.0, 0.0]), ("(t > 5) + (t > 3)", [0.0, 1.0, 2.0])):
        spec = {"steps": 10, "schedule": {"kind": "expression", "value": text}}
        assert values(spec, 3, 4, 6) == expected
    spec = {"steps": 10, "schedule": {"kind": "expression", "value": "exp(t > 5)"}}
    assert values(spec, 6) == [math.e]


WRONG = {
    "a spec": lambda value: lrplot.load(value),
    "overrides": lambda value: lrplot.load(SPEC_OF_ANY_TYPE, value),
    "an override": lambda value: lrplot.check(SPEC_OF_ANY_TYPE, [value]),
    "format": lambda value: lrplot.load(SPEC_OF_ANY_TYPE, format=value),
    "a log": lambda value: lrplot.read_log(value),
    "a log of a range test": lambda value: lrplot.range_test(value),
    "columns": lambda value: lrplot.read_log("log.csv", value),
    "a target": lambda value: lrplot.convert(SPEC_OF_ANY_TYPE, value),
    "a kind": lambda value: lrplot.find_kinds(value),
    "a preset": lambda value: lrplot.presets(value),
    "a format": lambda value: lrplot.formats(value),
    "a schema": lambda value: lrplot.json_schema(value),
    "updates": lambda value: lrplot.fork(SPEC_OF_ANY_TYPE, value),
    "a cooldown": lambda value: lrplot.fork(SPEC_OF_ANY_TYPE, [500], value),
}
SPEC_OF_ANY_TYPE = {"steps": 1000, "lr": 1, "schedule": "constant"}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("value", [7, 1.5, object()])
def test_a_value_of_another_type_is_named_in_a_plain_message(call, value):
    with pytest.raises(TypeError, match=rf"(must be|takes) .*not {type(value).__name__}"):
        call(value)


@pytest.mark.parametrize("width", [0, 1, 39, 1001, -5])
def test_pages_have_a_sensible_width(width):
    with pytest.raises(ValueError, match="width must be from 40 to 1000 columns"):
        lrplot.show(SPEC_OF_ANY_TYPE, width=width)


def test_paths_that_no_system_can_have_are_unreadable():
    for read in (lrplot.load, lrplot.read_log):
        with pytest.raises(lrplot.SpecError, match="not a path"):
            read("\ud800")


def test_units_updates_and_folders_that_there_are_not(tmp_path):
    with pytest.raises(ValueError, match=r"units are .* or fraction, not .weeks."):
        lrplot.export(SPEC_OF_ANY_TYPE, units=["weeks"])
    with pytest.raises(ValueError, match="must name an update"):
        lrplot.fork(SPEC_OF_ANY_TYPE, [])
    with pytest.raises(ValueError, match="from 0 to 2\\^62"):
        lrplot.resume(SPEC_OF_ANY_TYPE, 10**30)
    with pytest.raises(lrplot.SpecError, match="there is no folder"):
        lrplot.diff(folder=tmp_path / "none")


def test_a_law_is_what_a_log_gave():
    with pytest.raises(TypeError, match="law must be what loss_law gives, not int"):
        lrplot.theory(SPEC_OF_ANY_TYPE, law=7)


def test_names_that_are_too_long_for_a_file_are_no_checkpoint():
    with pytest.raises(lrplot.SpecError, match="nothing says when the run is stopped"):
        lrplot.resume("x" * 5000)
