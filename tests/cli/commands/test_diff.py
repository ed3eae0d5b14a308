"""`lrplot diff`: which updates of which specs a change in git moves."""

import json
import re

import pytest
from support import ROOT, Scratch

import lrplot
from lrplot.cli.console import WIDEST
from lrplot.wording import cells

LINEAR = "steps: 10\nlr: 1\nschedule: linear\n"  # 1 − t/10
HALF = "steps: 10\nlr: 1\nschedule: {kind: linear, to: 0.5}\n"  # 1 − t/20
BROKEN = "steps: 10\nlr: 1\nschedule: linaer\n"
MANUAL = {
    "configs/gpt.yaml": "steps: 10_000\nlr: 3e-4\nweight_decay: 0.1\nschedule: {kind: cosine, warmup: 500}\n",
    "configs/small.yaml": "steps: 1_000\nlr: 1e-3\nschedule: cosine\n",
    "finetune/args.yaml": (
        "output_dir: out\nlearning_rate: 1e-4\nmax_steps: 1000\nper_device_train_batch_size: 8\ndeepspeed: ds.json\n"
    ),
    "finetune/ds.json": (
        '{"scheduler": {"type": "WarmupDecayLR", "params": {"total_num_steps": 1000,\n'
        '  "warmup_num_steps": 100, "warmup_min_lr": 0, "warmup_max_lr": 1e-4, "warmup_type": "linear"}}}\n'
    ),
}


def moved(scratch: Scratch) -> None:
    """A commit of a linear decay, which the working tree then ends at a half."""
    scratch.commit({"a.yaml": LINEAR})
    scratch.write({"a.yaml": HALF})


def under_review(scratch: Scratch) -> None:
    """The change that the manual shows."""
    scratch.commit(MANUAL)
    scratch.write(
        {
            "configs/gpt.yaml": MANUAL["configs/gpt.yaml"].replace("500", "1_000").replace("0.1", "0.05"),
            "configs/small.yaml": "# for a laptop\n" + MANUAL["configs/small.yaml"],
            "finetune/ds.json": MANUAL["finetune/ds.json"].replace('steps": 1000', 'steps": 800'),
        }
    )


def test_the_page_says_what_moves(run, scratch):
    moved(scratch)
    result = run("diff", "main", "--width", 80)
    assert (result.code, result.err) == (0, "")
    head, counts, _, path, before, after, where, *figures = result.out.splitlines()
    assert (head, counts, path) == ("main → the working tree", " 1 spec changed: it moves", "a.yaml  changed")
    assert before == " before █▇▇▆▅▅▄▃▂▂"
    assert after == " after  ██▇▇▇▆▆▆▅▅"
    assert where == " lr: updates 1 … 9; largest difference 0.45 at 9 (45% of the peak)"
    assert "".join(figures).startswith(
        " last 0.1 → 0.55 · above half the peak 60.0% → 100.0% mean / peak 0.550 → 0.775"
    )


def test_without_a_revision_it_is_head(run, scratch):
    moved(scratch)
    assert run("diff").out == run("diff", "HEAD").out
    assert run("diff", "a.yaml").out == run("diff", "HEAD", "a.yaml").out


def test_without_a_change_the_page_says_so(run, scratch):
    scratch.commit({"a.yaml": LINEAR})
    scratch.write({"untracked.yaml": LINEAR})
    nothing = " no spec or config changed"
    assert run("diff").out == (f"HEAD → the working tree\n{nothing} (files that git does not track are left out)\n")
    assert run("diff", "HEAD..main").out == f"HEAD → main\n{nothing}\n"
    assert run("diff", "HEAD..main", "--markdown").out == f"**{nothing.strip()}** (`HEAD` → `main`)\n"


def test_a_revision_comes_before_a_file_of_its_name(run, scratch):
    scratch.commit({"a.yaml": LINEAR, "main/b.yaml": LINEAR})
    scratch.write({"a.yaml": HALF})
    assert "a.yaml" in run("diff", "main").out
    assert "no spec or config changed" in run("diff", "main", "main").out
    assert "no spec or config changed" in run("diff", "./main").out


def test_between_two_revisions(run, scratch):
    moved(scratch)
    scratch.git("tag", "v1")
    scratch.commit({})
    scratch.write({"a.yaml": BROKEN})
    assert run("diff", "v1..main").out.startswith("v1 → main\n 1 spec changed: it moves\n")
    assert "last 0.55 → 0.1" in run("diff", "main..v1").out
    assert run("diff", "v1...").out.startswith("the merge base of v1 and HEAD → HEAD\n 1 spec changed: it moves\n")


def test_comments_and_other_keys_move_nothing(run, scratch):
    scratch.commit({"a.yaml": LINEAR, "b.yaml": LINEAR})
    scratch.write({"a.yaml": "# new\n" + LINEAR, "b.yaml": LINEAR + "name: b\n"})
    assert run("diff", "--tolerance", 0).code == 0
    assert run("diff").out == (
        "HEAD → the working tree\n 2 specs changed: 2 stay the same\n\n"
        "a.yaml  changed\n no update moves: only comments and layout changed\n\n"
        "b.yaml  changed\n no update moves\n"
    )


def test_added_removed_and_renamed_specs(run, scratch):
    scratch.commit({"a.yaml": LINEAR, "old.yaml": LINEAR + "name: the one that is renamed\n"})
    scratch.write({"a.yaml": None, "new.yaml": "steps: 4\nlr: 1\nschedule: {kind: step, every: 2, gamma: 0.5}\n"})
    scratch.write({"old.yaml": None, "b.yaml": LINEAR + "name: the one that was renamed\n"}).git("add", "--all")
    assert run("diff", "--tolerance", 0).code == 0
    assert run("diff").out == (
        "HEAD → the working tree\n 3 specs changed: 1 stays the same, 1 added, 1 removed\n\n"
        "a.yaml  removed\n 10 updates, peak 1 at 0, last 0.1\n\n"
        "b.yaml  renamed from old.yaml\n no update moves\n\n"
        "new.yaml  added\n 4 updates, peak 1 at 0, last 0.5\n"
    )


def test_parameters_groups_and_length(run, scratch):
    text = "steps: 10\nlr: 1\nmomentum: {}\nweight_decay: {}\nschedule: constant\n"
    groups = "groups:\n  a: {{lr: {0}}}\n  b: {{lr: {0}}}\n"
    scratch.commit({"a.yaml": text.format(0.9, 0.1) + groups.format(0.5), "b.yaml": text.format(0.9, 0)})
    scratch.write({"a.yaml": text.format(0.8, 0.1) + groups.format(0.25), "b.yaml": text.format(0.9, 0)[11:]})
    scratch.write({"b.yaml": "steps: 12\nlr: 1\nbeta1: 0.9\nschedule: constant\n"})
    first, second = run("diff").out.split("\n\n")[1:]
    assert first.splitlines() == [
        "a.yaml  changed",
        " momentum: 0.9 → 0.8",
        " lr/a and 1 more track: updates 0 … 9; largest difference 0.25 at 0 (50% of the",
        " peak) in lr/a",
    ]
    lines = second.splitlines()
    assert lines[1:5] == [
        " before " + "█" * 10,
        " after  " + "█" * 12,
        " only before: momentum, weight_decay",
        " only after: beta1",
    ]
    assert lines[5].startswith(" updates 10 → 12")


def test_many_ranges_and_tracks_are_summed_up(run, scratch):
    level = "steps: 20\nlr: 1\nschedule: {{kind: points, interpolation: step, at: {{0: 1{}}}}}\n"
    scratch.commit({"a.yaml": level.format("")})
    scratch.write({"a.yaml": level.format(", 2: 2, 3: 1, 6: 2, 7: 1, 10: 2, 11: 1, 15: 2, 16: 1")})
    assert " lr: updates 2 … 15 in parts; largest difference 1 at 2 (100% of the peak)" in run("diff").out
    scratch.write({"a.yaml": level.format(", 2: 2, 3: 1, 10: 2, 12: 1")})
    assert " lr: updates 2 and 10 … 11; largest difference 1 at 2 (100% of the peak)" in run("diff").out
    before, after = (
        "steps: 20\nlr: 1\nschedule: constant\ngroups:\n"
        + "".join(f"  g{group}: {{start: {group + late}}}\n" for group in range(8))
        for late in (0, 1)
    )
    scratch.commit({"a.yaml": before})
    scratch.write({"a.yaml": after})
    lines = run("diff").out.splitlines()
    assert lines[4:] == [
        *(f" lr/g{group}: update {group}; largest difference 1 at {group} (100% of the peak)" for group in range(5)),
        " 3 more tracks move",
    ]


def test_a_spec_that_cannot_be_used_does_not_stop_the_others(run, scratch):
    scratch.commit({"a.yaml": BROKEN, "b.yaml": LINEAR, "c.yaml": LINEAR, "d.yaml": BROKEN})
    scratch.write({"a.yaml": LINEAR, "b.yaml": BROKEN, "c.yaml": HALF, "d.yaml": BROKEN + "# x\n", "e.yaml": BROKEN})
    scratch.git("add", "--all")
    result = run("diff", "--width", 120)
    assert result.code == 0
    error = "error[unknown-kind]: there is no kind `linaer`"
    assert result.out.splitlines()[1] == " 5 specs changed: 1 moves, 1 added, 4 cannot be used"
    assert f"a.yaml  changed\n 10 updates, peak 1 at 0, last 0.1\n cannot be used before: {error}\n" in result.out
    assert f"b.yaml  changed\n cannot be used after: {error}\n" in result.out
    assert f"d.yaml  changed\n cannot be used before and after: {error}\n" in result.out
    assert f"e.yaml  added\n cannot be used: {error}\n" in result.out
    assert result.out.endswith("\n\n help: did you mean `linear`?\n")


def test_errors_name_no_folder_of_this_machine(run, scratch):
    runner = "runner = dict(type='IterBasedRunner', max_iters=4)\noptimizer = dict(type='SGD', lr=1)\n"
    config = "_base_ = 'base.py'\nlr_config = dict(policy='fixed', by_epoch=False)\n"
    scratch.commit({"configs/base.py": runner, "configs/a.py": config})
    scratch.write({"configs/base.py": None})
    out = run("diff", "--markdown").out
    assert "reads `configs/base.py`, which changed" in out
    assert "`cannot read 'configs/base.py': there is no such file`" in out
    assert str(scratch.folder) not in out + run("diff", "--json").out


def test_settings_reach_both_states(run, scratch):
    text = "output_dir: o\nlearning_rate: 1.0\nnum_train_epochs: {}\nlr_scheduler_type: linear\n"
    scratch.commit({"args.yaml": text.format(2)})
    scratch.write({"args.yaml": text.format(3)})
    assert "no update moves" in run("diff").out  # as shares of a run of unknown length
    assert "updates 20 → 30" in run("diff", "--set", "steps_per_epoch=10").out


def test_runs_of_unknown_length_are_told_as_shares(run, scratch):
    text = "output_dir: o\nlearning_rate: 1.0\nnum_train_epochs: 2\nlr_scheduler_type: linear\nwarmup_ratio: {}\n"
    scratch.commit({"args.yaml": text.format(0.1)})
    scratch.write({"args.yaml": text.format(0.2), "new.yaml": text.format(0.2)}).git("add", "--all")
    out = run("diff").out
    assert "of the run; largest difference 0.5 at 10% (50% of the peak)\n" in out
    assert "peak at 10% → 20%\n" in out
    assert "new.yaml  added\n length unknown, peak 1\n" in out
    change = json.loads(run("diff", "--json").out)["changes"][0]
    ((track,),) = (each["tracks"] for each in change["comparison"]["differences"])
    assert (track["largest_step"], change["before"]["steps"]) == (pytest.approx(0.1), None)
    assert [each["peak_step"] for each in change["comparison"]["runs"]] == pytest.approx([0.1, 0.2])


def test_findings_come_and_go(run, scratch):
    text = "steps: 10\nlr: 1\nschedule: {{kind: linear, for: {}}}\n"
    scratch.commit({"a.yaml": text.format(20), "b.yaml": text.format(10)})
    scratch.write({"a.yaml": text.format(10), "b.yaml": text.format(20)})
    first, second = run("diff", "--width", WIDEST).out.split("\n\n")[1:]
    assert first.splitlines()[-1].startswith(" gone: warning[cut-short]: ")
    assert second.splitlines()[-1].startswith(" new warning[cut-short]: ")


def test_configs_that_read_a_changed_file(run, scratch):
    under_review(scratch)
    assert "finetune/args.yaml  reads finetune/ds.json, which changed\n" in run("diff").out
    ds = MANUAL["finetune/ds.json"]
    scratch.write({"finetune/ds.json": ds.replace("{", '{"steps_per_print": 5, ', 1)})
    assert "; 1 more spec reads a changed file, and no update of it moves\n" in run("diff", "--width", 120).out


def test_several_files_that_a_config_reads(run, scratch):
    names = [f"base{index}.py" for index in range(5)]
    bases = {name: f"x{index} = 1\n" for index, name in enumerate(names)}
    runner = "runner = dict(type='IterBasedRunner', max_iters=4)\noptimizer = dict(type='SGD', lr={})\n"
    config = f"_base_ = {names}\nlr_config = dict(policy='fixed', by_epoch=False)\n"
    scratch.commit({**bases, "base0.py": runner.format(1), "a.py": config})
    scratch.write({name: text + "# x\n" for name, text in bases.items()}).write({"base0.py": runner.format(2)})
    out = run("diff", "--width", 120).out
    assert "a.py  reads base0.py, base1.py, base2.py and 2 more files, which changed\n" in out


def test_a_tolerance_decides_the_exit_code(run, scratch):
    moved(scratch)
    assert run("diff", "--tolerance", 0.46).code == 0
    result = run("diff", "--tolerance", 0.4)
    assert result.code == 1
    assert result.out.endswith(
        "\n a.yaml: after differs from before in lr by 0.45 at 9, 0.45 of the peak: more\n than the tolerance of 0.4\n"
    )
    scratch.write({"a.yaml": BROKEN})
    assert run("diff", "--tolerance", 9).code == 1
    assert run("diff", "--tolerance", 9).out.endswith("\n\n a.yaml cannot be used after\n")
    assert json.loads(run("diff", "--tolerance", 9, "--json").out)["excess"] == ["a.yaml cannot be used after"]
    assert "| a.yaml" not in run("diff", "--tolerance", 9, "--markdown").out


def test_json_has_the_comparison_and_both_states(run, scratch):
    moved(scratch)
    commit = scratch.git("rev-parse", "HEAD")
    data = json.loads(run("diff", "main", "--json").out)
    assert data["format"] == "lrplot/diff/1"
    assert data["before"] == {"name": "main", "commit": commit}
    assert data["after"] == {"name": "the working tree", "commit": None}
    (change,) = data["changes"]
    assert (change["path"], change["old_path"], change["status"], change["through"]) == (
        "a.yaml",
        "a.yaml",
        "changed",
        [],
    )
    assert (change["moves"], change["comments_only"]) == (True, False)
    (difference,) = change["comparison"]["differences"][0]["tracks"]
    assert (difference["ranges"], difference["largest"]) == ([[1, 9]], pytest.approx(0.45))
    assert (change["before"]["steps"], change["after"]["lr"]["last"]) == (10, pytest.approx(0.55))
    scratch.write({"a.yaml": BROKEN})
    (change,) = json.loads(run("diff", "--json").out)["changes"]
    assert (change["moves"], change["comparison"]) == (None, None)
    assert (change["after"]["lr"], change["after"]["error"]["code"]) == (None, "unknown-kind")


def test_markdown_is_a_table(run, scratch):
    moved(scratch)
    scratch.write({"b.yaml": BROKEN}).git("add", "--all")
    head, _, *table, last, _, remark = run("diff", "--markdown").out.splitlines()
    assert head == "**2 specs changed: 1 moves, 1 added, 1 cannot be used** (`HEAD` → `the working tree`)"
    assert table[:2] == ["| spec | change | what moves | figures |", "| :-- | :-- | :-- | :-- |"]
    assert table[2].startswith(
        "| `a.yaml` | changed | `lr`: updates 1 … 9; largest difference 0.45 at 9 (45% of the peak) | "
        "last 0.1 → 0.55<br>above half the peak 60.0% → 100.0%<br>mean / peak 0.550 → 0.775<br>"
    )
    assert last == "| `b.yaml` | added | cannot be used |  |"
    assert remark == "- `b.yaml`: cannot be used: error `unknown-kind`: `there is no kind 'linaer'`"


def test_names_cannot_break_the_table(run, scratch):
    name = "a|b`c\n@d <img>.yaml"
    scratch.commit({name: LINEAR})
    scratch.write({name: LINEAR + "groups: {'x|`@y': {lr: 2}}\n"})
    (row,) = [line for line in run("diff", "--markdown").out.splitlines() if line.startswith("| `a")]
    assert row == "| `a\\|b'c\N{REPLACEMENT CHARACTER}@d <img>.yaml` | changed | only after: `lr/x\\|'@y` |  |"


def test_a_picture_shows_the_specs_that_move(run, scratch):
    moved(scratch)
    result = run("diff", "-o", "one.svg")
    assert result == result.__class__(0, "", "")
    one = (scratch.folder / "one.svg").read_text()
    assert all(f">{text}<" in one for text in ("a.yaml", "before", "after", "difference"))
    scratch.commit({"a.yaml": LINEAR, **{f"{index}.yaml": LINEAR for index in range(13)}})
    scratch.write({"a.yaml": LINEAR + "# x\n", **{f"{index}.yaml": HALF for index in range(13)}})
    assert run("diff", "-o", "many.svg", "--json").code == 0
    many = (scratch.folder / "many.svg").read_text()
    assert many.count(">before<") == 12
    assert ">and 1 more spec that moves<" in many
    assert ">difference<" not in many


def test_without_movement_there_is_no_picture(run, scratch):
    scratch.commit({"a.yaml": LINEAR})
    assert run("diff", "-o", "x.png").out == "no spec moves: there is nothing to draw\n"
    assert not (scratch.folder / "x.png").exists()
    result = run("diff", "-o", "x.gif")
    assert (result.code, result.err[:50]) == (2, "error[bad-option]: `x.gif` does not end in .pdf, ."[:50])


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_page(run, scratch, width):
    under_review(scratch)
    scratch.write({"configs/gpt.yaml": BROKEN, f"configs/{'long_name_' * 8}.yaml": HALF}).git("add", "--all")
    for more in ((), ("--ascii",), ("--tolerance", 0)):
        lines = run("diff", "main", "--width", width, *more).out.splitlines()
        assert max(map(cells, lines)) <= width


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("mian",), "error[bad-revision]: there is no revision `mian`\nhelp: did you mean `main`?\n"),
        (
            ("main", "nix"),
            "error[bad-option]: `nix` is no file or folder that git knows in either state\n"
            "help: `git add -N` makes a new file known\n",
        ),
    ],
)
def test_what_cannot_be_compared_is_an_error(run, scratch, words, error):
    scratch.commit({"a.yaml": LINEAR})
    assert run("diff", *words) == run("diff").__class__(2, "", error)


def test_json_and_markdown_exclude_each_other(run, scratch):
    assert run("diff", "--json", "--markdown").code == 2


def test_the_function_returns_what_the_command_prints(scratch):
    under_review(scratch)
    (scratch.folder / "sub").mkdir()
    found = lrplot.diff("main", ["../configs"], folder="sub")
    assert [(change.path, change.moves, change.comments_only) for change in found.changes] == [
        ("configs/gpt.yaml", True, False),
        ("configs/small.yaml", False, True),
    ]
    with pytest.raises(lrplot.SpecError, match="there is no revision `v9`"):
        lrplot.diff("v9")


@pytest.mark.parametrize("command", ["lrplot diff main", "lrplot diff main --markdown"])
def test_the_manual_shows_what_is_printed(run, scratch, command):
    under_review(scratch)
    page = (ROOT / "gallery" / "checks.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"^```text\n\$ {command}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert shown == run(*command.split()[1:]).out


def test_specs_that_move_alike_are_told_together(run, scratch):
    names = [f"{index}.yaml" for index in range(6)]
    scratch.commit({**dict.fromkeys(names, LINEAR), "x.yaml": LINEAR, "y.yaml": LINEAR})
    scratch.write({**dict.fromkeys(names, HALF), "x.yaml": BROKEN, "y.yaml": BROKEN})
    lines = run("diff").out.splitlines()
    assert lines[1:7] == [
        " 8 specs changed: 6 move, 2 cannot be used",
        "",
        *("0.yaml", "1.yaml", "2.yaml"),
        "and 3 more specs  changed",
    ]
    assert lines.count(" lr: updates 1 … 9; largest difference 0.45 at 9 (45% of the peak)") == 1
    assert lines[lines.index("x.yaml") + 1] == "y.yaml  changed"
    *_, first, second, _, last = run("diff", "--markdown").out.splitlines()
    assert first.startswith("| `0.yaml`<br>`1.yaml`<br>`2.yaml`<br>and 3 more specs | changed | ")
    assert second.startswith("| `x.yaml`<br>`y.yaml` | changed | ")
    assert last.startswith("- `x.yaml`, `y.yaml`: cannot be used after: error `unknown-kind`: ")
    assert len(json.loads(run("diff", "--json").out)["changes"]) == 8


def test_specs_that_differ_in_a_number_are_told_apart(run, scratch):
    scratch.commit({"a.yaml": LINEAR, "b.yaml": LINEAR.replace("lr: 1", "lr: 2")})
    scratch.write({"a.yaml": HALF, "b.yaml": HALF.replace("lr: 1", "lr: 2")})
    assert run("diff").out.count("largest difference") == 2
