"""What the terminal shows: 80 columns, and numbers that stay with their units."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from wattcommons.cli.console import Screen

pytestmark = pytest.mark.unit


def screen() -> tuple[Screen, io.StringIO]:
    output = io.StringIO()
    console = Console(file=output, width=80, highlight=False, markup=False, emoji=False)
    return Screen(out=console, err=Console(file=io.StringIO())), output


@pytest.mark.parametrize("method", ["line", "item", "mark", "facts"])
def test_screen__amount_at_the_end_of_a_line__not_split(method: str) -> None:
    shown, output = screen()
    text = f"{'x' * 66} 1\u202f234,50\u00a0€ et 12,5\u00a0kWh"
    calls = {
        "line": lambda: shown.line(text),
        "item": lambda: shown.item(text),
        "mark": lambda: shown.mark(True, text),
        "facts": lambda: shown.facts([("payé", text)]),
    }
    calls[method]()
    assert "1\u202f234,50\u00a0€" in output.getvalue()
    assert max(map(len, output.getvalue().splitlines())) <= 80


def test_screen__square_brackets__are_text() -> None:
    shown, output = screen()
    shown.line("participants[1] [red]")
    assert output.getvalue().strip() == "participants[1] [red]"


def test_screen_command__long__one_line() -> None:
    shown, output = screen()
    shown.command("x" * 120)
    assert output.getvalue() == f"  watt {'x' * 120}\n"


def test_screen_json__value__nothing_else_on_stdout() -> None:
    shown, output = screen()
    shown.json({"name": "Thermes d'Amélie"})
    assert json.loads(output.getvalue()) == {"name": "Thermes d'Amélie"}
    assert "Amélie" in output.getvalue()
