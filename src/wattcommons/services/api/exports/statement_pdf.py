"""A monthly statement on one sheet of A4, or more where a month has many tariffs. French or English, built-in fonts."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from wattcommons.domain.formatting import Language, eur_text, kwh_text, price_text
from wattcommons.domain.statements import mean_price
from wattcommons.services.api.exports.statement import Statement
from wattcommons.services.api.exports.statement_words import WORDS, Words

_WIDTH, _HEIGHT = A4
_LEFT: Final = 56.0
_RIGHT: Final = _WIDTH - 56.0
_BOTTOM: Final = 84.0
_INK, _QUIET, _LINE = HexColor("#1d2b27"), HexColor("#5c6b66"), HexColor("#d9e0dd")
_LOCAL, _GRID, _PALE = HexColor("#2f8f6b"), HexColor("#b9c6c1"), HexColor("#eef5f1")
_MOST_NAME: Final = 60


def statement_pdf(statement: Statement, language: Language) -> bytes:
    """The whole file. The same statement gives the same bytes."""
    buffer = io.BytesIO()
    sheet = _Sheet(buffer, statement, language)
    sheet.head()
    sheet.energy()
    sheet.money()
    sheet.tariffs()
    sheet.notes()
    sheet.finish()
    return buffer.getvalue()


class _Sheet:
    """A pen on the paper: `at` is the height it stands at, from the bottom, in points."""

    def __init__(self, buffer: io.BytesIO, statement: Statement, language: Language) -> None:
        self._one, self._language = statement, language
        self._words: Words = WORDS[language]
        self._paper = Canvas(buffer, pagesize=A4, invariant=1, lang=language.value)
        self._paper.setTitle(f"{self._words.title} {statement.month}")
        self._paper.setAuthor(_shown(statement.head.community))
        self._at = _HEIGHT - 64
        self._page = 1

    # ------------------------------------------------------------------ parts

    def head(self) -> None:
        words, head = self._words, self._one.head
        self._text(_LEFT, head.community, 10, _QUIET)
        self._badge(words.provisional)
        self._down(28)
        year, month = self._one.month.split("-")
        self._text(_LEFT, f"{words.title} · {words.months[int(month) - 1]} {year}", 20, bold=True)
        self._down(18)
        number = words.running if head.number is None else words.number.format(number=head.number)
        period = words.period.format(first=self._day(last=False), last=self._day(last=True))
        self._text(_LEFT, f"{number} · {period}", 10, _QUIET)
        self._down(26)
        facts = [(words.member, head.name), (words.point, self._point()), (words.meter, head.prm)]
        for name, value in facts:
            if value:
                self._text(_LEFT, name, 9, _QUIET)
                self._text(_LEFT + 104, value[:_MOST_NAME], 10)
                self._down(15)
        self._down(10)

    def energy(self) -> None:
        words, sums = self._words, self._one.sums.total
        self._heading(words.energy)
        sides = (
            (
                words.consumption,
                sums.withdrawn_wh,
                (words.autocons, sums.bought_wh),
                (words.complement, sums.grid_import_wh),
            ),
            (words.production, sums.injected_wh, (words.autoprod, sums.sold_wh), (words.surplus, sums.grid_export_wh)),
        )
        for title, total, local, grid in sides:
            self._row(title, self._kwh(total), bold=True)
            self._bar(local[1], total)
            self._row(local[0], self._kwh(local[1]), mark=_LOCAL)
            self._row(grid[0], self._kwh(grid[1]), mark=_GRID)
            self._down(6)
        own = words.own_use_gross if self._one.head.basis == "gross" else words.own_use_net
        self._row(own, self._kwh(sums.own_use_wh))
        self._down(12)

    def money(self) -> None:
        words, sums, head = self._words, self._one.sums.total, self._one.head
        self._heading(words.money)
        fee = None if head.collects_fee else words.billed_by_supplier
        grid = None if head.collects_grid else words.valued
        self._row(words.bought, self._eur(-sums.bought_neur), note=self._mean(sums.bought_neur, sums.bought_wh))
        self._row(words.sold, self._eur(sums.sold_neur), note=self._mean(sums.sold_neur, sums.sold_wh))
        self._row(words.fee, self._eur(-sums.fee_neur), note=fee if sums.fee_neur else None)
        self._row(words.grid_import, self._eur(-sums.grid_import_neur), note=grid)
        self._row(words.grid_export, self._eur(sums.grid_export_neur), note=grid if sums.grid_export_wh else None)
        self._rule()
        self._row(words.total, self._eur(sums.value_neur), bold=True)
        self._row(words.supplier_only, self._eur(sums.grid_only_neur))
        self._down(6)
        self._need(34)
        self._paper.setFillColor(_PALE)
        self._paper.roundRect(_LEFT, self._at - 20, _RIGHT - _LEFT, 32, 5, stroke=0, fill=1)
        self._down(7)
        self._text(_LEFT + 12, words.saving, 11, _LOCAL, bold=True)
        self._text_right(_RIGHT - 12, self._eur(sums.saved_neur), 13, _LOCAL, bold=True)
        self._down(34)

    def tariffs(self) -> None:
        parts = self._one.sums.parts
        if len(parts) < 2:
            return
        self._heading(self._words.tariffs)
        edges = [_LEFT + 44, *(_LEFT + 44 + step for step in (44, 84, 158, 244, 314, 384, 439))]
        self._cells(edges, self._words.tariff_head, _QUIET)
        for tariff, sums in parts:
            prices = (self._price(price) for price in (tariff.retail, tariff.feed_in, tariff.network_fee))
            energies = (sums.bought_wh, sums.grid_import_wh, sums.sold_wh, sums.grid_export_wh)
            shown = (self._kwh(energy) for energy in energies)
            self._cells(edges, (*prices, *shown, self._eur(sums.saved_neur)), _INK)
        self._text(_LEFT, "c€/kWh · kWh · €", 7, _QUIET)
        self._down(20)

    def notes(self) -> None:
        words, month, head = self._words, self._one.sums, self._one.head
        counts = (
            (words.unread, month.unread),
            (words.waiting, month.waiting),
            (words.estimated, month.estimated),
            (words.corrected, month.corrected),
            (words.late, month.late),
        )
        money = self._eur(self._one.corrections_neur)
        lines = [text.format(count=count, of=month.expected, money=money) for text, count in counts if count]
        if month.complete and month.expected:
            lines.append(words.complete)
        lines += [words.sources.get(head.source, ""), words.signs, words.definitive]
        for line in lines:
            for part in self._wrapped(line, 8.5):
                self._need(12)
                self._text(_LEFT, part, 8.5, _QUIET)
                self._down(12)

    def finish(self) -> None:
        self._foot()
        self._paper.showPage()
        self._paper.save()

    # ------------------------------------------------------------------ strokes

    def _side(self, names: tuple[str, str, str], local_wh: int, grid_wh: int) -> None:
        """What came, or what went: both together, the local share drawn, then each."""
        both, local, grid = names
        self._row(both, self._kwh(local_wh + grid_wh), bold=True)
        self._bar(local_wh, local_wh + grid_wh)
        self._row(local, self._kwh(local_wh), mark=_LOCAL)
        self._row(grid, self._kwh(grid_wh), mark=_GRID)
        self._down(6)

    def _heading(self, text: str) -> None:
        self._need(90)
        self._text(_LEFT, text, 12, bold=True)
        self._down(7)
        self._rule()

    def _row(
        self, name: str, value: str, *, note: str | None = None, bold: bool = False, mark: Color | None = None
    ) -> None:
        self._need(16)
        left = _LEFT
        if mark is not None:
            self._paper.setFillColor(mark)
            self._paper.roundRect(_LEFT + 2, self._at - 1, 8, 8, 2, stroke=0, fill=1)
            left += 18
        self._text(left, name, 10, bold=bold)
        if note:
            self._text(_LEFT + 236, note, 8.5, _QUIET)
        self._text_right(_RIGHT, value, 10, bold=bold)
        self._down(16)

    def _bar(self, local_wh: int, total_wh: int) -> None:
        """The local share of a side, drawn."""
        width = _RIGHT - _LEFT
        self._paper.setFillColor(_GRID if total_wh else _LINE)
        self._paper.rect(_LEFT, self._at + 1, width, 5, stroke=0, fill=1)
        if total_wh:
            self._paper.setFillColor(_LOCAL)
            self._paper.rect(_LEFT, self._at + 1, width * local_wh / total_wh, 5, stroke=0, fill=1)
        self._down(14)

    def _cells(self, edges: list[float], cells: tuple[str, ...], ink: Color) -> None:
        self._need(14)
        for edge, cell in zip(edges, cells, strict=True):
            self._text_right(edge, cell, 7.5, ink)
        self._down(13)

    def _badge(self, text: str) -> None:
        width = self._paper.stringWidth(text, "Helvetica-Bold", 10) + 20
        self._paper.setStrokeColor(_LOCAL)
        self._paper.roundRect(_RIGHT - width, self._at - 6, width, 20, 10, stroke=1, fill=0)
        self._text_right(_RIGHT - 10, text, 10, _LOCAL, bold=True)

    def _rule(self) -> None:
        self._paper.setStrokeColor(_LINE)
        self._paper.setLineWidth(0.7)
        self._paper.line(_LEFT, self._at, _RIGHT, self._at)
        self._down(15)

    def _foot(self) -> None:
        self._at = 48
        head = self._one.head
        if head.controller:
            self._text(_LEFT, self._words.controller.format(controller=head.controller)[:100], 8, _QUIET)
        self._text_right(_RIGHT, self._words.page.format(number=self._page), 8, _QUIET)
        self._at = 36
        moment = f"{datetime.fromtimestamp(head.issued, UTC).astimezone(ZoneInfo(self._one.zone)):%Y-%m-%d %H:%M}"
        self._text(_LEFT, self._words.issued.format(moment=moment), 8, _QUIET)

    def _need(self, height: float) -> None:
        if self._at - height < _BOTTOM:
            self._foot()
            self._paper.showPage()
            self._page += 1
            self._at = _HEIGHT - 64

    def _down(self, height: float) -> None:
        self._at -= height

    def _text(self, left: float, text: str, size: float, ink: Color = _INK, *, bold: bool = False) -> None:
        self._pen(size, ink, bold=bold)
        self._paper.drawString(left, self._at, _shown(text))

    def _text_right(self, right: float, text: str, size: float, ink: Color = _INK, *, bold: bool = False) -> None:
        self._pen(size, ink, bold=bold)
        self._paper.drawRightString(right, self._at, _shown(text))

    def _pen(self, size: float, ink: Color, *, bold: bool) -> None:
        self._paper.setFillColor(ink)
        self._paper.setFont("Helvetica-Bold" if bold else "Helvetica", size)

    def _wrapped(self, text: str, size: float) -> list[str]:
        lines, line = [], ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip()
            if self._paper.stringWidth(_shown(longer), "Helvetica", size) > _RIGHT - _LEFT and line:
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line] if line else lines

    # ------------------------------------------------------------------ values

    def _point(self) -> str:
        head = self._one.head
        return f"{head.label} ({head.participant})" if head.label else str(head.participant)

    def _day(self, *, last: bool) -> str:
        day = date.fromisoformat(self._one.day(last=last))
        if self._language is Language.FRENCH:
            return f"{day.day}{'er' if day.day == 1 else ''} {self._words.months[day.month - 1]} {day.year}"
        return f"{day.day} {self._words.months[day.month - 1]} {day.year}"

    def _kwh(self, energy: int) -> str:
        return kwh_text(energy, self._language, 2)

    def _eur(self, amount: int) -> str:
        return eur_text(amount, self._language, 2)

    def _price(self, price: int) -> str:
        return price_text(price, self._language, 2).split("\u00a0")[0]

    def _mean(self, amount: int, energy: int) -> str | None:
        price = mean_price(amount, energy)
        return None if price is None else self._words.at_mean.format(price=price_text(price, self._language, 2))


def _shown(text: str) -> str:
    """As the built-in fonts can write it (Windows-1252); another letter becomes a question mark."""
    spaced = text.replace("\u202f", "\u00a0")
    return spaced.encode("cp1252", "replace").decode("cp1252")
