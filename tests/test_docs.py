"""What is written by hand in the README, the manual and the project's own files is true."""

import doctest
import re

import pytest
import typer.main
import yaml
from maker.project import INDEX, ROOT, pages

import lrplot
from lrplot import wording
from lrplot.analysis.checks.rule import RULES
from lrplot.cli.main import COMMANDS, application
from lrplot.diagnostics import SEVERITIES
from lrplot.frameworks import NAMES
from lrplot.kinds import KINDS
from lrplot.output.writers import PICTURES, TABLES

PAGES = {page: (ROOT / page).read_text(encoding="utf-8") for page in pages()}
MANUAL = {page: text for page, text in PAGES.items() if page != INDEX}
README = PAGES["README.md"]
RECIPES = re.findall(r"^\| ([^|]+) \| `([{\[].*)` \|$", PAGES["gallery/recipes.md"], re.MULTILINE)


def blocks(language: str) -> list[str]:
    """The code blocks of a language in the pages that are written by hand."""
    return [text for page in MANUAL.values() for text in re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)]


@pytest.mark.parametrize("text", blocks("yaml"))
def test_specs_load(text, spec):
    assert lrplot.load(spec(text)).steps > 0


def test_python_sessions_print_what_they_show(monkeypatch):
    monkeypatch.chdir(ROOT)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "manual", None, None)
    assert doctest.DocTestRunner().run(test).failed == 0


@pytest.mark.parametrize(("wish", "schedule"), RECIPES)
def test_recipes_load(wish, schedule, spec):
    text = f"epochs: 164\nsteps_per_epoch: 100\nlr: 0.1\nschedule: {schedule}\n"
    assert lrplot.load(spec(text)).steps == 16_400


def test_number_of_recipes():
    assert len(RECIPES) == 20


def test_triangles_are_not_upside_down(load):
    (schedule,) = (text for wish, text in RECIPES if wish.startswith("triangles"))
    curve = load(yaml.safe_load(schedule), 16_400, 0.1).lr
    assert (curve[0], curve.max()) == (0.01, 0.1)


def test_drops_stay_where_they_are_beside_a_warmup(load):
    (schedule,) = (text for wish, text in RECIPES if "still dropping" in wish)
    curve = load(yaml.safe_load(schedule), None, 0.1, epochs=164, steps_per_epoch=100)
    assert (curve(2_999), curve(3_000)) == pytest.approx((0.1, 0.01), rel=1e-12)


def test_the_readme_shows_the_spec_that_it_draws():
    text = (ROOT / "gallery" / "specs" / "finetune.yaml").read_text(encoding="utf-8")
    assert text.partition("\n")[2] in blocks("yaml")


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 175


def test_commands_are_listed():
    rows = re.findall(r"^\| `lrplot ([a-z-]+) ", PAGES["gallery/commands.md"], re.MULTILINE)
    assert sorted(rows) == sorted(COMMANDS)


def test_options_exist():
    group = typer.main.get_command(application())
    options = {name for command in (group, *group.commands.values()) for each in command.params for name in each.opts}
    pages = "\n".join(MANUAL.values())
    code = re.findall(r"`((?:lrplot |-)[^`\n]+)`|^(?:\$ )?(lrplot .+)$", pages, re.MULTILINE)
    named = {name for words in code for name in re.findall(r"(?<!\S)(--[a-z-]+|-[a-zA-Z]\b)", "".join(words))}
    assert {"--set", "-o", "--explain"} <= named
    assert named - options - {"-h", "--help"} == set()


def test_formats_are_listed():
    text = PAGES["gallery/outputs.md"]
    rows = re.findall(r"^\| `\.(\w+)` \|", text, re.MULTILINE)
    assert sorted(rows) == sorted(TABLES)
    assert all(f"`.{name}`" in text for name in PICTURES)


def test_counts_in_the_readme():
    (count,) = re.findall(r"For (\d+) frameworks", README)
    assert int(count) == len(NAMES)


def test_pages_name_every_kind_and_finding():
    assert all(f"| `{name}` |" in PAGES["gallery/kinds.md"] for name in KINDS)
    assert all(f"| [`{code}`](#{code}) |" in PAGES["gallery/checks.md"] for code in RULES)
    assert re.findall(r"^\| `(\w+)` \| ", PAGES["gallery/checks.md"], re.MULTILINE)[: len(SEVERITIES)] == [*SEVERITIES]


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text)
    for target, anchor in (next(filter(None, link)).partition("#")[::2] for link in links):
        path = (ROOT / page).parent / target if target else ROOT / page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.read_text(encoding="utf-8")), anchor


@pytest.mark.parametrize("page", PAGES)
def test_pages_name_no_machine_and_no_index_of_packages(page):
    assert not re.search(r"(?<![\w.~)])/(tmp|home|root|work|usr|Users)/", PAGES[page])
    assert not re.search(r"https?://(?!pre-commit\.com)", PAGES[page])


def test_ci_runs_the_readme_test_command():
    (command,) = re.findall(r"^python3 -m venv .*pytest -n auto$", README, re.MULTILINE)
    assert command in (ROOT / ".ci" / "run").read_text()


def test_ci_and_hooks_run_the_same_checks():
    ci = (ROOT / ".ci" / "run").read_text()
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    for hook in hooks:
        assert hook["entry"].split()[0] in ci


@pytest.mark.parametrize("code", RULES)
def test_findings_link_to_their_explanation(code):
    page, _, anchor = RULES[code].url.removeprefix(f"{wording.MANUAL}/").partition("#")
    assert f"\n### {anchor}\n" in PAGES[f"gallery/{page}"]
