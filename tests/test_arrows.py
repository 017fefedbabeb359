"""The arrows of the design: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "pipelines": {"assets", "surrogate", "sims", "erp", "nl2sql", "llm", "scheduling"},
    "assets": {"surrogate", "sims", "erp", "nl2sql", "llm", "scheduling"},
    "surrogate": {"sims"},
    "sims": set(),
    "erp": {"llm", "scheduling"},
    "nl2sql": {"llm", "scheduling"},
    "llm": {"scheduling"},
    "scheduling": set(),
}
"""Package -> the packages below it. Whatever is not listed runs back up."""

MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, at any depth of its code."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_down(path):
    package = path.relative_to(ROOT).parts[0]
    roots = {name.partition(".")[0] for name in imported(path)}
    assert roots & MAY_IMPORT.keys() <= MAY_IMPORT[package] | {package}
    if "dagster" in roots:
        assert package in {"pipelines", "assets"}
    if "mpi4py" in roots:
        assert path == ROOT / "sims" / "parallel.py"
    if "torch" in roots:
        assert package == "surrogate"


def test_every_package_of_the_design_is_looked_at():
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == MAY_IMPORT.keys()
