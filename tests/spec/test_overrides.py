"""`--set key=value`: what it changes, and faults that point at the option's own text."""

from __future__ import annotations

import pytest

COSINE = "steps: 100\nlr: 1\nschedule: cosine\n"
PHASES = "steps: 100\nlr: 1\nschedule:\n  - {kind: warmup, for: 10}\n  - {kind: linear, to: 10%}\n"


@pytest.mark.parametrize(
    ("spec", "settings", "step", "expected"),
    [
        (COSINE, ["lr=3e-4"], 0, 3e-4),
        (COSINE, ["lr = 3e-4"], 0, 3e-4),
        (COSINE, ["lr=1/3"], 0, 1 / 3),
        (COSINE, ["lr=2", "lr=4"], 0, 4.0),
        (COSINE, ["schedule=linear"], 25, 0.75),
        (COSINE, ["schedule.kind=linear"], 25, 0.75),
        (COSINE, ["schedule.kind=linear", "schedule.to=50%"], 50, 0.75),
        (COSINE, ["schedule={kind: linear, to: 50%}"], 50, 0.75),
        (COSINE, ["schedule=[{kind: constant, for: 10}, linear]"], 55, 0.5),
        (COSINE, ["schedule.to=50%"], 100, 0.5),
        (COSINE, ["schedule.warmup=20"], 5, 0.25),
        (COSINE, ["schedule.warmup.for=20"], 5, 0.25),
        (COSINE, ["schedule.warmup={for: 20}", "schedule.warmup.from=50%"], 5, 0.625),
        (COSINE, ["schedule.kind=multistep", "schedule.milestones=[10, 20]", "schedule.gamma=0.5"], 20, 0.25),
        (COSINE, ["schedule.kind=expression", "schedule.value='t == 3'"], 3, 1.0),
        (COSINE, ["steps=10", "schedule=linear"], 5, 0.5),
        (PHASES, ["schedule.0.for=20"], 5, 0.25),
        (PHASES, ["schedule[0].for=20"], 5, 0.25),
        (PHASES, ["schedule[1].to=0"], 55, 0.5),
        (PHASES, ["schedule[1]=constant"], 99, 1.0),
        (PHASES, ["schedule[1].kind=constant", "schedule[1]={kind: linear}"], 55, 0.5),
        (PHASES, ["schedule=constant"], 0, 1.0),
    ],
)
def test_a_setting_changes_a_value(spec, settings, step, expected, read):
    assert read(spec, *settings)(step) == expected


def test_a_setting_adds_a_key(read):
    schedule = read(COSINE, "momentum=0.9", "groups.head.lr=2", "groups.body={lr: 10%}", "name=a run")
    assert schedule.name == "a run"
    first = {name: values.item() for name, values in schedule.at(0).items()}
    assert first == {"lr": 1.0, "momentum": 0.9, "lr/head": 2.0, "lr/body": 0.1}


@pytest.mark.parametrize("own", ["steps: 100", "epochs: 3", "samples: 1M", "tokens: 5T", "epochs: 3\nsteps: 5"])
@pytest.mark.parametrize(
    ("setting", "steps"), [("steps=40", 40), ("epochs=2", 20), ("samples=80", 10), ("tokens = 160", 5)]
)
def test_a_length_replaces_the_spec_s_own(own, setting, steps, read):
    rates = "steps_per_epoch: 10\nbatch_size: 8\nsequence_length: 4\n"
    assert read(f"{own}\n{rates}lr: 1\nschedule: cosine\n", setting).steps == steps


def test_two_lengths_that_are_set_contradict_each_other(faults):
    assert faults("steps: 100\nsteps_per_epoch: 10\nlr: 1\nschedule: cosine\n", "epochs=3", "steps=20") == [
        ("conflict", "3")
    ]


def test_a_setting_replaces_a_faulty_value(read):
    assert read("steps: none\nlr: true\nschedule: cosin\n", "steps=4", "lr=1", "schedule=linear")(1) == 0.75


@pytest.mark.parametrize(
    ("spec", "setting", "code", "marked"),
    [
        (COSINE, "lr=true", "boolean", "true"),
        (COSINE, "lr='1'", "quoted-number", "'1'"),
        (COSINE, "lr=.nan", "not-finite", ".nan"),
        (COSINE, "lr=1,000", "bad-type", "1,000"),
        (COSINE, "lr=3=4", "bad-type", "3=4"),
        (COSINE, "lr = low", "bad-type", "low"),
        (COSINE, "lr=[1]", "bad-type", "["),
        (COSINE, "lrr=3", "unknown-field", "lrr"),
        (COSINE, "a.b.c=3", "unknown-field", "a.b.c"),
        (COSINE, "schedule=cosin", "unknown-kind", "cosin"),
        (COSINE, "schedule.kind=cosin", "unknown-kind", "cosin"),
        (COSINE, "schedule.too=3", "unknown-field", "schedule.too"),
        (COSINE, "schedule={kind: cosine, too: 3}", "unknown-field", "too"),
        (COSINE, "schedule=[constant, {kind: cosine, too: 3}]", "unknown-field", "too"),
        (COSINE, "schedule.warmup.for=ten", "bad-type", "ten"),
        (COSINE, "schedule.warmup.shap=linear", "unknown-field", "schedule.warmup.shap"),
        (COSINE, "schedule.interval=epochs", "unknown-choice", "epochs"),
        (COSINE, "groups.head.lrr=3", "unknown-field", "groups.head.lrr"),
        (COSINE, "groups.head.lr=true", "boolean", "true"),
        (PHASES, "schedule[0].for=true", "boolean", "true"),
        (PHASES, "schedule.1.too=1", "unknown-field", "schedule.1.too"),
        (PHASES, "schedule[2].for=1", "bad-override", "schedule[2].for"),
        (PHASES, "schedule[-1].for=1", "bad-override", "schedule[-1].for"),
        (PHASES, "schedule.last.for=1", "bad-override", "schedule.last.for"),
        (PHASES, "schedule.kind=cosine", "bad-override", "schedule.kind"),
        (COSINE, "lr", "bad-override", "lr"),
        (COSINE, "=3", "bad-override", "=3"),
        (COSINE, " =3", "bad-override", " =3"),
    ],
)
def test_a_fault_in_a_setting_is_located(spec, setting, code, marked, diagnostics):
    found = diagnostics(spec, setting)
    places = [(each.code, each.span.source.name, each.span.source.text) for each in found]
    assert (code, "--set", setting) in places
    span = found[places.index((code, "--set", setting))].span
    assert (span.line, setting[span.column : span.end_column]) == (0, marked)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("schedule=[", "syntax"),
        ("schedule={kind: cosine}}", "syntax"),
        ("schedule='cosine", "syntax"),
        ("schedule={kind: &a [*a]}", "bad-alias"),
        ("schedule.of={[a]: 1}", "bad-key"),
        ("schedule.to=[!foo 5]", "tag"),
        ("schedule=" + "[" * 100 + "]" * 100, "too-deep"),
    ],
)
def test_a_syntax_error_in_a_setting_is_located(setting, code, diagnostics):
    (found,) = diagnostics(COSINE, setting)
    assert (found.code, found.span.source.text, found.span.line) == (code, setting, 0)
    assert setting.index("=") < found.span.column < found.span.end_column <= len(setting)


def test_a_fault_in_each_setting_and_in_the_spec_at_once(faults):
    found = faults("steps: 100\nlrr: 1\nschedule: cosin\n", "lr=true", "momentum='0.9'")
    assert sorted(found) == [
        ("boolean", "true"),
        ("quoted-number", "'0.9'"),
        ("unknown-field", "lrr"),
        ("unknown-kind", "cosin"),
    ]
