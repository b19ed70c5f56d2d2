"""The command line: every mistake is one line on stderr and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from wattcommons.chain.roles import Role
from wattcommons.cli.failures import OneLineGroup
from wattcommons.cli.interruption import INTERRUPTED
from wattcommons.cli.main import build
from wattcommons.domain.formatting import Language
from wattcommons.errors import AuditError, InputError, NodeUnavailable, RuleError
from wattcommons.scenarios.community_file import read_community

pytestmark = pytest.mark.unit


def watt(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


def assert_one_line(result: Result, code: int, said: str) -> None:
    assert result.exit_code == code
    assert result.stderr.startswith("watt: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such"], "no such command 'no-such'"),
        (["demo", "--homes", "3"], "invalid value for '--homes'"),
        (["demo", "--lang", "de"], "invalid value for '--lang'"),
        (["devnet", "--port", "many"], "invalid value for '--port'"),
        (["devnet", "--at", "1969-12-31"], "--at: '1969-12-31' is no day or moment"),
        (["devnet", "--at", "2026-03-29T01:00:00"], "--at: '2026-03-29T01:00:00' is no day or moment"),
        (["devnet", "--state", "no/such/folder/state.json"], "--state: there is no folder"),
        (["deploy"], "missing argument 'COMMUNITY'"),
        (["deploy", "no-such.toml"], "no-such.toml: there is no such file"),
        (["audit", "book", "--deployment", "no-such.json"], "no deployment file at no-such.json"),
        (["audit", "certificate", "0"], "invalid value for 'ID'"),
        (["version", "--no-such"], "no such option: --no-such"),
    ],
)
def test_watt__mistake__one_line_and_2(words: list[str], said: str) -> None:
    assert_one_line(watt(*words), 2, said)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("a gap", "fill it", file="r.csv", line=7), 2, "r.csv:7: a gap (fill it)"),
        (RuleError("too\nlarge"), 2, "too large"),
        (NodeUnavailable("no node"), 1, "no node"),
        (AuditError("fill 3", 1, 2), 1, "fill 3: expected 1, found 2"),
        (PermissionError(13, "Permission denied", "out.json"), 2, "out.json: permission denied"),
        (KeyboardInterrupt(), INTERRUPTED, "interrupted: what was done is whole"),
    ],
)
def test_group__command_raises__one_line_and_the_class_s_code(error: BaseException, code: int, said: str) -> None:
    failing = typer.Typer(cls=OneLineGroup)

    @failing.callback()
    def group() -> None: ...

    @failing.command()
    def fail() -> None:
        raise error

    assert_one_line(CliRunner().invoke(failing, ["fail"]), code, said)


def test_group__defect__keeps_its_traceback() -> None:
    failing = typer.Typer(cls=OneLineGroup)

    @failing.callback()
    def group() -> None: ...

    @failing.command()
    def fail() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(failing, ["fail"]).exception, ZeroDivisionError)


def test_watt__no_words__shows_the_commands() -> None:
    result = watt()
    assert result.exit_code == 0
    for command in ("demo", "replay", "community", "devnet", "deploy", "check", "audit", "version"):
        assert command in result.output


@pytest.mark.parametrize("language", Language)
def test_community_new__template__reads_as_it_is(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "community.toml"
    assert watt("community", "new", str(path), "--lang", language.value).exit_code == 0
    found = read_community(path)
    assert found.language is language
    assert len(found.spec.participants) == 2


@pytest.mark.parametrize("language", Language)
def test_community_new__hidden_settings__are_known_keys(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "community.toml"
    watt("community", "new", str(path), "--lang", language.value)
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        shown = line.removeprefix("# ")
        hidden = line.startswith("# ") and (shown.startswith("[[tariff") or " = " in shown.partition("#")[0])
        if "buy_share" in line or "sell_share" in line:
            continue  # the alternative to the two prices
        lines.append(shown.replace("0x…", f"0x{number + 1:040x}") if hidden else line)
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read_community(path)
    assert set(found.roles) == set(Role)
    assert len(found.bands) == 1
    assert found.wallets


def test_community_new__file_exists__left_alone(tmp_path: Path) -> None:
    path = tmp_path / "community.toml"
    path.write_text("mine", encoding="utf-8")
    assert_one_line(watt("community", "new", str(path)), 2, "is there already")
    assert path.read_text(encoding="utf-8") == "mine"


def test_community_check__json__one_value(tmp_path: Path) -> None:
    path = tmp_path / "community.toml"
    watt("community", "new", str(path), "--lang", "fr")
    result = watt("community", "check", str(path), "--json")
    assert json.loads(result.stdout)["participants"] == ["moulin", "appartement-1"]


def test_deploy__no_node_named__says_what_to_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATT_RPC_URL", raising=False)
    path = tmp_path / "community.toml"
    watt("community", "new", str(path))
    out = tmp_path / "deployment.json"
    assert_one_line(watt("deploy", str(path), "--out", str(out)), 2, "--rpc: no node is named")
    assert not out.exists()


def test_deploy__out_exists__refused_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "community.toml"
    watt("community", "new", str(path))
    assert_one_line(watt("deploy", str(path), "--out", str(path)), 2, "is there already")


def test_settings__wrong_language__names_the_variable_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WATT_LANG", "secret-looking")
    result = watt("community", "new", str(tmp_path / "c.toml"))
    assert_one_line(result, 2, "WATT_LANG")
    assert "secret-looking" not in result.output
