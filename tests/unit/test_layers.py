"""The import rule and the size rule of the source tree, read from the syntax trees."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "wattcommons"
MODULES = {
    ".".join(("wattcommons", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# What each layer may import of the package. Every part may import itself.
MAY_IMPORT = {
    "": set(),
    "errors": set(),
    "domain": {"errors"},
    "simulation": {"errors", "domain"},
    "chain": {"errors", "domain"},
    # Whoever checks a proof file needs no node and none of our services: this part stands alone.
    "verifier": {"errors", "domain"},
    "services": {"errors", "domain", "chain", "verifier"},
    "scenarios": {"errors", "domain", "chain", "verifier", "services", "simulation"},
    "cli": {"errors", "domain", "chain", "verifier", "services", "simulation", "scenarios"},
}
# Services that the other services stand on; they import no sibling themselves.
SHARED_SERVICES = {"services.store", "services.runtime", "services.delivery"}

# Third-party packages that have one home, or a few.
HOME = {
    "web3": ("chain",),
    "eth_account": ("chain",),
    "eth_abi": ("chain",),
    "eth_utils": ("chain", "verifier"),
    "coincurve": ("chain", "verifier"),
    "rlp": ("chain", "verifier"),
    "sqlite3": ("services.store",),
    "sqlalchemy": ("services.store",),
    "alembic": ("services.store",),
    "pg8000": ("services.store",),
    "serial": ("services.gateway",),
    "paho": ("services.gateway",),
    "dsmr_parser": ("services.gateway",),
    "openpyxl": ("services.gateway",),
    "reportlab": ("services.api",),
    "defusedxml": ("services.gateway",),
    "httpx": ("services.delivery",),
    "fastapi": ("services.relay", "services.gateway", "services.api"),
    "uvicorn": ("services.relay", "services.gateway", "services.api", "services.runtime"),
    "starlette": ("services.relay", "services.gateway", "services.api"),
    "sse_starlette": ("services.api",),
    "prometheus_client": ("services",),
    "segno": ("cli", "services.api"),
    "typer": ("cli",),
    "rich": ("cli",),
    "pydantic_settings": ("cli",),
}
NOWHERE = {"ape", "solcx", "pytest", "hypothesis"}

MAX_LINES = {".py": 400, ".sol": 500}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module name imported anywhere in the file, local and type-only imports included."""
    names: set[str] = set()
    for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(statement, ast.Import):
            names |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{path.name}:{statement.lineno}: relative import"
            base = statement.module or ""
            names |= {
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base for alias in statement.names
            }
    return frozenset(names)


def part_of(module: str) -> str:
    """`wattcommons.services.keeper.cycle` -> `services.keeper`; `wattcommons.domain.units` -> `domain`."""
    words = module.split(".")[1:]
    if words == ["__main__"]:
        return "cli"
    return ".".join(words[: 2 if words[:1] == ["services"] else 1])


def allowed(importer: str, imported: str) -> bool:
    here, there = part_of(importer), part_of(imported)
    if here == there or there == "":
        return True
    if there.startswith("services."):
        return here in {"scenarios", "cli"} or (
            here.startswith("services.") and there in SHARED_SERVICES and here not in SHARED_SERVICES
        )
    return there.partition(".")[0] in MAY_IMPORT[here.partition(".")[0]]


@pytest.mark.parametrize("module", MODULES)
def test_layer__imports_of_the_package__only_from_below(module: str) -> None:
    wrong = {
        name for name in imports(MODULES[module]) if name.split(".")[0] == "wattcommons" and not allowed(module, name)
    }
    assert not wrong, f"{module} imports {sorted(wrong)}"


@pytest.mark.parametrize("module", MODULES)
def test_layer__third_party_imports__only_at_home(module: str) -> None:
    part = part_of(module)
    roots = {name.split(".")[0] for name in imports(MODULES[module])}
    strangers = {
        name for name in roots & HOME.keys() if not any(f"{part}.".startswith(f"{home}.") for home in HOME[name])
    }
    assert not strangers, (
        f"{module} imports {sorted(strangers)}, which belong to {[HOME[s] for s in sorted(strangers)]}"
    )
    assert not roots & NOWHERE, f"{module} imports {sorted(roots & NOWHERE)}, which the installed package does not have"


def test_layer__import_graph__has_no_cycle() -> None:
    graph = {module: sorted(imports(path) & (MODULES.keys() - {module})) for module, path in MODULES.items()}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for following in graph[module]:
                visit(following, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("module", MODULES)
def test_layer__environment__read_by_the_settings_only(module: str) -> None:
    readers = [
        node.lineno
        for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert module == "wattcommons.cli.settings" or not readers, f"{module} reads the environment in lines {readers}"


@pytest.mark.parametrize("folder", ["src", "tests", "scripts", "contracts"])
def test_file__length__one_thing_a_file(folder: str) -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in MAX_LINES
        and ".cache" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES[path.suffix]
    }
    assert not long, f"too long: {long}"
