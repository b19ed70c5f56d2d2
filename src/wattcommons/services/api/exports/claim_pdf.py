"""A consumption claim on paper: the month, its days, what it says and what not, and how to check it.

A QR code leads to the verify page; the SHA-256 of the data file, and of proof files where given, stands on the paper.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import segno
from reportlab.lib.colors import HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from wattcommons.domain.formatting import Language, decimal_text, kwh_text
from wattcommons.services.api.exports.claim_words import WORDS
from wattcommons.services.api.exports.statement_words import WORDS as STATEMENT_WORDS
from wattcommons.services.api.models.claim import ClaimSums, ConsumptionClaim

_WIDTH, _HEIGHT = A4
_LEFT: Final = 56.0
_RIGHT: Final = _WIDTH - 56.0
_BOTTOM: Final = 72.0
_INK, _QUIET, _LINE = HexColor("#1d2b27"), HexColor("#5c6b66"), HexColor("#d9e0dd")
_MATCHED, _REST = HexColor("#2f8f6b"), HexColor("#b9c6c1")
_QR_SIZE: Final = 96.0
_QUIET_ZONE: Final = 4
_MOST_NAME: Final = 60


@dataclass(frozen=True)
class ClaimHead:
    """What stands on the paper beside the data. `name`, `label`: personal, None where not known; `issued`: Unix second
    up to which the data are true; `verify_url`: what the code leads to; `digest`: SHA-256 of the data file, hex.
    """

    controller: str
    name: str | None
    label: str | None
    issued: int
    verify_url: str
    digest: str


def claim_pdf(claim: ConsumptionClaim, head: ClaimHead, language: Language) -> bytes:
    """The whole file. The same claim gives the same bytes."""
    buffer = io.BytesIO()
    sheet = _Sheet(buffer, claim, head, language)
    sheet.head()
    sheet.sums()
    sheet.statements()
    sheet.notes()
    sheet.check()
    sheet.days()
    sheet.finish()
    return buffer.getvalue()


class _Sheet:
    """A pen on the paper: `_at` is the height it stands at, from the bottom, in points."""

    def __init__(self, buffer: io.BytesIO, claim: ConsumptionClaim, head: ClaimHead, language: Language) -> None:
        self._one, self._head, self._language = claim, head, language
        self._words, self._months = WORDS[language], STATEMENT_WORDS[language].months
        self._paper = Canvas(buffer, pagesize=A4, invariant=1, lang=language.value)
        self._paper.setTitle(f"{self._words.title} {claim.month}")
        self._paper.setAuthor(_shown(claim.community))
        self._at = _HEIGHT - 64
        self._page = 1

    # ------------------------------------------------------------------ parts

    def head(self) -> None:
        words, claim = self._words, self._one
        self._qr(self._head.verify_url, _RIGHT - _QR_SIZE, _HEIGHT - 40 - _QR_SIZE)
        self._text(_LEFT, claim.community, 10, _QUIET)
        self._down(28)
        year, month = claim.month.split("-")
        self._text(_LEFT, f"{words.title} · {self._months[int(month) - 1]} {year}", 20, bold=True)
        self._down(18)
        period = words.period.format(first=self._day(claim.start), last=self._last_day(claim.start, claim.end))
        self._text(_LEFT, period if claim.over else f"{words.running} · {period}", 10, _QUIET)
        self._down(24)
        label = self._head.label
        point = f"{label} ({claim.participant})" if label else str(claim.participant)
        for name, value in ((words.member, self._head.name), (words.point, point)):
            if value:
                self._text(_LEFT, name, 9, _QUIET)
                self._text(_LEFT + 104, value[:_MOST_NAME], 10)
                self._down(15)
        self._down(12)

    def sums(self) -> None:
        words, total = self._words, self._one.total
        self._row(words.consumption, self._kwh(total.consumption_wh), bold=True)
        self._bar(total)
        self._row(words.own_use[self._one.basis], self._kwh(total.own_use_wh))
        self._row(words.bought, self._kwh(total.bought_wh))
        self._row(words.cancelled, self._kwh(total.cancelled_wh))
        self._rule()
        self._row(words.matched, self._kwh(total.matched_wh), bold=True)
        self._row(words.unmatched, self._kwh(total.consumption_wh - total.matched_wh))
        if total.uncertified_wh:
            self._row(words.uncertified, self._kwh(total.uncertified_wh))
        if total.share is not None:
            self._text(_LEFT, words.share.format(share=self._share(total)), 12, _MATCHED, bold=True)
            self._down(22)

    def statements(self) -> None:
        if not self._one.statements:
            return
        self._heading(self._words.statements)
        for one in self._one.statements:
            self._paragraph(
                self._words.statement.format(
                    number=one.statement,
                    energy=self._kwh(one.claimed_wh),
                    first=self._day(one.period_from),
                    last=self._last_day(one.period_from, one.period_to),
                    country=one.country,
                )
            )
        self._down(8)

    def notes(self) -> None:
        words, claim = self._words, self._one
        self._heading(words.says)
        counts = (
            (words.unread, claim.unread),
            (words.waiting, claim.waiting),
            (words.unmeasured, claim.total.unmeasured),
        )
        lines = [
            words.says_text.format(minutes=claim.interval_minutes),
            words.basis[claim.basis],
            words.kind.get(claim.kind, words.kind["community_certificate"]),
            words.order,
            STATEMENT_WORDS[self._language].sources.get(claim.source, ""),
            words.not_said,
            *(text.format(count=count, of=claim.expected_intervals) for text, count in counts if count),
        ]
        if claim.left_wh:
            lines.append(words.left.format(energy=self._kwh(claim.left_wh)))
        if claim.excluded:
            lines.append(words.excluded.format(numbers=", ".join(map(str, claim.excluded))))
        if claim.statements:
            lines.append(words.beneficiary)
        for line in lines:
            if line:
                self._paragraph(line)
        self._down(8)

    def check(self) -> None:
        words = self._words
        self._need(90)
        self._heading(words.check)
        self._paragraph(words.check_text)
        prints = ((words.data_file, self._head.digest), *((words.proof_file, one) for one in self._one.proofs))
        for name, digest in prints:
            self._need(24)
            self._text(_LEFT, f"{name} · SHA-256", 8, _QUIET)
            self._paper.setFont("Courier", 7.5)
            self._paper.setFillColor(_INK)
            self._paper.drawString(_LEFT + 150, self._at, digest)
            self._down(13)
        self._down(8)

    def days(self) -> None:
        if not self._one.days:
            return
        self._heading(self._words.days)
        edges = [_LEFT + 96, *(_LEFT + step for step in (190, 264, 338, 412, 483))]
        self._cells(edges, self._words.day_head, bold=True)
        for day in self._one.days:
            sums = day.sums
            energies = (sums.consumption_wh, sums.own_use_wh, sums.bought_wh, sums.cancelled_wh)
            self._cells(edges, (day.day, *(self._kwh(energy) for energy in energies), self._share(sums)))

    def finish(self) -> None:
        self._foot()
        self._paper.showPage()
        self._paper.save()

    # ------------------------------------------------------------------ strokes

    def _qr(self, text: str, left: float, bottom: float) -> None:
        code = segno.make_qr(text, error="m")
        rows = [tuple(row) for row in code.matrix_iter(border=_QUIET_ZONE)]
        size = _QR_SIZE / len(rows)
        self._paper.setFillColor(HexColor("#000000"))
        for number, row in enumerate(rows, 1):
            for place, dark in enumerate(row):
                if dark:
                    self._paper.rect(left + place * size, bottom + _QR_SIZE - number * size, size, size, 0, 1)

    def _heading(self, text: str) -> None:
        self._need(60)
        self._text(_LEFT, text, 12, bold=True)
        self._down(7)
        self._rule()

    def _row(self, name: str, value: str, *, bold: bool = False) -> None:
        self._need(16)
        self._text(_LEFT, name, 10, bold=bold)
        self._text_right(_RIGHT, value, 10, _INK, bold=bold)
        self._down(16)

    def _bar(self, sums: ClaimSums) -> None:
        width = _RIGHT - _LEFT
        self._paper.setFillColor(_REST if sums.consumption_wh else _LINE)
        self._paper.rect(_LEFT, self._at + 1, width, 5, stroke=0, fill=1)
        if sums.consumption_wh:
            self._paper.setFillColor(_MATCHED)
            self._paper.rect(_LEFT, self._at + 1, width * sums.matched_wh / sums.consumption_wh, 5, stroke=0, fill=1)
        self._down(14)

    def _cells(self, edges: list[float], cells: tuple[str, ...], *, bold: bool = False) -> None:
        self._need(13)
        for edge, cell in zip(edges, cells, strict=True):
            self._text_right(edge, cell, 8, _QUIET if bold else _INK)
        self._down(12)

    def _rule(self) -> None:
        self._paper.setStrokeColor(_LINE)
        self._paper.setLineWidth(0.7)
        self._paper.line(_LEFT, self._at, _RIGHT, self._at)
        self._down(15)

    def _paragraph(self, text: str, right: float = _RIGHT) -> None:
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}".strip()
            if line and self._paper.stringWidth(_shown(longer), "Helvetica", 8.5) > right - _LEFT:
                self._written(line)
                longer = word
            line = longer
        self._written(line)
        self._down(2)

    def _written(self, line: str) -> None:
        self._need(11)
        self._text(_LEFT, line, 8.5, _QUIET)
        self._down(11)

    def _foot(self) -> None:
        self._at = 48
        if self._head.controller:
            self._text(_LEFT, self._words.controller.format(controller=self._head.controller)[:100], 8, _QUIET)
        self._text_right(_RIGHT, self._words.page.format(number=self._page), 8, _QUIET)
        self._at = 36
        self._text(
            _LEFT, self._words.issued.format(moment=f"{self._local(self._head.issued):%Y-%m-%d %H:%M}"), 8, _QUIET
        )

    def _need(self, height: float) -> None:
        if self._at - height < _BOTTOM:
            self._foot()
            self._paper.showPage()
            self._page += 1
            self._at = _HEIGHT - 64

    def _down(self, height: float) -> None:
        self._at -= height

    def _text(self, left: float, text: str, size: float, ink: HexColor = _INK, *, bold: bool = False) -> None:
        self._paper.setFillColor(ink)
        self._paper.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self._paper.drawString(left, self._at, _shown(text))

    def _text_right(self, right: float, text: str, size: float, ink: HexColor = _INK, *, bold: bool = False) -> None:
        self._paper.setFillColor(ink)
        self._paper.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self._paper.drawRightString(right, self._at, _shown(text))

    # ------------------------------------------------------------------ values

    def _local(self, unix: int) -> datetime:
        return datetime.fromtimestamp(unix, UTC).astimezone(ZoneInfo(self._one.zone))

    def _day(self, unix: int) -> str:
        return self._date(self._local(unix).date())

    def _last_day(self, start: int, end: int) -> str:
        """The local day of the last second before `end`; of an empty period that of its start."""
        return self._date(self._local(max(start, end - 1)).date())

    def _date(self, day: date) -> str:
        first = "er" if day.day == 1 and self._language is Language.FRENCH else ""
        return f"{day.day}{first} {self._months[day.month - 1]} {day.year}"

    def _kwh(self, energy: int) -> str:
        return kwh_text(energy, self._language, 2)

    def _share(self, sums: ClaimSums) -> str:
        if sums.share is None:
            return "–"
        return f"{decimal_text(sums.share, 2, self._language, 2)} %"


def _shown(text: str) -> str:
    """As the built-in fonts can write it (Windows-1252); another letter becomes a question mark."""
    return text.replace("\u202f", "\u00a0").encode("cp1252", "replace").decode("cp1252")
