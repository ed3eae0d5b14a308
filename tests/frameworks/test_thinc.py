"""thinc's schedules: values computed by hand, segments, and errors."""

import pytest
from frameworks.outlines import outline

import lrplot


@pytest.fixture
def load(use):
    """Load one of thinc's schedules, of 10 steps by default."""
    return lambda name, steps=10, **arguments: use(f"thinc.{name}", steps=steps, **arguments)


def test_a_warmup_and_a_line_to_zero(load):
    schedule = load("warmup_linear", initial_rate=0.4, warmup_steps=2, total_steps=6)
    assert schedule.lr.tolist() == pytest.approx([0, 0.2, 0.4, 0.3, 0.2, 0.1, 0, 0, 0, 0])
    assert outline(schedule) == [("warmup", 0, 2), ("decay", 2, 6), ("hold", 6, 10)]


def test_a_slanted_triangle_counts_from_one(load):
    schedule = load("slanted_triangular", max_rate=0.4, num_steps=10, cut_frac=0.2, ratio=4)
    # p = 1/2, 1, 7/8 …, and (1 + 3p)/4 of the peak.
    assert schedule.lr.tolist()[:3] == pytest.approx([0.25, 0.4, 0.1 * (1 + 3 * 7 / 8)])
    assert schedule(9) == pytest.approx(0.1)
    assert outline(schedule) == [("warmup", 0, 1), ("decay", 1, 10)]


def after_a_constant_part(inner):
    schedule = {"use": "thinc.constant_then", "rate": 0.3, "steps": 4, "schedule": inner}
    return lrplot.load({"steps": 10, "schedule": schedule})


def test_a_schedule_after_a_constant_part_starts_from_its_beginning():
    inner = {"use": "thinc.warmup_linear", "initial_rate": 0.4, "warmup_steps": 2, "total_steps": 6}
    schedule = after_a_constant_part(inner)
    assert schedule.lr.tolist() == pytest.approx([0.3, 0.3, 0.3, 0.3, 0, 0.2, 0.4, 0.3, 0.2, 0.1])
    assert outline(schedule)[:2] == [("hold", 0, 4), ("warmup", 4, 6)]


def test_other_frameworks_schedulers_are_refused_after_a_constant_part():
    with pytest.raises(lrplot.SpecError, match="own schedulers"):
        after_a_constant_part({"use": "torch.StepLR", "step_size": 2})


def test_compounding_stops(load):
    schedule = load("compounding", start=0.1, stop=0.8, compound=2)
    assert schedule.lr.tolist()[:6] == pytest.approx([0.1, 0.2, 0.4, 0.8, 0.8, 0.8])
    assert outline(schedule) == [("rise", 0, 3), ("hold", 3, 10)]
    assert load("compounding", start=0.8, stop=0.3, compound=0.5).lr.tolist()[:3] == pytest.approx([0.8, 0.4, 0.3])


def test_decaying_with_the_number_of_the_update(values):
    assert values("decaying", base_rate=0.4, decay=0.5, t=2)[:3] == pytest.approx([0.2, 0.16, 0.4 / 3])


def test_cycles_are_one_step_in(values):
    assert values("cyclic_triangular", min_lr=0.0, max_lr=0.4, period=2)[:5] == pytest.approx([0.2, 0.4, 0.2, 0, 0.2])


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("decaying", {"base_rate": 0.4, "decay": -0.5}, "at update 2: ZeroDivisionError"),
        ("slanted_triangular", {"max_rate": 0.4, "num_steps": 10, "ratio": 0}, "ZeroDivisionError"),
        ("slanted_triangular", {"max_rate": 0.4, "num_steps": 10, "cut_frac": 0}, "ZeroDivisionError"),
        ("slanted_triangular", {"max_rate": 0.4, "num_steps": 10, "cut_frac": 1}, "at update 9: ZeroDivisionError"),
        ("cyclic_triangular", {"min_lr": 0, "max_lr": 0.4, "period": 0}, "ZeroDivisionError"),
        ("plateau", {"max_patience": 2, "scale": 0.5}, "cannot be shown ahead"),
    ],
)
def test_what_cannot_be_shown(load, name, arguments, error):
    with pytest.raises(lrplot.SpecError, match=error):
        load(name, **arguments).evaluate()


def test_spacy_s_name_leads_to_it():
    schedule = {"use": "spacy.warmup_linear", "initial_rate": 0.4, "warmup_steps": 2, "total_steps": 6}
    assert lrplot.load({"steps": 6, "schedule": schedule})(2) == pytest.approx(0.4)
