"""The Python API: names, laziness, factor, errors."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest
from support import ROOT

import lrplot
from lrplot.cli.commands import COMMANDS
from lrplot.spec.source import preset_names

SPEC = {"steps": 100, "lr": 0.1, "schedule": "linear"}


def test_public_names_exist():
    assert sorted(lrplot.__all__) == [
        "Agreement", "Change", "Changes", "Comparison", "Diagnostic", "Findings", "Fix", "Fixed", "Fork", "Format",
        "Inference", "Kind", "Log", "LossLaw", "Moment", "Picture", "Points", "Preset", "RangeTest", "Resumption",
        "Rows", "Schedule", "Source", "Span", "SpecError", "Theory", "Values", "__version__", "agree", "at", "check",
        "compare", "convert", "diff", "export", "find_kinds", "fix", "fork", "formats", "infer", "json_schema",
        "load", "loss_law", "plot", "presets", "range_test", "read_log", "resume", "show", "theory",
    ]  # fmt: skip
    assert all(getattr(lrplot, name) for name in lrplot.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        lrplot.lode  # noqa: B018  the access is the test


def test_every_command_has_a_function():
    names = {"kinds": "find_kinds", "schema": "json_schema"}  # those are packages of lrplot
    functions = {names.get(name, name.replace("-", "_")) for name in COMMANDS}
    assert functions <= set(lrplot.__all__)
    modules = {path.stem for path in (ROOT / "lrplot").iterdir()}
    assert not modules & set(lrplot.__all__)


def test_at_gives_the_values_at_points_in_a_run():
    first, end, past = lrplot.at(SPEC | {"momentum": 0.9}, "first", "last", 250)
    assert (first.when, first.step, first.past_end) == ("first", 0, False)
    assert first.values == {"lr": 0.1, "momentum": 0.9}
    assert (end.step, end.values["lr"]) == (99, pytest.approx(0.001))
    assert (past.when, past.past_end, past.values["lr"]) == ("250", True, 0.0)
    with pytest.raises(lrplot.SpecError, match="`soon` is not a point in a run"):
        lrplot.at(lrplot.load(SPEC), "soon")


def test_show_returns_the_page_of_the_command(run):
    assert lrplot.show("cosine") == run("show", "cosine").out
    options = ("--width", 60, "--ascii", "--overlay")
    assert (
        lrplot.show("cosine", "wsd", width=60, ascii=True, overlay=True) == run("show", "cosine", "wsd", *options).out
    )
    with pytest.raises(TypeError, match="a schedule or more"):
        lrplot.show()


@pytest.mark.parametrize(("suffix", "theme"), [("svg", "auto"), ("png", "light"), ("pdf", "light")])
def test_plot_writes_the_picture_of_the_command(run, tmp_path, suffix, theme):
    paths = [tmp_path / f"{name}.{suffix}" for name in ("function", "command")]
    picture = lrplot.plot("cosine", lrplot.load("wsd"), output=paths[0], x="fraction", size=(5, 3), title="Two")
    options = ("--x", "fraction", "--size", "5x3", "--title", "Two", "--theme", theme)
    assert run("plot", "cosine", "wsd", "-o", paths[1], *options).code == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    labels = [line.label for line in picture.areas[0].lines]
    assert (picture.title, labels) == ("Two", ["Cosine with warmup", "Warmup–stable–decay"])


def test_plot_refuses_what_cannot_be_drawn(tmp_path):
    with pytest.raises(lrplot.SpecError, match=r"does not end in \.pdf, \.png, \.svg"):
        lrplot.plot(SPEC, output=tmp_path / "out.gif")
    with pytest.raises(lrplot.SpecError, match="inches are too few"):
        lrplot.plot(SPEC, output=tmp_path / "out.png", size=(1, 1))
    with pytest.raises(ValueError, match="theme is one of light, dark, auto, not 'pink'"):
        lrplot.plot(SPEC, theme="pink")
    with pytest.raises(ValueError, match="not 'time'"):
        lrplot.plot(SPEC, x="time")
    with pytest.raises(TypeError, match="a schedule or more"):
        lrplot.plot()
    assert list(tmp_path.iterdir()) == []


def test_export_is_a_table_and_writes_that_of_the_command(run, tmp_path):
    rows = lrplot.export("groups", tmp_path / "out.csv", start=10, stop=20, every=3, units=["fraction"])
    options = ("--start", 10, "--stop", 20, "--every", 3, "--units", "fraction")
    assert (tmp_path / "out.csv").read_text() == run("export", "groups", *options).out
    assert rows.columns["step"].tolist() == [10, 13, 16, 19]
    assert list(rows.columns)[1:] == [*lrplot.load("groups").tracks, "fraction"]
    assert rows.columns["lr"].tolist() == lrplot.load("groups")(np.array([10, 13, 16, 19])).tolist()
    assert list(lrplot.export(SPEC, columns=["lr"]).columns) == ["step", "lr"]
    with pytest.raises(ValueError, match="no column 'beta1'; the columns are lr"):
        lrplot.export(SPEC, columns=["beta1"])
    with pytest.raises(ValueError, match="no steps from 5 to 5"):
        lrplot.export(SPEC, start=5, stop=5)
    with pytest.raises(lrplot.SpecError, match="does not end in"):
        lrplot.export(SPEC, tmp_path / "out.xls")
    with pytest.raises(lrplot.SpecError, match="cannot turn tokens"):
        lrplot.export(SPEC, units=["tokens"])


def test_kinds_can_be_looked_up(run):
    (cosine,) = lrplot.find_kinds("cosine")
    assert cosine.formula == "to + (from − to)·(1 + cos πu)/2, u = t/n"
    assert [field.name for field in cosine.fields][:2] == ["from", "to"]
    assert lrplot.find_kinds("torch.StepLR")[0].cases > 0
    assert lrplot.find_kinds("groups")[0].fields[0].name == "lr"
    assert len(lrplot.find_kinds()) == len(json.loads(run("kinds", "--json").out)["kinds"])
    with pytest.raises(lrplot.SpecError, match="there is no kind `qqq`"):
        lrplot.find_kinds("qqq")


def test_formats_presets_and_the_schema_can_be_looked_up(run):
    assert {found.use for found in lrplot.formats()} == {"config", "log", "code"}
    with pytest.raises(lrplot.SpecError, match="there is no format `transfomers`") as error:
        lrplot.formats("transfomers")
    assert error.value.diagnostics[0].help == "did you mean `transformers`?"
    assert len(lrplot.presets()) == len(preset_names())
    assert lrplot.presets("resnet50")[0].text == run("presets", "resnet50").out
    with pytest.raises(lrplot.SpecError, match="there is no preset `resnat50`"):
        lrplot.presets("resnat50")
    assert lrplot.json_schema()["title"] == "lrplot spec"


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


def test_str_of_an_error_has_places_and_cures(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("steps: 100\nlr: 1\nschedule: {kind: cosine, wamup: 5}\n")
    with pytest.raises(lrplot.SpecError) as error:
        lrplot.load(path)
    assert str(error.value) == (
        f"error[unknown-field]: `cosine` has no field `wamup`\n --> {path}:3:26\nhelp: did you mean `warmup`?"
    )
    with pytest.raises(lrplot.SpecError) as error:
        lrplot.load(SPEC | {"stpes": 3})
    assert str(error.value).splitlines()[1:] == [" --> <mapping> at `stpes`", "help: did you mean `steps`?"]


@pytest.mark.parametrize("step", [np.timedelta64(3, "s"), np.array([1, 2], "m8[s]"), np.datetime64(3, "s")])
def test_call_refuses_times(step):
    with pytest.raises(TypeError, match="steps are integers, not "):
        lrplot.load(SPEC)(step)


def test_factors_are_multiples_of_each_groups_own_base():
    groups = {"backbone": {"lr": 0.01}, "head": {"schedule": "cosine"}}
    schedule = lrplot.load(SPEC | {"groups": groups})
    assert schedule.groups == ("backbone", "head")
    assert [factor(50) for factor in schedule.factors()] == [0.5, 0.5]
    assert [factor(0) for factor in schedule.factors()] == [1.0, 1.0]
    assert schedule.factors()[1](75) == pytest.approx((1 + np.cos(np.pi * 0.75)) / 2)
    layers = lrplot.load(SPEC | {"layer_decay": {"layers": 3, "decay": 0.5}})
    assert [factor(50) for factor in layers.factors()] == [0.125, 0.25, 0.5]
    assert [pickle.loads(pickle.dumps(factor))(50) for factor in layers.factors()] == [0.125, 0.25, 0.5]


def test_factors_of_a_run_without_groups_is_one():
    schedule = lrplot.load(SPEC)
    assert schedule.groups == ()
    (factor,) = schedule.factors()
    assert factor(25) == schedule.factor(25) == pytest.approx(0.75)


def test_check_returns_the_findings():
    found = lrplot.check(SPEC | {"schedule": {"kind": "linear", "for": 125}})
    assert "cut-short" in found.codes
    assert len(found) == len(found.codes) == len(list(found))
    assert found[0] in found[:1]
    with pytest.raises(AttributeError):
        found.findings = ()
    with pytest.raises(lrplot.SpecError, match="no field `stpes`"):
        lrplot.check(SPEC | {"stpes": 3})


def test_compare_returns_the_numbers():
    found = lrplot.compare(SPEC, lrplot.load(SPEC, ["lr=0.2"]))
    assert [summary.peak for summary in found.summaries] == [0.1, 0.2]
    ((gap, *_),) = found.differences
    assert (gap.largest, gap.largest_step, gap.parts) == (0.1, 0, 0)
    assert lrplot.compare(SPEC, SPEC | {"steps": 50}, align="fraction").within(0.02)
    with pytest.raises(TypeError, match="two schedules or more, got 1"):
        lrplot.compare(SPEC)
    with pytest.raises(ValueError, match="not 'step'"):
        lrplot.compare(SPEC, SPEC, align="step")
    with pytest.raises(lrplot.SpecError, match="`tokens_per_step` is missing"):
        lrplot.compare(SPEC, SPEC, align="tokens")
