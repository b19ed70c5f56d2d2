"""What commands print: tables and progress on a screen of 80 columns, or one JSON value for a program.

Results go to stdout, progress to stderr, so that a pipe carries results alone.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from wattcommons.cli.program import program_name

WIDTH = 80


class Step(Protocol):
    """One piece of long work whose progress is shown."""

    def __call__(self, done: int, total: int | None = None, label: str | None = None) -> None:
        """Say how far it has come, and what is being done where that changes."""


class Screen:
    """A terminal of at most 80 columns. Text is text: square brackets and numbers are not interpreted."""

    def __init__(self, *, out: Console | None = None, err: Console | None = None) -> None:
        self.out = out or _console(sys.stdout)
        self.err = err or _console(sys.stderr)

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        """A line, or a paragraph that wraps at words."""
        wrapped = self._wrapped(text, indent)
        self.out.print(Padding(Text(wrapped, style=style), (0, 0, 0, indent), expand=False) if text else "")

    def command(self, text: str) -> None:
        """A command of this program to copy: never broken into two lines."""
        self.out.print(Text(f"  {program_name()} {text}", style="cyan"), soft_wrap=True)

    def heading(self, text: str) -> None:
        """Starts a chapter."""
        self.out.print()
        self.out.print(Rule(Text(text, style="bold"), align="left", style="dim"))

    def mark(self, ok: bool, text: str, detail: str = "", indent: int = 2) -> None:
        """A line that says yes or no, with the reason below it."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column()
        grid.add_row(Text("✓", style="green") if ok else Text("✗", style="red"), Text(self._wrapped(text, indent + 2)))
        if detail:
            grid.add_row(Text(""), Text(self._wrapped(detail, indent + 2), style="dim"))
        self.out.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", indent: int = 2) -> None:
        """A table; a column whose cells are numbers (heading begins with `>`) is set to the right."""
        grid = Table(
            box=box.SIMPLE_HEAD, title=title or None, title_justify="left", show_edge=False, padding=(0, 1, 0, 0)
        )
        for heading in columns:
            right = heading.startswith(">")
            grid.add_column(
                Text(heading.removeprefix(">")), justify="right" if right else "left", overflow="fold", no_wrap=right
            )
        for row in rows:
            grid.add_row(*(Text(cell) for cell in row))
        self.out.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def facts(self, pairs: Sequence[tuple[str, str]], indent: int = 2) -> None:
        """Names with their values, in two columns."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        names = max((len(name) for name, _ in pairs), default=0)
        for name, value in pairs:
            grid.add_row(Text(name), Text(self._wrapped(value, indent + names + 2)))
        self.out.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def amounts(self, pairs: Sequence[tuple[str, str]], indent: int = 2) -> None:
        """Names with their amounts, set to the right."""
        grid = Table.grid(padding=(0, 3))
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right", no_wrap=True)
        for name, value in pairs:
            grid.add_row(Text(name), Text(value))
        self.out.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def refusal(self, attempt: str, why: str, said: str) -> None:
        """An attempt that had no effect, why, and in whose words."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column()
        grid.add_row(Text("✗", style="red"), Text(self._wrapped(attempt, 4)))
        grid.add_row(Text(""), Text(self._wrapped(why, 4), style="green"))
        grid.add_row(Text(""), Text(self._wrapped(said, 4), style="dim"))
        self.out.print(Padding(grid, (0, 0, 0, 2), expand=False))

    def item(self, text: str, indent: int = 2) -> None:
        """One point of a list."""
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column()
        grid.add_row(Text("–"), Text(self._wrapped(text, indent + 2)))
        self.out.print(Padding(grid, (0, 0, 0, indent), expand=False))

    def json(self, value: Any) -> None:
        """One JSON value on stdout and nothing else."""
        self.out.file.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def _wrapped(self, text: str, taken: int) -> str:
        """Broken into lines where a space allows it; rich would break at no-break spaces too."""
        width = max(self.out.width - taken, 20)
        lines = (textwrap.fill(part, width, break_on_hyphens=False) for part in text.split("\n"))
        return "\n".join(lines)

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> Iterator[Step]:
        """A bar on stderr while work goes on; nothing at all where stderr is not a terminal."""
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )
        with bar:
            task = bar.add_task(label, total=total)

            def step(done: int, total: int | None = None, label: str | None = None) -> None:
                bar.update(task, completed=done, total=total, description=label)

            yield step


def _console(stream: Any) -> Console:
    width = Console(file=stream).width
    return Console(
        file=stream, width=min(WIDTH, width) if stream.isatty() else WIDTH, highlight=False, markup=False, emoji=False
    )
