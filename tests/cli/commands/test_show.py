"""`lrplot show`."""

import json

import pytest
from support import Run

from lrplot.spec.source import preset_names
from lrplot.wording import cells

GPT3 = """\
name: GPT-3 13B
tokens: 300B
tokens_per_step: 2M
lr: 1e-4
schedule:
  - {kind: warmup, for: 375M tokens}
  - {kind: cosine, for: 260B tokens, to: 10%}
  - constant
"""


def test_page_has_length_phases_and_summary(run: Run, spec):
    lines = run("show", spec(GPT3)).out.splitlines()
    assert lines[0].split("  ", 1)[0] == "GPT-3 13B"
    assert lines[0].endswith("150,000 updates · 300B tokens")
    assert len(lines[0]) == 80
    start = next(i for i, line in enumerate(lines) if line.startswith(" phase"))
    assert lines[start:] == [
        " phase      updates             learning rate",
        " warmup           0 –     187   0 → 1e-4      375M tokens = 188 updates",
        " cosine         188 – 130,187   1e-4 → 1e-5   260B tokens = 130,000 updates",
        " constant   130,188 – 149,999   1e-5",
        "",
        " first update: 0, so it changes nothing · peak 1e-4 at 188 · last 1e-5",
        " mean / peak 0.491",
        " the last update of cosine has 1.000000001e-5; 1e-5 itself comes one update",
        " later (`inclusive: true` changes that)",
        "",
        " note[zero-first-update]: the learning rate is 0 at the first update; the",
        "   peak is 1e-4 at update 188",
    ]
    assert lines[start - 2].split() == ["tokens", "0", "100B", "200B", "300B"]


@pytest.mark.parametrize("width", [40, 50, 60, 79, 80, 100, 200])
@pytest.mark.parametrize("preset", ["sequence", "one_cycle", "layer_decay", "cosine_restarts", "table"])
def test_page_fits_the_width(run: Run, preset, width):
    shown = run("show", preset, "--width", width)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= width


@pytest.mark.parametrize(("index", "preset"), list(enumerate(preset_names())))
def test_every_preset_fits_every_width(run: Run, index, preset):
    neighbor, width = preset_names()[index - 1], 40 + index * 37 % 161
    several = (
        ("show", preset, neighbor, "--spark"),
        ("show", preset, neighbor, "--overlay", "--normalize"),
        ("compare", preset, neighbor, "--align", "fraction"),
    )
    for arguments in (("show", preset), several[index % len(several)]):
        shown, plain = run(*arguments, "--width", width), run(*arguments, "--width", 40, "--ascii")
        assert shown.code == plain.code == 0
        assert max(map(cells, shown.out.splitlines())) <= width
        assert max(map(len, plain.out.splitlines())) <= 40
        assert plain.out.isascii()


def test_a_wide_terminal_has_a_chart_of_120_columns(run: Run):
    shown = run("show", "cosine", "--width", 200).out.splitlines()
    assert max(map(len, shown[:20])) == 120
    assert len(shown[0]) == 120


@pytest.mark.parametrize("width", ["abc", "39", "1001", "80.5"])
def test_a_wrong_width_exits_2(run: Run, width):
    result = run("show", "cosine", "--width", width)
    assert result.code == 2
    assert f"error[bad-option]: `--width` takes a whole number from 40 to 1000, not `{width}`\n" in result.err


def test_ascii_is_ascii(run: Run):
    assert run("show", "one_cycle", "--ascii").out.isascii()


def test_derivation_from_dataset_to_updates(run: Run, spec):
    batch = "per_device_batch_size: 64\ndevices: 2\naccumulate: 4"
    out = run("show", spec(f"epochs: 24\ndataset_size: 50_000\n{batch}\nlr: 1\nschedule: cosine")).out
    assert " 64 per device × 2 devices × 4 accumulated = 512 samples per update\n" in out
    assert " 50,000 samples ÷ 512 = 98 updates per epoch (last one partial)\n" in out
    assert " 24 epochs = 2,352 updates\n" in out


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        (
            "cosine",
            "the last update has 2.467e-5; 0 itself would come one update later (`inclusive: true` changes that)",
        ),
        (
            "{kind: wsd, warmup: 10, cooldown: 20}",
            "the last update has 5e-3; 0 itself would come one update later",
        ),
        ("{kind: linear, to: 10%, inclusive: true}", "linear reaches 0.01 at 99, its last update (inclusive)"),
    ],
)
def test_the_end_convention_is_stated(run: Run, spec, schedule, line):
    out = run("show", spec(f"steps: 100\nlr: 0.1\nschedule: {schedule}"), "--width", 120).out
    assert f" {line}\n" in out


def test_wide_characters_take_two_columns(run: Run, spec):
    groups = "groups: {学習: {lr: 50%}, b: {lr: 10%}}"
    path = spec(f"name: 学習率学習率\nsteps: 10\nlr: 1\nschedule: cosine\n{groups}")
    lines = run("show", path, "--width", 60).out.splitlines()
    assert len(lines[0]) == 60 - 6
    (first, second) = (line for line in lines if line.startswith((" b  学習 ", " c  b ")))
    assert first.index("0.5") + 2 == second.index("0.1")


def test_momentum_and_groups_are_shown(run: Run):
    out = run("show", "one_cycle").out
    assert "\nmomentum\n  0.95 ┤" in out
    assert "\n rise        0 –   881   0.95 → 0.85\n" in out
    out = run("show", "layer_decay").out
    assert "\n    group     first  peak      last\n a  base      0      1e-3      1e-6\n" in out
    assert "\n    layer_10  0      5.625e-4  5.625e-7\n d  layer_11  0      7.5e-4    7.5e-7\n" in out
    assert " weight_decay 0.05" in out


def test_panels_have_one_margin_and_names(run: Run):
    lines = run("show", "one_cycle", "--width", 60).out.splitlines()
    axes = [line for line in lines if line.startswith("epochs")]
    assert axes == [f"epochs  0{' ' * 15}10{' ' * 15}20{' ' * 14}30"] * 2
    assert {line.index("┼") for line in lines if "┼" in line} == {7}
    assert [line for line in lines if line in ("learning rate", "momentum")] == ["learning rate", "momentum"]


@pytest.mark.parametrize("log", [(), ("--log",)])
def test_the_peak_and_the_last_value_are_labelled(run: Run, spec, log):
    path = spec("steps: 100\nlr: 3.7e-5\nschedule: {kind: linear, to: 30%, inclusive: true}")
    labels = [line.split()[0] for line in run("show", path, *log).out.splitlines() if "┤" in line]
    assert labels[0] == "3.7e-5"
    assert "1.11e-5" in labels


def test_curves_that_a_chart_cannot_tell_apart_are_named(run: Run, spec):
    groups = "groups: {a: {lr: 50%}, b: {}, c: {lr: 50%}}"
    out = run("show", spec(f"steps: 100\nlr: 1\nschedule: cosine\n{groups}")).out
    assert "learning rate   a base   b a   b = base   c = a\n" in out


def test_groups_that_equal_the_base_have_no_keys(run: Run, spec):
    out = run("show", spec("steps: 10\nlr: 1\nschedule: cosine\ngroups: {a: {}, b: {}}")).out
    assert "\nlearning rate   base   a, b = base\n" in out
    assert "\n group  first  peak  last\n base   1      1     0.02447\n" in out


def test_names_that_are_equal_in_ascii_stay_apart(run: Run, spec):
    groups = "groups: {base: {lr: 300%}, 学: {lr: 200%}, 習: {lr: 400%}}"
    out = run("show", spec(f"steps: 10\nlr: 1\nschedule: cosine\n{groups}"), "--ascii").out
    assert "a base   b base (2)   c ?   d ? (2)\n" in out
    assert [line.split()[0] for line in out.splitlines() if line.startswith((" a ", " b ", " c ", " d "))] == [*"abcd"]


def test_of_many_groups_some_are_drawn(run: Run):
    out = " ".join(run("show", "layer_decay").out.split())
    assert "a base b layer_1 c layer_6 d layer_11 layer_12 = base 8 more between them are not drawn" in out


def test_constant_tracks_have_a_line_and_varying_ones_their_phases(run: Run, spec):
    tracks = "weight_decay: {kind: cosine, from: 0.04, to: 0.4}\nmomentum: 0.9"
    groups = "groups: {head: {lr: 10, schedule: {kind: linear, warmup: 10}, momentum: 0.5}}"
    out = run("show", spec(f"steps: 100\nlr: 1\nschedule: cosine\n{tracks}\n{groups}")).out
    assert " phase    updates   weight_decay\n cosine    0 – 99   0.04 → 0.4\n" in out
    assert " phase    updates   lr/head\n warmup    0 –  9   0 → 10\n linear   10 – 99   10 → 0\n" in out
    assert "\nmomentum\n" not in out
    assert " momentum 0.9 · momentum/head 0.5\n" in out


def test_overlay_draws_all_specs_in_one_chart(run: Run):
    out = run("show", "cosine", "--sweep", "lr=1e-4,2e-4", "--overlay").out
    assert "learning rate   a lr=1e-4   b lr=2e-4\n" in out
    assert out.count("┼") == 1
    assert " a  lr=1e-4   10,000  1e-4  500  1e-5\n" in out


def test_normalized_values_are_shares_of_each_peak(run: Run):
    out = run("show", "cosine", "one_cycle", "--overlay", "--normalize").out
    assert "learning rate / peak" in out
    assert "\n    1 ┤" in out


def test_a_window_of_the_run_is_drawn(run: Run):
    lines = run("show", "cosine", "--start", "1%", "--stop", "500").out.splitlines()
    (axis,) = (line for line in lines if line.strip().startswith("steps"))
    assert (axis.split()[1], axis.split()[-1]) == ("100", "500")
    assert any(line.startswith(" 2.994e-4 ┤") for line in lines)
    assert " first update: 0, so it changes nothing · peak 3e-4 at 500 · last 3e-5" in lines


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--start", 500, "--stop", 500), "there are no steps from 500 up to 500"),
        (("--start", "x"), "`x` is not a point in a run"),
        (("--spark", "--overlay"), "`--overlay` has no effect beside `--spark`"),
        (("--json", "--stop", 5), "`--stop` has no effect beside `--json`"),
    ],
)
def test_drawing_options_that_make_no_sense_exit_2(run: Run, arguments, message):
    result = run("show", "cosine", *arguments)
    assert result.code == 2
    assert message in " ".join((result.out + result.err).split())


@pytest.mark.parametrize(
    "schedule",
    [
        "{kind: constant, value: 5e-324}",
        "{kind: points, at: {0: 5e-324, 99: 1.7e308}}",
        "{kind: step, every: 10, gamma: 1e-300, from: 5e-324}",
        "{kind: expression, value: '1e308 * cos(9 * u)'}",
        "{kind: expression, value: '5e-324 * (t - 50)'}",
        "{kind: expression, value: '1 + 1e-12 * t'}",
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--log",), ("--normalize",), ("--spark",), ("--overlay", "--log")])
def test_values_at_the_edges_of_float64_are_drawn(run: Run, spec, schedule, arguments):
    result = run("show", spec(f"steps: 100\nlr: 1.7e308\nschedule: {schedule}"), *arguments, "--width", 40)
    assert (result.code, result.err) == (0, "")
    assert max(map(len, result.out.splitlines())) <= 40


def test_a_phase_cut_by_the_end_of_the_run(run: Run, spec):
    out = run("show", spec("steps: 100\nlr: 0.1\nschedule: {kind: cosine, for: 150}")).out
    assert "cut by the run's end after 100 of 150" in out


def test_color_only_on_demand(run: Run, monkeypatch):
    assert "\x1b" not in run("show", "cosine").out
    assert "\x1b[36m" in run("show", "cosine", "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("show", "cosine", "--color", "auto").out


def test_log_labels_decades(run: Run):
    out = run("show", "lr_range_test", "--log").out
    assert all(f" {label} " in out for label in ("10", "0.1", "1e-3", "1e-5", "1e-7"))


def test_several_specs_follow_each_other(run: Run):
    out = run("show", "cosine", "linear").out
    assert out.index("Cosine with warmup") < out.index("Linear warmup + linear decay")


def test_spark_is_one_line_per_spec(run: Run):
    lines = run("show", "--spark", "cosine", "step", "--width", 60).out.splitlines()
    assert [line.split()[0] for line in lines] == ["Cosine", "Step"]
    assert [line.rsplit("  ", 1)[1] for line in lines] == ["max 3e-4", "max 0.1"]
    assert max(map(len, lines)) <= 60
    assert all("█" in line for line in lines)


def test_sparklines_of_a_sweep_have_one_scale(run: Run):
    first, second = run("show", "--spark", "cosine", "--sweep", "lr=1e-4,2e-4").out.splitlines()
    assert "█" in second
    assert not set("▆▇█") & set(first)


def test_spark_keeps_a_peak_one_step_wide(run: Run, spec):
    path = spec("steps: 1_000_000\nschedule: {kind: points, at: {0: 0, 500_000: 1, 500_001: 0}, interpolation: step}")
    assert run("show", "--spark", path, "--width", 60).out.count("█") == 1


def test_json_holds_the_numbers(run: Run, spec):
    printed = json.loads(run("show", spec(GPT3), "--json").out)
    assert printed["format"] == "lrplot/show/1"
    (data,) = printed["runs"]
    assert data["steps"] == 150_000
    assert data["length"] == {"amount": 300e9, "unit": "tokens"}
    assert [phase["stop"] for phase in data["phases"]] == [188, 130_188, 150_000]
    assert data["tracks"]["lr"]["peak_step"] == 188
    assert len(json.loads(run("show", "cosine", "step", "--json").out)["runs"]) == 2


@pytest.mark.parametrize("option", ["--spark", "--log"])
def test_json_refuses_options_without_effect(run: Run, option):
    result = run("show", "cosine", option, "--json")
    assert result.code == 2
    (fault,) = json.loads(result.out)["diagnostics"]
    assert (fault["code"], fault["message"]) == ("bad-option", f"`{option}` has no effect beside `--json`")


def test_every_missing_spec_is_named(run: Run):
    result = run("show", "missing.yaml", "wsd", "nope2")
    assert (result.code, result.out) == (2, "")
    assert "cannot read `missing.yaml`: there is no such file\n" in result.err
    assert "cannot read `nope2`: there is no such file and no such preset\n" in result.err


def test_a_folder_is_its_specs(run: Run, spec, tmp_path):
    for name in ("b.yaml", "a.json", ".hidden.yaml", "notes.txt"):
        spec("{steps: 10, lr: 1, schedule: linear}", name)
    out = run("show", tmp_path, "--spark").out
    assert [line.split()[0] for line in out.splitlines()] == ["a", "b"]
    assert run("check", tmp_path).out.endswith(" in 2 specs\n")
    (tmp_path / "empty").mkdir()
    assert "the folder holds no spec and no training config" in run("show", tmp_path / "empty").err
    other = run("plot", tmp_path, "-o", tmp_path / "x.png").err
    assert (
        f"cannot read `{tmp_path}`: it is a folder with 2 specs\nhelp: give a file, such as `{tmp_path}/a.json`"
        in other
    )


def test_a_preset_is_named_as_one_in_an_error(run: Run, monkeypatch):
    monkeypatch.setattr("lrplot.spec.source.LARGEST", 10)
    assert "a spec is at most" in run("show", "cosine").err
    monkeypatch.undo()
    assert " --> one_cycle (preset):" in run("show", "one_cycle", "--set", "lr=").err


def test_a_run_of_a_trillion_steps_is_drawn(run: Run, spec):
    out = run("show", spec("steps: 1T\nlr: 1\nschedule: {kind: cosine_restarts, period: 10}")).out
    assert "1,000,000,000,000 updates" in out
    assert "\n the peak and the lowest value are those of a sample of 65,536 updates\n" in out
    assert "⣿⣿⣿⣿⣿⣿" in out


def test_control_characters_of_a_spec_are_not_printed(run: Run, spec):
    path = spec('name: "\\e[2J\\e]0;owned\\a"\nsource: "a\\nb"\nsteps: 10\nlr: 1\nschedule: cosine')
    out = run("show", path).out
    assert "\x1b" not in out
    assert "\a" not in out
    assert "�[2J" in out


@pytest.mark.parametrize("command", ["show", "export"])
def test_a_value_that_is_not_finite_exits_2(run: Run, spec, command):
    path = spec("steps: 200_000\nlr: 1\nschedule: {kind: expression, value: '1 / (t - 150000)'}")
    result = run(command, path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error[not-finite]: `lr` is not finite at step 150,000: inf")
    late = spec("steps: 10M\nlr: 1\nschedule: {kind: expression, value: '1 / (t - 9000000)'}")
    result = run(command, late, *(("--start", 8_999_000) if command == "export" else ()))
    assert result.code == 2
    assert "not finite at step 9,000,000: inf" in result.err


@pytest.mark.parametrize("value", ["1e308 * cos(6 * u)", "5e-324 * t", "-1 - t", "0", "1 + 1e-15 * t"])
@pytest.mark.parametrize("log", [(), ("--log",)])
def test_extreme_and_negative_values_are_shown(run: Run, spec, value, log):
    result = run("show", spec(f"steps: 50\nlr: 1\nschedule: {{kind: expression, value: '{value}'}}"), *log)
    assert (result.code, result.err) == (0, "")


FAULTY = """\
steps: 1000
lr: 1e-3
schedule: {kind: cosine, for: 2000, warmup: 100}
groups:
  backbone: {lr: 0}
  head: {schedule: {kind: expression, value: "base - 2e-3 * u"}}
"""


def test_each_finding_has_a_line_under_the_summary_and_no_effect_on_the_exit_code(run: Run, spec):
    shown = run("show", spec(FAULTY), "--width", "120")
    assert shown.code == 0
    assert shown.out.splitlines()[-7:] == [
        "",
        # (1 + cos(π·900/1900))/2
        " warning[cut-short]: `cosine` is cut by the run's end after 1,000 of 2,000 updates: the learning rate ends at",
        "   5.413e-4, not at 0",
        " note[zero-first-update]: the learning rate is 0 at the first update; the peak is 1e-3 at update 100",
        " note[zero-throughout]: group `backbone`: the learning rate is written as 0: it is frozen",
        " error[negative-value]: group `head`: the learning rate is below 0, first at update 501; the lowest value is",
        "   -9.98e-4, at update 999",
    ]


def test_findings_fit_the_width_and_have_the_color_of_their_severity(run: Run, spec):
    path = spec(FAULTY)
    assert max(map(len, run("show", path, "--width", "40").out.splitlines())) <= 40
    painted = run("show", path, "--color", "always").out
    assert " \x1b[31merror[negative-value]\x1b[0m: group `head`: " in painted
    assert " \x1b[33mwarning[cut-short]\x1b[0m: " in painted


def test_json_has_the_findings_with_their_places(run: Run, spec):
    path = spec(FAULTY)
    shown = run("show", path, "--json")
    assert shown.code == 0
    (data,) = json.loads(shown.out)["runs"]
    findings = data["findings"]
    assert findings == json.loads(run("check", path, "--format", "json").out)["findings"]
    assert [(each["severity"], each["line"]) for each in findings] == [
        ("warning", 3), ("note", 3), ("note", 5), ("error", 6),
    ]  # fmt: skip


def test_accepted_findings_are_not_shown(run: Run, spec):
    path = spec("steps: 1000\nlr: 1\nschedule: {kind: linear, for: 2000}\naccept: {cut-short: resumed later}\n")
    assert "cut-short" not in run("show", path).out


def test_a_scheduler_that_raises_is_refused(run: Run, spec):
    path = spec("steps: 1000\nlr: 1\nschedule: {use: torch.OneCycleLR, max_lr: 1, total_steps: 900}\n")
    assert run("show", path).code == 2
