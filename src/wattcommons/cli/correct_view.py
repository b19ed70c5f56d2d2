"""Corrections on a screen and for a program: what each changes, what stands in the way, what was sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from wattcommons.chain.correction_plan import CertificateEffect, Planned, Verdict
from wattcommons.chain.enrolment_refusals import interval_text, second_text
from wattcommons.chain.sender import Sent
from wattcommons.cli.console import Screen
from wattcommons.cli.texts.correct_text import correct_text
from wattcommons.domain.corrections import reason_text
from wattcommons.domain.formatting import Language, eur_text, kwh_text
from wattcommons.domain.intervals import IntervalLength


class CorrectView:
    """Says it in one language."""

    def __init__(self, screen: Screen, language: Language, length: IntervalLength) -> None:
        self._screen = screen
        self._language = language
        self._length = length
        self._text = correct_text(language)

    def show(self, community: str, planned: Sequence[Planned]) -> None:
        """Every correction, then how many of each sort."""
        text = self._text
        self._screen.line(text.title.format(community=community), "bold")
        for one in planned:
            head = self._head(one)
            if one.verdict is Verdict.READY:
                self._screen.line(head, "bold")
                self._screen.facts(self._facts(one))
            else:
                self._screen.mark(one.verdict is Verdict.DONE, f"{head}: {self.verdict(one)}", self._advice(one))
        found = Counter(one.verdict for one in planned)
        refused = sum(count for verdict, count in found.items() if verdict.stands_in_the_way)
        self._screen.line()
        self._screen.line(
            text.sum.format(ready=found[Verdict.READY], done=found[Verdict.DONE], refused=refused), "bold"
        )

    def dry(self, command: str) -> None:
        """Nothing was sent; how it would be."""
        self._screen.line(self._text.dry)
        self._screen.command(command)

    def nothing_to_send(self) -> None:
        """All of them are done."""
        self._screen.line(self._text.nothing_to_send)

    def sent(self, planned: Sequence[Planned], sent: Sequence[Sent]) -> None:
        """What became of each."""
        for one, done in zip(planned, sent, strict=True):
            where = {"participant": one.asked.participant, "moment": self._moment(one)}
            if done.error is None:
                self._screen.mark(True, self._text.sent.format(**where), done.tx_hash)
            else:
                self._screen.mark(False, self._text.failed.format(**where, error=done.error))
        self._screen.line(self._text.all_sent.format(count=sum(one.error is None for one in sent)), "bold")

    def verdict(self, one: Planned) -> str:
        """Why it cannot be sent, or that it is done."""
        in_time = one.verdict is Verdict.WINDOW_CLOSED
        limit = second_text(one.limit) if in_time else self._kwh(one.limit)
        return self._text.verdicts[one.verdict].format(limit=limit)

    def refusal(self, planned: Sequence[Planned]) -> tuple[str, str]:
        """One line of what is wrong, and what to do."""
        refused = [one for one in planned if one.verdict.stands_in_the_way]
        first = f"{self._head(refused[0])}: {self.verdict(refused[0])}"
        said = self._text.refused.format(count=len(refused), all=len(planned), first=first)
        return said, self._text.refused_hint.format(advice=self._advice(refused[0]))

    def _facts(self, one: Planned) -> list[tuple[str, str]]:
        text, asked, old = self._text, one.asked, one.old
        money = text.booked if one.booked else text.valued
        return [
            (text.made, self._change(old.production_wh, asked.production_wh)),
            (text.used, f"{self._change(old.consumption_wh, asked.consumption_wh)} · {text.qualities[old.quality]}"),
            (text.money, money.format(amount=eur_text(one.value_neur, self._language))),
            (text.certificate, self._certificate(one.certificate)),
            (text.window, text.until.format(moment=second_text(one.limit))),
            (text.reason, reason_text(asked.reason)),
        ]

    def _certificate(self, effect: CertificateEffect | None) -> str:
        text = self._text
        if effect is None:
            return text.no_certificate
        parts = [
            sentence.format(number=effect.number, energy=self._kwh(wh))
            for sentence, wh in (
                (text.issued, effect.issued_wh),
                (text.more, effect.more_wh),
                (text.paid, effect.paid_wh),
                (text.taken, effect.taken_wh),
                (text.owed, effect.owed_wh),
            )
            if wh
        ]
        return ", ".join(parts) or text.untouched.format(number=effect.number)

    def _change(self, old: int, new: int) -> str:
        if old == new:
            return self._text.unchanged.format(old=self._kwh(old))
        difference = f"{'+' if new > old else ''}{self._kwh(new - old)}"
        return self._text.change.format(old=self._kwh(old), new=self._kwh(new), difference=difference)

    def _head(self, one: Planned) -> str:
        head = self._text.head.format(participant=one.asked.participant, moment=self._moment(one))
        return self._text.line.format(head=head, line=one.asked.line) if one.asked.line else head

    def _advice(self, one: Planned) -> str:
        return self._text.advice.get(one.verdict, "")

    def _moment(self, one: Planned) -> str:
        return interval_text(one.asked.interval, self._length)

    def _kwh(self, wh: int) -> str:
        return kwh_text(wh, self._language)


def as_dict(planned: Sequence[Planned], sent: Sequence[Sent] | None) -> dict[str, Any]:
    """For a program; energies in Wh, money in n€. `sent`: of those that were ready; None when nothing was to be."""
    answers = iter(sent or ())
    corrections = []
    for one in planned:
        asked = one.asked
        told: dict[str, Any] = {
            "participant": asked.participant,
            "interval": asked.interval,
            "line": asked.line or None,
            "state": one.verdict.value,
            "old": {
                "production_wh": one.old.production_wh,
                "consumption_wh": one.old.consumption_wh,
                "quality": one.old.quality.name.lower(),
            },
            "production_wh": asked.production_wh,
            "consumption_wh": asked.consumption_wh,
            "reason": reason_text(asked.reason),
        }
        if one.verdict is Verdict.READY:
            told |= {
                "value_neur": str(one.value_neur),
                "booked": one.booked,
                "traded_wh": one.traded_wh,
                "until": one.limit,
                "certificate": None if one.certificate is None else asdict(one.certificate),
            }
            done = next(answers, None)
            if done is not None:
                told |= {"transaction": done.tx_hash, "error": None if done.error is None else str(done.error)}
        corrections.append(told)
    return {"sent": sent is not None, "corrections": corrections}
