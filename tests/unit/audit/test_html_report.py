"""The HTML report: one file that asks for nothing, and shows what the audit found."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import pytest

from tests.unit.audit.paper import Paper, changed
from wattcommons.services.audit.charts import Series, bars, lines
from wattcommons.services.audit.html_report import html_report
from wattcommons.services.audit.report import Day

pytestmark = pytest.mark.unit

VOID = {"meta", "br", "rect", "path", "circle"}


class Shape(HTMLParser):
    """Tags of a page; every one that is opened has to be closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag


def test_html__broken_book__says_so_and_names_the_entry(paper: Paper) -> None:
    price = next(event for event in paper.events if event.name == "IntervalCleared").args["price"]
    events, event = changed(paper.events, "EnergyMarket.IntervalCleared", price=price + 1)
    page = html_report(paper.audit(events))
    assert "The book does NOT hold" in page
    assert event.tx_hash in page
    assert "Findings per day" in page


def test_html__text_from_outside__shown_and_not_run(paper: Paper) -> None:
    page = html_report(paper.audit(), "<script>alert(1)</script>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_html__asks_for_nothing(paper: Paper) -> None:
    page = html_report(paper.audit())
    shape = Shape(page)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(shape.tags)
    assert not {"src", "href", "onclick", "onload", "action"} & shape.attributes
    assert not re.search(r"https?:|url\(|@import", page)
    assert "prefers-color-scheme:dark" in page
    assert "@media print" in page


def test_html__honest__plots_and_tables(paper: Paper) -> None:
    report = paper.audit()
    page = html_report(report, "Riverside")
    shape = Shape(page)
    assert shape.tags.count("svg") == 3
    assert "Audit of the book of Riverside" in page
    for text in ("Produced and consumed per day", "Local price per day", "Matched share of consumption"):
        assert text in page
    for line in report.lines:
        assert f"{line.wh:,}" in page
    assert all(check.name in page for check in report.checks)
    assert all(escape(text) in page for text in report.not_proved)


def test_html__long_book__days_together(paper: Paper) -> None:
    days = tuple(Day(86_400 * day, 1, 1_000, 2_000, 500, 250, 48, 48, 4_800_000, 1) for day in range(20_000, 20_365))
    page = html_report(replace(paper.audit(), days=days))
    assert "per 6 days" in page
    assert page.count("<rect") == 2 * -(-365 // 6)


def test_chart__nothing_but_zero__still_a_chart() -> None:
    Shape(bars("t", "kWh", ["a"], [Series("s", "a", [0])]))
    drawn = lines("t", "%", ["a", "b", "c"], [Series("s", "a", [None, 1.5, None])])
    assert drawn.count("<circle") == 1


def test_chart__price_below_zero__drawn_below_the_line() -> None:
    drawn = lines("t", "c€/kWh", ["a", "b"], [Series("s", "a", [4.0, -3.0])])
    above, below = (float(found) for found in re.findall(r'cy="([0-9.]+)"', drawn))
    zero = float(re.findall(r'<text x="50" y="([0-9.]+)" text-anchor="end">0<', drawn)[0])
    assert above < zero < below
