"""The Python API: names, laziness, factor, errors."""

import subprocess
import sys

import numpy as np
import pytest

import lrplot

SPEC = {"steps": 100, "lr": 0.1, "schedule": "linear"}


def test_public_names_exist():
    assert sorted(lrplot.__all__) == [
        "Diagnostic", "Schedule", "Source", "Span", "SpecError", "__version__", "load",
    ]  # fmt: skip
    assert all(getattr(lrplot, name) for name in lrplot.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        lrplot.lode  # noqa: B018  the access is the test


def test_call_takes_an_integer_or_an_array():
    schedule = lrplot.load(SPEC)
    assert type(schedule(25)) is float
    assert schedule(np.int32(50)) == 0.05
    values = schedule(np.array([[0, 50], [75, 99]]))
    assert values.dtype == np.float64
    np.testing.assert_allclose(values, [[0.1, 0.05], [0.025, 0.001]], rtol=1e-12)
    assert schedule(np.array([], dtype=int)).shape == (0,)


@pytest.mark.parametrize("step", [1.0, "1", True, np.array([0.5]), None])
def test_call_refuses_what_is_not_an_integer(step):
    with pytest.raises(TypeError, match="steps are integers"):
        lrplot.load(SPEC)(step)


def test_steps_count_from_zero_and_the_end_holds():
    schedule = lrplot.load(SPEC | {"schedule": {"kind": "linear", "to": 0.02}})
    assert schedule(100) == schedule(10**15) == 0.02
    with pytest.raises(ValueError, match="count from 0, got -1"):
        schedule(-1)


def test_evaluate_is_a_window():
    schedule = lrplot.load(SPEC)
    assert schedule.lr.shape == (100,)
    np.testing.assert_array_equal(schedule.evaluate(90)["lr"], schedule.lr[90:])
    assert schedule.evaluate(5, 5)["lr"].shape == (0,)
    with pytest.raises(ValueError, match="not a range"):
        schedule.evaluate(5, 4)


def test_factor_times_base_is_the_learning_rate():
    schedule = lrplot.load(SPEC)
    assert [schedule.factor(step) for step in (0, 50, 100)] == [1.0, 0.5, 0.0]
    noam = lrplot.load({"steps": 10, "schedule": {"kind": "noam", "d_model": 4, "warmup": 4}})
    assert noam.factor(3) == noam(3) == 0.25


def test_overrides_are_those_of_the_command_line():
    assert lrplot.load(SPEC, ["lr=1", "schedule.to=50%"])(100) == 0.5


def test_errors_carry_diagnostics():
    with pytest.raises(lrplot.SpecError, match="no field `stpes`") as error:
        lrplot.load(SPEC | {"stpes": 3})
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.code, diagnostic.help, diagnostic.span.path) == (
        "unknown-field", "did you mean `steps`?", "stpes",
    )  # fmt: skip


def test_not_finite_names_the_step():
    with pytest.raises(lrplot.SpecError, match="`lr` is not finite at step 3: inf"):
        lrplot.load(SPEC | {"schedule": {"kind": "expression", "value": "1 / (t - 3)"}})


RUN = "import lrplot.cli.main as m\ntry: m.main({})\nexcept SystemExit: pass"
# numpy 1 imports numpy.ma by itself.
LIGHT = ("numpy", "yaml", "matplotlib", "rich", "pydantic")
QUICK = ("matplotlib", "rich", "pydantic", *(("numpy.ma",) if np.__version__ >= "2" else ()))


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import lrplot", ("numpy", "yaml", "typer", "matplotlib")),
        ("import lrplot.api", ("typer", "rich", "matplotlib")),
        (RUN.format(["--version"]), LIGHT),
        (RUN.format(["--help"]), LIGHT),
        (RUN.format(["show", "--help"]), LIGHT),
        (RUN.format(["export", "--no-such-option"]), LIGHT),
        (RUN.format(["show", "cosine"]), QUICK),
        (RUN.format(["show", "gpt3_13b"]), QUICK),
        (RUN.format(["export", "cosine"]), (*QUICK, "json")),
    ],
)
def test_heavy_packages_are_not_imported_needlessly(code, absent):
    check = f"{code}\nimport sys; assert not {{*{absent}}} & {{*sys.modules}}, {{*{absent}}} & {{*sys.modules}}"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
