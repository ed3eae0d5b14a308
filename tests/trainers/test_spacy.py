"""spaCy's config.cfg: values by thinc's optimizer, and the number of updates of spaCy's own training loop."""

import pytest

HEAD = """\
[nlp]
lang = "en"
pipeline = ["textcat"]

[training]
patience = 0
max_steps = 5

[training.optimizer]
@optimizers = "Adam.v1"
L2 = 0.01
beta1 = 0.8
"""
RATE = "[training.optimizer.learn_rate]\n"
LINEAR = RATE + '@schedules = "warmup_linear.v1"\nwarmup_steps = 2\ntotal_steps = 5\ninitial_rate = 0.001\n'


def load(config, text, *settings):
    return config(text, *settings, name="config.cfg")


def test_the_last_update_has_the_number_max_steps(config):
    loaded = load(config, HEAD + LINEAR)
    assert (loaded.run.reading.format, loaded.steps) == ("spacy", 6)
    expected = [0.0, 0.0005, 0.001, 0.0006666666666666666, 0.0003333333333333333, 0.0]
    assert loaded.lr.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (
            '@schedules = "warmup_linear.v1"\nwarmup_steps = 250\ntotal_steps = 2000\ninitial_rate = 5e-5\n',
            {0: 0.0, 1: 2e-07, 125: 2.5e-05, 250: 5e-05, 1000: 2.857142857142857e-05, 2000: 0.0, 2001: 0.0},
        ),
        (
            '@schedules = "compounding.v1"\nstart = 0.001\nstop = 0.0001\ncompound = 0.99\n',
            {0: 0.001, 1: 0.00099, 100: 0.00036603234127322915, 300: 0.0001},
        ),
        (
            '@schedules = "constant_then.v1"\nrate = 0.001\nsteps = 100\n[training.optimizer.learn_rate.schedule]\n'
            '@schedules = "decaying.v1"\nbase_rate = 0.001\ndecay = 0.01\n',
            {0: 0.001, 99: 0.001, 100: 0.001, 101: 0.0009900990099009901, 150: 0.0006666666666666666},
        ),
        (
            '@schedules = "cyclic_triangular.v1"\nmin_lr = 0.0001\nmax_lr = 0.001\nperiod = 50\n',
            {0: 0.000118, 24: 0.00055, 49: 0.001, 50: 0.000982, 99: 0.0001, 149: 0.001},
        ),
    ],
)
def test_schedules_of_thinc(config, schedule, expected):
    loaded = load(config, HEAD + RATE + schedule, "training.max_steps=3000")
    assert loaded.steps == 3001
    assert [loaded(step) for step in expected] == pytest.approx(list(expected.values()), rel=1e-12)


def test_what_the_file_lacks_is_spacy_s_default(config):
    loaded = load(config, '[nlp]\nlang = "en"\npipeline = []\n')
    assert (loaded.steps, loaded(0), loaded(20_000)) == (20_001, 0.001, 0.001)
    assert load(config, HEAD + "learn_rate = 0.0002\n")(5) == 0.0002


def test_other_numbers_of_the_optimizer(config):
    values = load(config, HEAD).evaluate()
    assert (values["weight_decay"][0], values["beta1"][0]) == (0.01, 0.8)
    assert "weight_decay" not in load(config, HEAD + "L2_is_weight_decay = false\n").evaluate()


def test_epochs_need_their_updates(config, refused):
    text = HEAD.replace("max_steps = 5", "max_steps = 0\nmax_epochs = 10")
    (diagnostic,) = refused(text, name="config.cfg")
    assert diagnostic.help == "add `--set steps=1000`, or `--set steps_per_epoch=500`"
    assert load(config, text, "steps_per_epoch=30").steps == 300
    both = HEAD.replace("max_steps = 5", "max_steps = 200\nmax_epochs = 10")
    assert (load(config, both).steps, load(config, both, "steps_per_epoch=30").steps) == (201, 201)
    assert load(config, both, "steps_per_epoch=15").steps == 150
    (diagnostic,) = refused(text.replace("max_epochs = 10", "max_epochs = -1"), name="config.cfg")
    assert diagnostic.help == "add `--set steps=1000`"
    assert load(config, HEAD, "steps=7").steps == 7


def test_variables_are_other_values(config):
    text = "[vars]\nn = 5\n[a]\nm = ${vars:n}\n" + (HEAD + LINEAR).replace("= 5", "= ${a.m}")
    assert load(config, text)(2) == pytest.approx(0.001)
    assert load(config, text, "steps=9").steps == 9


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (HEAD.replace("Adam.v1", "my.v1"), "undetermined", '"my.v1"'),
        (HEAD.replace("Adam.v1", "SGD.v1"), "missing-fact", '"SGD.v1"'),
        (HEAD + LINEAR.replace("warmup_linear", "warm_linear"), "undetermined", '"warm_linear.v1"'),
        (HEAD + LINEAR.replace("warmup_linear", "plateau"), "undetermined", '"plateau.v1"'),
        (HEAD + LINEAR.replace("total_steps", "totals"), "unknown-field", "totals"),
        (HEAD + LINEAR.replace("= 2", "= 2 # updates"), "bad-type", "2 # updates"),
        (HEAD + LINEAR.replace("= 2", "= ${system.warmup}"), "undetermined", "${system.warmup}"),
        (HEAD + RATE + "rate = 0.1\n", "missing-field", "learn_rate"),
        (HEAD + "learn_rate = [0.1, 0.2]\n", "bad-type", "[0.1, 0.2]"),
        (HEAD + "learn_rate = fast\n", "bad-type", "fast"),
    ],
)
def test_what_is_refused_at_its_place(refused, text, code, word):
    diagnostic = refused(text, name="config.cfg")[0]
    span = diagnostic.span
    assert diagnostic.code == code
    assert text.splitlines()[span.line][span.column : span.end_column].startswith(word[:1])
    assert word.startswith(text.splitlines()[span.line][span.column : span.end_column])
