"""What is on disk and what is registered agree: a forgotten decorator or file fails here."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest
from support import ROOT

from lrplot.analysis.checks.rule import RULES, SECTIONS
from lrplot.frameworks import NAMES, framework, frameworks
from lrplot.kinds import KINDS
from lrplot.registry import Registry, module_names, section

PACKAGE = ROOT / "lrplot"
KIND_FILES = sorted((PACKAGE / "kinds").glob("*.py"))
FRAMEWORK_FILES = sorted((PACKAGE / "frameworks").rglob("*.py"))
RULE_FILES = sorted((PACKAGE / "analysis/checks/rules").glob("*.py"))


def module_of(path: Path) -> str:
    """The name of the module in a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def documented(path: Path, *titles: str) -> set[tuple[str, str]]:
    """Module and name of each function in a file whose docstring has all of some labelled paragraphs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {(module_of(path), each.name) for each in functions if has_sections(ast.get_docstring(each) or "", titles)}


def has_sections(doc: str, titles: tuple[str, ...]) -> bool:
    def function() -> None: ...

    function.__doc__ = doc
    return all(section(function, title) for title in titles)


def origin(function) -> tuple[str, str]:
    """Module and name of a registered function."""
    return function.__module__, function.__name__


SCHEDULERS = {origin(kind.builder) for each in frameworks() for kind in each.schedulers.values()}
FINDERS = {origin(rule.finder) for rule in RULES.values()}


@pytest.mark.parametrize("path", KIND_FILES, ids=lambda path: path.stem)
def test_every_documented_kind_is_registered(path):
    assert documented(path, "Formula", "Source") <= {origin(kind.builder) for kind in KINDS.values()}


@pytest.mark.parametrize("path", FRAMEWORK_FILES, ids=module_of)
def test_every_documented_scheduler_is_registered(path):
    assert documented(path, "Formula", "Source") <= SCHEDULERS


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_every_documented_rule_is_registered(path):
    assert documented(path, *SECTIONS) <= FINDERS


@pytest.mark.parametrize("path", [path for path in KIND_FILES if path.stem != "__init__"], ids=lambda path: path.stem)
def test_every_file_of_kinds_registers_one(path):
    assert module_of(path) in {kind.builder.__module__ for kind in KINDS.values()}


@pytest.mark.parametrize("path", [path for path in RULE_FILES if path.stem != "__init__"], ids=lambda path: path.stem)
def test_every_file_of_rules_registers_one(path):
    assert module_of(path) in {module for module, _ in FINDERS}


def test_every_framework_on_disk_is_known():
    folder = PACKAGE / "frameworks"
    found = {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert found - {"__init__", "__pycache__", "shared"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_framework_has_schedulers(name):
    assert framework(name).name == name
    assert len(framework(name).schedulers) > 0
    assert import_module(f"lrplot.frameworks.{name}").FRAMEWORK is framework(name)


DEFINITIONS = {
    kind.name: kind for kinds in (KINDS, *(each.schedulers for each in frameworks())) for kind in kinds.values()
}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_definition_is_documented(name):
    definition = DEFINITIONS[name]
    assert definition.summary.endswith(".")
    assert definition.section("Formula")
    assert definition.section("Source")


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_documented(code):
    assert all(RULES[code].section(title) for title in SECTIONS)


def test_a_registry_refuses_a_name_that_is_taken():
    registry: Registry[int] = Registry()
    registry.add("a", 1)
    with pytest.raises(ValueError, match="'a' is already registered"):
        registry.add("a", 2)
    assert dict(registry) == {"a": 1}


def test_a_registry_imports_every_module_of_its_package(tmp_path, monkeypatch):
    package = tmp_path / "plants"
    package.mkdir()
    (package / "__init__.py").write_text("from lrplot.registry import Registry\nPLANTS = Registry('plants')\n")
    for name in ("oak", "elm"):
        (package / f"{name}.py").write_text(f"from plants import PLANTS\nPLANTS.add({name!r}, 1)\n")
    (package / "notes.txt").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    assert module_names("plants") == ["elm", "oak"]
    assert list(import_module("plants").PLANTS) == ["elm", "oak"]
