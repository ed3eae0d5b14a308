"""Command lines as trees: the flags of a script's command, with variables put in, each value at its place."""

import pytest

from lrplot.diagnostics import Source, Span, SpecError
from lrplot.text.flags import read_shell, read_words
from lrplot.text.tree import Listing, Scalar


def flags(script):
    tree = read_shell(Source("train.sh", script))
    return {entry.key.text: plain(entry.value) for entry in tree}


def plain(node):
    return [item.text for item in node.items] if isinstance(node, Listing) else node.text


def place(script, key):
    span = read_shell(Source("train.sh", script)).get(key).span
    return span.line, span.column, span.end_column


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--lr 1e-4", {"lr": "1e-4"}),
        ("--lr=1e-4", {"lr": "1e-4"}),
        ("-lr 1e-4", {"lr": "1e-4"}),
        ("--max-steps=5 --lr-decay-style WSD", {"max_steps": "5", "lr_decay_style": "WSD"}),
        ("--bf16 --lr -1", {"bf16": "true", "lr": "-1"}),
        ("--lr 1 --lr 2", {"lr": "2"}),
        ("--betas 0.9 0.95 --x", {"betas": ["0.9", "0.95"], "x": "true"}),
        ("--lr '1e-4' --name \"a b\"", {"lr": "1e-4", "name": "a b"}),
        ("--lr 1\\\n  --x 2", {"lr": "1", "x": "2"}),
        ("--lr 1 \\\r\n  --x 2", {"lr": "1", "x": "2"}),
        ("--lr 1 # --lr 2", {"lr": "1"}),
        ("--lr 1 > log.txt", {"lr": "1"}),
        ("--bf16 2>&1 | tee --append log", {"bf16": "true"}),
        ('--json \'{"a": "b"}\'', {"json": '{"a": "b"}'}),
        ("--a#b 1#2", {}),
        ('--lr 1 "$@"', {"lr": "1"}),
        ("--lr 1 $EXTRA ${EXTRA[@]} --x $@", {"lr": "1", "x": "$@"}),
    ],
)
def test_flags_of_a_command(words, expected):
    assert flags(f"python train.py {words}\n") == expected


def test_the_last_of_a_repeated_flag_counts_for_every_reader():
    tree = read_shell(Source("train.sh", "python train.py --lr 1 --lr 2 --lr 3"))
    assert [plain(entry.value) for entry in (*tree.entries, *tree.repeated)] == ["3"]


def test_a_program_s_name_ends_the_flags_of_its_launcher():
    assert flags("torchrun --nproc_per_node 8 train.py --lr 1") == {"nproc_per_node": "8", "lr": "1"}
    assert flags("deepspeed --config a.py --lr 1") == {"config": "a.py", "lr": "1"}


def test_dots_in_a_key_are_levels():
    tree = read_shell(Source("train.sh", "x --adam.lr 1 --train.batch_size 2 --adam.betas.first 3 --adam.lr 4"))
    assert [entry.key.text for entry in tree] == ["train", "adam"]
    assert (tree.get("adam").get("lr").text, tree.get("adam").get("betas").get("first").text) == ("4", "3")
    with pytest.raises(SpecError):
        read_shell(Source("train.sh", f"x --{'a.' * 200}b 1"))


def test_variables_are_put_in():
    script = """
    LR=2e-5  # the peak
    export EPOCHS="3"
    NAME=run-$LR
    python train.py --lr $LR --epochs "${EPOCHS}" --name ${NAME}-a --seed ${SEED:-42} --other $OTHER --first $1
    """
    assert flags(script) == {
        "EPOCHS": "3",
        "lr": "2e-5",
        "epochs": "3",
        "name": "run-2e-5-a",
        "seed": "42",
        "other": "$OTHER",
        "first": "$1",
    }


def test_lists_and_blocks_of_words_are_put_in():
    script = """
    ARGS=(
      --lr 1e-4   # a comment
      # --lr 2e-4
      --warmup 0.1
    )
    ARGS+=(--more)
    OPTIONS="
      --bf16 \\
      --steps 100
    "
    python train.py "${ARGS[@]}" $OPTIONS
    """
    assert flags(script) == {"lr": "1e-4", "warmup": "0.1", "more": "true", "bf16": "true", "steps": "100"}


def test_a_variable_in_quotes_is_one_word():
    assert flags('A="b c"\nx --name "$A" --names $A') == {"name": "b c", "names": ["b", "c"]}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$((32 / N))", "4"),
        ("$((32 / ${N} * $N))", "32"),
        ("$(expr 32 / $N)", "4"),
        ("$((2*(N+1)))", "18"),
        ("$((1 / 0))", "$((1 / 0))"),
        ("$((N - 3 % 2 + 20 // 3))", "13"),
        ("$((2 ** 3))", "$((2 ** 3))"),
        ("$((-N))", "$((-N))"),
        ("$((N * 1000000000000000))", "$((N * 1000000000000000))"),
    ],
)
def test_whole_numbers_are_computed(expression, value):
    assert flags(f"N=8\nx --a {expression}")["a"] == value


def test_a_command_s_own_variables_and_exported_ones_are_entries():
    assert flags("export A=1\nB=2\nC=3 x --lr 1") == {"A": "1", "C": "3", "lr": "1"}


def test_the_command_with_the_most_flags_is_read():
    assert flags("pip install --upgrade x\npython t.py --a 1 --b 2\nls --all") == {"a": "1", "b": "2"}


def test_a_comment_between_flags_ends_the_command_as_in_a_shell():
    assert flags("x --a 1 \\\n # --b 2 \\\n --c 3") == {"a": "1"}


def test_values_have_their_places():
    script = "LR=2e-5\nx --a 1 \\\n  --lr $LR --name=abc\n"
    assert place(script, "a") == (1, 6, 7)
    assert place(script, "lr") == (0, 3, 7)
    assert place(script, "name") == (2, 18, 21)


def test_a_default_has_its_own_place():
    script = 'A=3\nx --a ${B:-3} --b "${B:-4}"\n'
    assert place(script, "a") == (1, 11, 12)
    assert place(script, "b") == (1, 23, 24)


def test_words_without_lines_have_paths():
    tree = read_words([Scalar("--lr", Span(Source("a"))), Scalar("1", Span(Source("a")))], Span(Source("a"), "args"))
    assert tree.get("lr").span.path == "args[1]"


@pytest.mark.parametrize(
    "script",
    [
        "A=1\n" + 'A="$A $A"\n' * 40 + "x --lr $A",
        "A=1 " * 60_000,
        "A=(" + "a " * 19_000 + ")\n" + 'x "$A"\n' * 10_000,
        "A=(" + "a " * 19_000 + ")\n" + "x $A\n" * 10_000,
        "$(" * 60_000,
        "x --lr " + "--a " * 30_000,
        "x" * 100_000,
    ],
)
def test_hostile_scripts_are_refused(script):
    with pytest.raises(SpecError) as caught:
        read_shell(Source("train.sh", script))
    assert caught.value.diagnostics[0].code == "too-large"


def test_a_list_that_is_assigned_within_a_line_is_passed_over():
    assert flags("if x; then A+=(--b 1); fi\npython y.py --a 2 $A\n") == {"a": "2"}


BROKEN = ["", "\n", "#", "'", '"', "(", "A=(", "A=(\n#", "\\", "$", "${", "x --a ${A", "`", "A= "]


@pytest.mark.parametrize("script", BROKEN)
def test_broken_scripts_are_read_as_far_as_they_go(script):
    assert set(flags(script)) <= {"a"}


def tree(node):
    if isinstance(node, Listing):
        return [tree(each) for each in node.items]
    return node.text if isinstance(node, Scalar) else {each.key.text: tree(each.value) for each in node}


def words(script):
    return tree(read_shell(Source("train.sh", script)))


def test_overrides_of_hydra_are_entries():
    script = "LR=5e-4\nx task.data=$D +a.b.c=1 a.lrs='[1, 2]' a.lr=[$LR] --config-dir conf a.name=x y=2 z\n"
    assert words(script) == {
        "task": {"data": "$D"},
        "a": {"b": {"c": "1"}, "lrs": ["1", "2"], "lr": ["5e-4"], "name": "x"},
        "config_dir": "conf",
        "y": "2",
    }


def test_a_choice_beside_its_overrides_is_at_the_empty_key():
    assert words("x a=b a.c=1\n") == {"a": {"c": "1", "": "b"}}
    assert words("x a.c=1 a=b a=d\n") == {"a": {"c": "1", "": "d"}}


def test_words_without_a_dotted_one_are_values_of_flags():
    assert words("x --env A=1 B=2\n") == {"env": ["A=1", "B=2"]}


def test_a_list_keeps_the_place_of_its_word():
    assert read_shell(Source("train.sh", "x a.b=[1,2]\n")).get("a").get("b").span.column == 6
