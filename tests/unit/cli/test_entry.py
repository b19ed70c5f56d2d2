"""Where the program starts: interrupted before anything is loaded."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

import pytest

from wattcommons.cli.entry import main
from wattcommons.cli.interruption import INTERRUPTED, INTERRUPTED_TEXT

pytestmark = pytest.mark.unit


def test_main__ctrl_c_while_the_commands_load__one_line_and_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Regression: for the first second or two it was a traceback."""
    load = builtins.__import__

    def interrupted(name: str, *rest: Any, **named: Mapping[str, Any]) -> Any:
        if name == "wattcommons.cli.main":
            raise KeyboardInterrupt
        return load(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == INTERRUPTED
    assert capsys.readouterr().err == f"watt: {INTERRUPTED_TEXT}\n"
