"""`lrplot check`."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

import pytest
import yaml
from support import ROOT, Run

from lrplot.analysis.checks.rule import RULES
from lrplot.api import check
from lrplot.diagnostics import Diagnostic
from lrplot.output.checked import Checked, Report
from lrplot.output.findings.github import write_github
from lrplot.output.objects import findings_data
from lrplot.wording import MANUAL

CLEAN = "steps: 1000\nlr: 1e-3\nschedule: cosine\n"
CUT = "steps: 1000\nlr: 1e-3\nschedule: {kind: linear, for: 1250}\n"
ZERO = "steps: 1000\nlr: 1e-3\nschedule: {kind: linear, warmup: 100, for: 1250}\n"
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_presets_have_nothing_but_notes(path, run: Run):
    checked = run("check", path, "--format", "json")
    assert (checked.code, checked.err) == (0, "")
    assert {each["severity"] for each in json.loads(checked.out)["findings"]} <= {"note"}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_presets_accept_no_notes(path):
    accepted = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("accept", {})
    assert [code for code in accepted if RULES[code].severity == "note"] == []


def test_text_of_a_finding(run: Run, spec):
    path = spec(CUT)
    checked = run("check", path)
    assert checked.code == 1
    assert checked.err == ""
    assert checked.out == (
        "warning[cut-short]: `linear` is cut by the run's end after 1,000 of 1,250 updates: "
        "the learning rate ends at 2e-4, not at 0\n"
        f" --> {path}:3:31\n"
        "  |\n"
        "3 | schedule: {kind: linear, for: 1250}\n"
        "  |                               ^^^^\n"
        "help: give `for: 1_000`\n"
        "\n"
        "1 warning in 1 of 1 spec\n"
    )


def test_findings_are_counted_over_specs(run: Run, spec):
    paths = [spec(text, f"{i}.yaml") for i, text in enumerate((CLEAN, CUT, ZERO))]
    checked = run("check", *paths)
    assert checked.out.endswith("\n2 warnings, 1 note in 2 of 3 specs\n")
    assert run("check", paths[0], paths[0]).out == "no findings in 2 specs\n"


def test_findings_come_in_the_order_of_the_text(run: Run, spec):
    found = json.loads(run("check", spec(ZERO), "--format", "json").out)["findings"]
    assert [each["code"] for each in found] == ["zero-first-update", "cut-short"]


def test_json_of_a_finding_counts_lines_and_columns_from_1(run: Run, spec):
    path = spec(CUT)
    checked = run("check", path, "--format", "json")
    assert checked.code == 1
    data = json.loads(checked.out)
    assert (data["format"], data["specs"]) == ("lrplot/check/1", 1)
    assert data["findings"] == [
        {
            "severity": "warning",
            "code": "cut-short",
            "message": "`linear` is cut by the run's end after 1,000 of 1,250 updates: "
            "the learning rate ends at 2e-4, not at 0",
            "help": "give `for: 1_000`",
            "url": f"{MANUAL}/checks.md#cut-short",
            "fix": {"file": str(path), "line": 3, "column": 31, "endLine": 3, "endColumn": 35, "text": "1000"},
            "file": str(path),
            "line": 3,
            "column": 31,
            "endColumn": 35,
        }
    ]
    assert json.loads(run("check", spec(CLEAN), "--format", "json").out)["findings"] == []


def test_github_commands_are_escaped(run: Run, spec):
    path = spec("steps: 1000\nlr: 1e-3\nschedule: {kind: cosine, warmup: {for: 300, from: 1%}}\n", "a,b.yaml")
    checked = run("check", path, "--format", "github")
    assert checked.code == 1
    assert checked.out == (
        f"::warning file={str(path).replace(',', '%2C')},line=3,col=34,endColumn=35,title=long-warmup"
        "::the warmup takes 300 of the run's 1,000 updates, 30%25 of them%0A5%25 of the run is 50 updates\n"
    )
    assert run("check", spec(CLEAN), "--format", "github").out == ""


@pytest.mark.parametrize("text", ["steps: 10\nlr: 1\nschedule: cosin\n", "]["])
def test_other_specs_are_checked_after_an_unreadable_one(run: Run, spec, text):
    bad, cut = spec(text, "bad.yaml"), spec(CUT, "cut.yaml")
    checked = run("check", bad, cut)
    assert checked.code == 2
    assert "error[" in checked.out
    assert "warning[cut-short]" in checked.out
    assert checked.out.endswith("\n1 warning in 1 of 2 specs; 1 cannot be read\n")
    found = json.loads(run("check", bad, cut, "--format", "json").out)["findings"]
    assert [each["severity"] for each in found] == ["error", "warning"]
    assert run("check", bad, cut, "--format", "github").out.startswith(f"::error file={bad},line=")


def test_a_missing_file_exits_2(run: Run, tmp_path):
    checked = run("check", tmp_path / "none.yaml")
    assert checked.code == 2
    assert checked.out.endswith("no findings in 1 spec; 1 cannot be read\n")


def test_an_exception_of_a_framework_is_a_finding(run: Run, spec):
    path = spec("steps: 1000\nlr: 1\nschedule: {use: torch.OneCycleLR, max_lr: 1, total_steps: 900}\n")
    checked = run("check", path)
    assert checked.code == 1
    assert checked.out.startswith("error[would-raise]: the scheduler raises at update 901: ")
    assert run("check", path, "--ignore", "would-raise").code == 0


def test_select_and_ignore(run: Run, spec):
    path = spec(ZERO)

    def codes(*options):
        return [each["code"] for each in json.loads(run("check", path, "--format", "json", *options).out)["findings"]]

    assert codes("--select", "cut-short") == ["cut-short"]
    assert codes("--select", "cut-short,zero-first-update", "--ignore", "cut-short") == ["zero-first-update"]
    assert codes("--ignore", "cut-short, zero-first-update") == []


def test_notes_do_not_change_the_exit_code_unless_asked(run: Run, spec):
    path = spec("steps: 1000\nlr: 1e-3\nschedule: {kind: cosine, warmup: 100}\n")
    checked = run("check", path)
    assert checked.code == 0
    assert checked.out.startswith("note[zero-first-update]: the learning rate is 0 at the first update;")
    assert checked.out.endswith("\n1 note in 1 of 1 spec\n")
    assert run("check", path, "--strict").code == 1
    assert run("check", spec(CLEAN, "clean.yaml"), "--strict").code == 0
    github = run("check", path, "--format", "github")
    assert github.code == 0
    assert github.out.startswith(f"::notice file={path},line=3,")


def test_an_error_exits_1(run: Run, spec):
    path = spec("steps: 1000\nlr: 0\nschedule: cosine\n")
    checked = run("check", path)
    assert checked.code == 1
    assert checked.out.startswith("error[zero-throughout]: the learning rate is 0 throughout: nothing is trained\n")
    assert run("check", path, "--format", "github").out.startswith("::error file=")
    assert run("check", path, "--format", "json").out.count('"severity": "error"') == 1


def test_heads_have_the_color_of_their_severity(run: Run, spec):
    path = spec(ZERO)
    out = run("check", path, "--color", "always").out
    assert "\x1b[33mwarning[cut-short]\x1b[0m" in out
    assert "\x1b[36mnote[zero-first-update]\x1b[0m" in out
    dead = run("check", path, "--color", "always", "--set", "lr=0").out
    assert "\x1b[31merror[zero-throughout]\x1b[0m" in dead


def test_accept_silences_a_finding(run: Run, spec):
    assert run("check", spec(CUT + "accept: {cut-short: the run is resumed later}\n")).code == 0
    other = run("check", spec(CLEAN + "accept: {cut-short: the run is resumed later}\n"))
    assert other.code == 0
    assert "note[accepted-for-nothing]: `accept` lists `cut-short`, which is not found" in other.out
    wrong = run("check", spec(CUT + "accept: {cut-shrot: the run is resumed later}\n"))
    assert "warning[unknown-code]: there is no finding `cut-shrot` to accept" in wrong.out
    assert "help: did you mean `cut-short`?" in wrong.out
    assert "warning[cut-short]" in wrong.out


@pytest.mark.parametrize("accept", ["[cut-short]", "cut-short", "{cut-short: [1]}", "{cut-short: {a: b}}"])
def test_accept_is_a_mapping_of_text_to_text(run: Run, spec, accept):
    checked = run("check", spec(CUT + f"accept: {accept}\n"))
    assert checked.code == 2
    assert "error[bad-type]" in checked.out


@pytest.mark.parametrize("reason", ["", "null", "''", "'  '"])
def test_accept_needs_a_reason(run: Run, spec, reason):
    checked = run("check", spec(CUT + f"accept:\n  cut-short: {reason}\n"))
    assert checked.code == 2
    assert "error[missing-value]: `cut-short` is accepted without a reason" in checked.out
    assert ":5:3\n" in checked.out


def test_set_overrides(run: Run, spec):
    assert run("check", spec(CUT), "--set", "steps=1250").code == 0
    checked = run("check", spec(CLEAN), "--set", "schedule.for=1250")
    assert " --> --set:1:14\n" in checked.out


def test_explain(run: Run):
    explained = run("check", "--explain", "rises-again")
    assert explained.code == 0
    assert explained.out.startswith("rises-again: The learning rate rises again")
    assert all(f"\n{title}: " in explained.out for title in ("Severity", "Why", "Cure", "Source"))
    listed = run("check", "--explain", "all").out.splitlines()
    assert [line.split()[0] for line in listed if not line.startswith(" ")] == sorted(RULES)


@pytest.mark.parametrize("option", ["--select", "--ignore", "--explain"])
def test_an_unknown_code_exits_2(run: Run, option):
    checked = run("check", "cosine", option, "cut-shrot")
    assert checked.code == 2
    assert "did you mean `cut-short`?" in " ".join(checked.err.split())


@pytest.mark.parametrize("options", [[], ["cosine", "--format", "xml"]])
def test_a_wrong_option_exits_2(run: Run, options):
    assert run("check", *options).code == 2


@pytest.mark.parametrize(
    "schedule",
    [
        "{kind: expression, value: 'base * (2 + sin(t))'}",
        "{kind: cosine_restarts, period: 10}",
        "{kind: product, of: [linear, {kind: warmup, for: 10%}]}",
    ],
)
def test_a_run_of_a_trillion_steps_is_checked(run: Run, spec, schedule):
    assert run("check", spec(f"steps: 1T\nlr: 1\nschedule: {schedule}\n")).code in (0, 1)


def test_a_late_value_that_is_not_finite_exits_2(run: Run, spec):
    path = spec("steps: 1T\nlr: 1\nschedule: {kind: expression, value: '1 / (n - 1 - t)'}\n")
    checked = run("check", path)
    assert checked.code == 2
    assert checked.out.startswith("error[not-finite]: `lr` is not finite at step 999,999,999,999: inf\n")


def test_a_spec_without_a_place_in_a_file(spec):
    found = check({"steps": 1000, "lr": 1, "schedule": {"kind": "linear", "for": 1250}})
    data = findings_data([Checked("schedule", found)])
    assert [(each.line, each.column, each.endColumn) for each in data] == [(None, None, None)]
    assert write_github(Report([Checked("schedule", [Diagnostic("unreadable", "no: file")])], False, "1")) == (
        "::error file=schedule,title=unreadable::no: file\n"
    )


FIXED = CUT.replace("1250", "1000")


def test_fix_writes_the_cures_and_reports_what_is_left(run: Run, spec):
    paths = [spec(text, f"{i}.yaml") for i, text in enumerate((CLEAN, CUT, CUT + "weight_decay: -1\n"))]
    fixed = run("check", *paths, "--fix")
    assert fixed.code == 2
    assert fixed.out.startswith("error[bad-value]: `weight_decay` must not be negative")
    assert fixed.out.endswith("\nno findings in 3 specs; 1 cannot be read; 1 fixed\n")
    assert [path.read_text(encoding="utf-8") for path in paths[:2]] == [CLEAN, FIXED]
    assert (run("check", paths[1], "--fix").out, run("check", paths[1]).code) == ("no findings in 1 spec\n", 0)


def test_fix_says_which_cures_it_did_not_write(run: Run, spec):
    path = spec("steps: 9\nlr: 1\nschedule: {kind: cosin, period: 3}\n")
    fixed = run("check", path, "--fix")
    assert fixed.code == 2
    reason = "then something else is wrong: `cosine` has no field `period`"
    assert f"\nnot fixed: unknown-kind at {path}:3:18: {reason}\n" in fixed.out
    data = json.loads(run("check", path, "--fix", "--format", "json").out)
    assert (data["fixed"], [each["reason"] for each in data["refused"]]) == ([], [reason])


def test_fix_keeps_line_ends_byte_order_mark_links_and_permissions(run: Run, tmp_path):
    path, link = tmp_path / "run.yaml", tmp_path / "link.yaml"
    content = b"\xef\xbb\xbf" + CUT.replace("\n", "\r\n").encode() + "# ±\r\n".encode()
    path.write_bytes(content)
    path.chmod(0o640)
    link.symlink_to(path.name)
    assert run("check", link, "--fix").code == 0
    assert path.read_bytes() == content.replace(b"1250", b"1000")
    assert (link.is_symlink(), path.stat().st_mode & 0o777) == (True, 0o640)


def test_fix_reports_a_file_that_cannot_be_written(run: Run, spec, monkeypatch):
    path = spec(CUT)
    monkeypatch.setattr("os.access", lambda path, mode: False)
    fixed = run("check", path, "--fix")
    assert fixed.code == 2
    assert fixed.out.startswith(f"error[unwritable]: cannot write `{path}`: Permission denied\n")
    assert path.read_text(encoding="utf-8") == CUT


def test_fix_takes_folders(run: Run, spec, tmp_path):
    spec(CUT, "a.yaml")
    spec(CUT, "b.yaml")
    *cures, count = run("check", tmp_path, "--fix").out.splitlines()
    assert [cure.partition(": `linear` is cut")[0] for cure in cures] == [
        f"fixed: cut-short at {tmp_path / name}:3:31" for name in ("a.yaml", "b.yaml")
    ]
    assert count == "no findings in 2 specs; 2 fixed"
    assert (tmp_path / "b.yaml").read_text(encoding="utf-8") == FIXED


def test_a_file_that_is_named_twice_is_written_once(run: Run, spec):
    path = spec(CUT)
    cure, count = run("check", path, path, "--fix").out.splitlines()
    assert cure.startswith(f"fixed: cut-short at {path}:3:31: ")
    assert count == "no findings in 2 specs; 1 fixed"
    assert path.read_text(encoding="utf-8") == FIXED


def test_diff_prints_a_patch_and_changes_nothing(run: Run, spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spec(CUT, "cut.yaml")
    spec(CLEAN, "clean.yaml")
    found = run("check", "cut.yaml", "clean.yaml", "--diff")
    assert found.code == 1
    assert found.out == (
        "--- cut.yaml\n+++ cut.yaml\n@@ -1,3 +1,3 @@\n steps: 1000\n lr: 1e-3\n"
        "-schedule: {kind: linear, for: 1250}\n+schedule: {kind: linear, for: 1000}\n"
    )
    assert found.err == "1 finding would be fixed in 1 of 2 specs\n"
    assert (tmp_path / "cut.yaml").read_text(encoding="utf-8") == CUT
    assert run("check", "cut.yaml", "--diff", "--exit-zero").code == 0
    quiet = run("check", "cut.yaml", "--diff", "-q")
    assert (quiet.out, quiet.err) == (found.out, "")
    clean = run("check", "clean.yaml", "--diff")
    assert (clean.code, clean.out, clean.err) == (0, "", "nothing to fix in 1 spec\n")


def test_a_patch_applies(run: Run, spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = spec(ZERO.replace("\n", "\r\n").rstrip(), "cut.yaml")
    path.write_bytes(ZERO.replace("\n", "\r\n").rstrip().encode())
    patch = run("check", "cut.yaml", "--diff").out
    assert "\n\\ No newline at end of file\n" in patch
    subprocess.run(["git", "apply", "-p0"], input=patch.encode(), cwd=tmp_path, check=True)
    assert path.read_bytes() == (
        b"steps: 1000\r\nlr: 1e-3\r\nschedule: {kind: linear, warmup: {for: 100, skip_zero: true}, for: 1000}"
    )


def test_diff_prints_errors_that_are_left_on_standard_error(run: Run, spec):
    found = run("check", spec("steps: 9\nlr: -1\nschedule: cosine\n"), "--diff")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("error[bad-value]: ")
    assert found.err.endswith("\nnothing to fix in 1 spec\n")
    assert run("check", "--diff", "none.yaml").code == 2


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_what_is_no_file_of_the_user_is_not_changed(run: Run, option, tmp_path):
    assert "a shipped spec is not changed" in run("check", "cosine", option).err
    assert "standard input cannot be changed" in run("check", "-", option).err
    assert run("check", tmp_path, option).code == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--fix", "--diff"],
        ["--diff", "--statistics"],
        ["--diff", "--format", "json"],
        ["--diff", "-o", "x"],
        ["--fix", "--log", "x.csv"],
        ["--statistics", "--format", "sarif"],
        ["--explain", "cut-short", "--format", "sarif"],
        ["--explain", "cut-short", "--fix"],
        ["--explain", "all", "-o", "x"],
    ],
)
def test_options_that_exclude_each_other(run: Run, spec, options):
    assert run("check", spec(CUT), *options).code == 2


@pytest.mark.parametrize("asked", [["--format", "json"], ["--format=json"]])
def test_errors_are_json_where_findings_are(run: Run, asked):
    found = run("check", "cosine", "--select", "cut-shrot", *asked)
    assert (found.code, found.err) == (2, "")
    data = json.loads(found.out)
    assert data["format"] == "lrplot/check/1"
    assert [(each["code"], each["file"]) for each in data["diagnostics"]] == [("bad-option", "command line")]


def test_statistics_count_by_rule(run: Run, spec):
    paths = [spec(text, f"{i}.yaml") for i, text in enumerate((CUT, ZERO, CLEAN))]
    found = run("check", *paths, "--statistics")
    assert found.code == 1
    assert found.out == (
        "2  warning  cut-short          2 can be fixed\n1  note     zero-first-update  1 can be fixed\n\n"
        "2 warnings, 1 note in 2 of 3 specs\n"
    )
    data = json.loads(run("check", *paths, "--statistics", "--format", "json").out)
    assert data["statistics"] == [
        {"severity": "warning", "code": "cut-short", "count": 2, "fixable": 2},
        {"severity": "note", "code": "zero-first-update", "count": 1, "fixable": 1},
    ]
    assert run("check", paths[2], "--statistics").out == "no findings in 1 spec\n"


def test_what_cannot_be_written_is_not_counted_as_fixable(run: Run):
    found = run("check", "cosine", "--set", "schedule.for=99k", "--statistics").out
    assert "cut-short" in found
    assert "can be fixed" not in found


def test_exit_zero(run: Run, spec):
    assert run("check", spec(CUT), "--exit-zero").code == 0
    assert run("check", "none.yaml", "--exit-zero").code == 2


@pytest.mark.parametrize("format", ["text", "json", "junit"])
def test_the_report_is_written_into_a_file(run: Run, spec, tmp_path, format):
    path, output = spec(CUT), tmp_path / "report"
    written = run("check", path, "--format", format, "--output", output, "--color", "always")
    assert (written.code, written.out, written.err) == (1, "", "")
    assert output.read_text(encoding="utf-8") == run("check", path, "--format", format).out
    assert run("check", path, "-o", tmp_path / "none" / "report").code == 2


def test_the_report_replaces_no_spec(run: Run, spec, tmp_path):
    path = spec(CUT)
    (tmp_path / "link.yaml").symlink_to(path)
    done = run("check", path, "-o", tmp_path / "link.yaml")
    assert (done.code, path.read_text(encoding="utf-8")) == (2, CUT)
    assert "is one of the specs" in done.err


def test_the_projects_settings_hold_unless_options_say_otherwise(run: Run, spec, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        spec(ZERO, name)
    table = '[tool.lrplot]\ninclude = ["a.yaml"]\nignore = ["zero-first-update"]\n'
    (tmp_path / "pyproject.toml").write_text(table)

    def codes(*arguments):
        return [
            (each["code"], each["file"])
            for each in json.loads(run("check", *arguments, "--format", "json").out)["findings"]
        ]

    assert codes() == codes(".") == [("cut-short", "a.yaml")]
    assert codes("b.yaml") == [("cut-short", "b.yaml")]
    assert codes("--select", "zero-first-update") == [("zero-first-update", "a.yaml")]
    assert codes("--ignore", "cut-short") == [("zero-first-update", "a.yaml")]
    (tmp_path / "sub").mkdir()
    spec(ZERO, "sub/c.yaml")
    assert "no file in it matches `include`" in run("check", "sub").out
    monkeypatch.chdir(tmp_path / "sub")
    assert "matches no file here" in run("check").err
    (tmp_path / "pyproject.toml").write_text(table.replace("ignore", "ignroe"))
    assert "--> ../pyproject.toml:3:1\n" in run("check", "c.yaml").err


def test_rules_as_json(run: Run):
    data = json.loads(run("check", "--explain", "all", "--format", "json").out)
    assert data["format"] == "lrplot/rules/1"
    assert [each["code"] for each in data["rules"]] == sorted(RULES)
    (one,) = json.loads(run("check", "--explain", "cut-short", "--format", "json").out)["rules"]
    assert one in data["rules"]
    assert one["url"] == f"{MANUAL}/checks.md#cut-short"
    assert all(one.values())


def test_a_terminal_has_links_and_is_told_of_the_cures(spec, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    path = spec(CUT)
    shown = in_terminal("check", path)
    assert f"\x1b]8;;{MANUAL}/checks.md#cut-short\x1b\\\x1b[33mwarning[cut-short]\x1b[0m\x1b]8;;\x1b\\: " in shown
    assert shown.endswith("1 can be fixed: --fix writes the cures, --diff prints them\n")
    assert "\x1b]8;;" in in_terminal("show", path)
    assert "\x1b[31m-schedule" in in_terminal("check", path, "--diff")
    for name, value in (("TERM", "linux"), ("TERM", "dumb"), ("NO_COLOR", "1")):
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            assert "\x1b]8;;" not in in_terminal("check", path)


def in_terminal(*arguments: object) -> str:
    """What a command prints in a terminal of its own."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "lrplot", *map(str, arguments)]
    with subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave) as process:
        os.close(slave)
        printed = b""
        with suppress(OSError):  # the end of a terminal
            while part := os.read(master, 1 << 16):
                printed += part
        process.wait()
    os.close(master)
    return printed.decode().replace("\r\n", "\n")


def test_links_are_for_terminals_alone(run: Run, spec):
    assert "\x1b]8;;" not in run("check", spec(CUT), "--color", "always").out


def test_help_of_check_does_not_import_numpy():
    code = "import sys; from lrplot.cli.main import main\ntry: main(['check', '--help'])\nexcept SystemExit: pass\n"
    code += "print([name for name in ('numpy', 'yaml', 'matplotlib') if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.endswith("[]\n")


def test_the_hook_runs_the_command():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["id"] == "lrplot-check"
    assert hook["entry"] == "lrplot check"
    assert re.search(hook["files"], "training/schedules/cosine.yaml")
    assert not re.search(hook["files"], "docker-compose.yaml")


ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


def checked_by_action(folder, **inputs: str) -> subprocess.CompletedProcess[str]:
    """What the step of the action that checks does in a folder, as a runner's bash has it."""
    command = folder / "lrplot"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m lrplot "$@"\n')
    command.chmod(0o755)
    given = {"COMMAND": str(command), "SPECS": "", "OPTIONS": "", "SARIF": "", **inputs, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS["Check"]["run"]],
        cwd=folder,
        env=os.environ | given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_annotates_and_fails(spec, tmp_path):
    spec(CUT, "cut 1.yaml")
    spec(CLEAN, "clean.yaml")
    found = checked_by_action(tmp_path, SPECS="cut*.yaml clean.yaml")
    assert found.returncode == 1
    assert found.stdout.startswith("::warning file=cut 1.yaml,line=3,")
    assert checked_by_action(tmp_path, SPECS="clean.yaml").returncode == 0
    assert checked_by_action(tmp_path, SPECS=".", OPTIONS="--ignore cut-short").returncode == 0


def test_the_action_writes_sarif_also_of_specs_that_cannot_be_read(spec, tmp_path):
    spec("steps: 9\n", "bad.yaml")
    found = checked_by_action(tmp_path, SPECS="bad.yaml", SARIF="lrplot.sarif")
    assert found.returncode == 2
    assert json.loads((tmp_path / "lrplot.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_the_action_runs_nothing_that_is_in_an_input(spec, tmp_path):
    checked_by_action(tmp_path, SPECS="$(touch run) `touch run` ; touch run", OPTIONS="; touch run")
    assert not (tmp_path / "run").exists()
    for step in STEPS.values():
        assert "${{" not in step["run"]


def test_the_action_has_the_inputs_that_its_steps_take():
    named = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", str(ACTION["runs"])))
    assert named == set(ACTION["inputs"])
    assert all(each["description"] for each in ACTION["inputs"].values())
