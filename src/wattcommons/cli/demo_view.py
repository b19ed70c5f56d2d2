"""How each chapter of `watt demo` looks on a screen of 80 columns."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from wattcommons.cli.console import Screen
from wattcommons.cli.texts.catalogue import demo_text
from wattcommons.domain.ecopoints import TargetOutcome
from wattcommons.domain.formatting import Language, decimal_text, eur_text, kwh_text, price_text
from wattcommons.domain.intervals import end_unix
from wattcommons.domain.local_time import local_start
from wattcommons.scenarios.demo import MONTH, Demo, DemoVillage
from wattcommons.scenarios.demo_coach import CoachedMonth, Redemption
from wattcommons.scenarios.demo_facts import FlatFacts, RoofFacts, VillageFacts
from wattcommons.scenarios.demo_refusals import AlteredReading, Refused, ShiftedPrice
from wattcommons.services.audit.report import AuditReport
from wattcommons.services.audit.tree import Provenance
from wattcommons.simulation.people import Kind
from wattcommons.simulation.village import ZONE

_BAR = 60
_DAYS_A_MONTH = 30
_BROKEN_SHOWN = 3


class DemoView:
    """Prints the chapters in one language."""

    def __init__(self, screen: Screen, language: Language, scene: DemoVillage) -> None:
        self._screen, self._language, self._scene = screen, language, scene
        self.text = demo_text(language)

    @property
    def language(self) -> Language:
        """The language told in."""
        return self._language

    def opening(self) -> None:
        """What is about to happen."""
        self._screen.line(self.text.title, "bold")
        self._screen.line(self.text.intro)

    def village(self, facts: VillageFacts) -> None:
        """Chapter 1."""
        text, screen, scene = self.text, self._screen, self._scene
        people = scene.village.participants
        screen.heading(text.village_title)
        screen.line(
            text.village.format(
                name=scene.spec().terms.name,
                roofs=sum(one.kind is Kind.ROOF for one in people),
                flats=sum(one.kind is Kind.FLAT for one in people),
                first=self.text.day.format(**self._parts(self._local(scene.live.first))),
                last=self._date(scene.live.end - 1),
                minutes=scene.length.minutes,
            )
        )
        screen.line()
        screen.amounts(
            [
                (text.made, self._kwh(facts.production_wh, 0)),
                (text.used, self._kwh(facts.consumption_wh, 0)),
                (text.own_use, self._kwh(facts.own_use_wh, 0)),
                (text.neighbours, self._kwh(facts.traded_wh, 0)),
                (text.grid_in, self._kwh(facts.import_wh, 0)),
                (text.grid_out, self._kwh(facts.export_wh, 0)),
            ]
        )
        screen.line()
        screen.out.print(self._bar(facts))
        screen.line(text.local_share.format(percent=self._percent(facts.local_share_ppm)), "bold")
        tariffs = [scene.village.tariff(interval) for interval in scene.live]
        screen.line(
            text.prices.format(
                low=self._decimal(facts.lowest_price, 4, 2),
                high=self._price(facts.highest_price),
                retail_low=self._decimal(min(one.retail for one in tariffs), 4, 2),
                retail_high=self._price(max(one.retail for one in tariffs)),
                feed_low=self._decimal(min(one.feed_in for one in tariffs), 4, 2),
                feed_high=self._price(max(one.feed_in for one in tariffs)),
            )
        )

    def homes(self, flat: FlatFacts, roof: RoofFacts) -> None:
        """Chapter 2."""
        text, screen, days = self.text, self._screen, self._scene.options.days
        screen.heading(text.homes_title)
        name = flat.person.name(self._language)
        screen.line(text.flat.format(name=name, days=days, kwh=self._kwh(flat.consumption_wh)))
        parts = [(person.name(self._language), wh) for person, wh in flat.suppliers] + [(text.grid, flat.grid_wh)]
        screen.table(
            [text.supplier, ">kWh", f">{text.share}"],
            [
                [who, self._decimal(wh, 3, 1), self._percent(wh * 1_000_000 // max(flat.consumption_wh, 1), 0)]
                for who, wh in parts
            ],
        )
        bill = text.flat_bill.format(
            total=self._eur(flat.paid_neur),
            neighbours=self._eur(flat.paid_neighbours_neur),
            fees=self._eur(flat.paid_fees_neur),
            grid=self._eur(flat.paid_grid_neur),
        )
        month = self._eur(flat.saved_neur * _DAYS_A_MONTH // days)
        screen.facts(
            [
                (text.flat_paid, bill),
                (text.flat_alone, self._eur(flat.grid_only_neur)),
                (text.flat_saved, text.saved_month.format(saved=self._eur(flat.saved_neur), month=month)),
            ]
        )
        screen.line()
        screen.line(
            text.roof.format(
                name=roof.person.name(self._language),
                made=self._kwh(roof.production_wh),
                own=self._kwh(roof.own_use_wh),
                sold=self._kwh(roof.sold_wh),
                received=self._eur(roof.received_neur),
                feed_in=self._eur(roof.feed_in_neur),
            )
        )
        gain = self._eur(roof.gained_neur)
        month = self._eur(roof.gained_neur * _DAYS_A_MONTH // days)
        screen.line(text.roof_gain.format(gain=gain, days=days, month=month), "bold")

    def refusals(
        self, altered: AlteredReading, shifted: ShiftedPrice, minted: tuple[Refused, Refused], replayed: Refused
    ) -> None:
        """Chapter 3."""
        text = self.text
        self._screen.heading(text.refusals_title)
        self._screen.line(text.refusals)
        self._screen.line()
        name = self._scene.coached[1].name(self._language)
        true, wanted = self._kwh(altered.true_wh), self._kwh(altered.wanted_wh)
        self._refused(text.operator_try.format(name=name, true=true, wanted=wanted), text.operator_refused, altered)
        right, price = (price_text(one, self._language, 4) for one in (shifted.right, shifted.wanted))
        self._refused(text.keeper_try.format(right=right, wanted=price), text.keeper_refused, shifted)
        self._refused(text.stranger_try, text.stranger_refused, *minted)
        minutes = self._scene.length.minutes
        self._refused(text.gateway_try.format(minutes=minutes), text.gateway_refused, replayed)

    def certificate(self, found: Provenance, demo: Demo) -> None:
        """Chapter 4."""
        text, screen = self.text, self._screen
        step = text.certificate_steps
        person = demo.person(found.reading.participant)
        name = person.name(self._language)
        reading, clearing, issue = found.reading, found.clearing, found.issue
        screen.heading(text.certificate_title)
        screen.line(text.certificate.format(number=found.certificate), "bold")
        start, end = (
            self._local(found.interval),
            datetime.fromtimestamp(end_unix(found.interval, self._scene.length), self._local(found.interval).tzinfo),
        )
        when = text.time.format(date=self._day(start), start=f"{start:%H:%M}", end=f"{end:%H:%M}")
        signature = text.signature_line if reading.signature_holds else text.signature_broken
        neighbours = [
            text.sold_to.format(name=demo.person(buyer).name(self._language), kwh=self._kwh(wh, 3))
            for buyer, wh in (clearing.sold_to if clearing else ())
        ]
        price = self._price(clearing.price) if clearing and clearing.price is not None else "–"
        screen.facts(
            [
                (step["produced"], when),
                (step["device"], f"{name}, {self._decimal(found.device.capacity_w, 3, 1)} kW"),
                (
                    step["reading"],
                    text.reading_line.format(
                        made=self._kwh(reading.production_wh, 3), used=self._kwh(reading.consumption_wh, 3)
                    ),
                ),
                (
                    step["signature"],
                    signature.format(signer=_short(reading.signer), readings=reading.run_readings),
                ),
                (step["price"], text.price_line.format(price=price, buyers=len(self._scene.village.participants))),
                (step["sold"], ", ".join(neighbours) or text.nobody),
                (
                    step["became"],
                    text.became_line.format(
                        own=self._kwh(issue.own_use_wh, 3),
                        sold=self._kwh(issue.sold_wh, 3),
                        held=self._kwh(issue.minted_wh, 3),
                        name=name,
                    ),
                ),
                (
                    step["until"],
                    text.until_line.format(
                        transfer=self._unix_day(found.transferable_until),
                        cancel=self._unix_day(found.cancellable_until),
                    ),
                ),
            ]
        )

    def coach(self, months: list[CoachedMonth], redemption: Redemption | None) -> None:
        """Chapter 5."""
        text, screen = self.text, self._screen
        screen.heading(text.coach_title)
        screen.line(text.coach.format(month=text.months[MONTH - 1]))
        results = {TargetOutcome.AWARD: text.award, TargetOutcome.MISS: text.miss}
        screen.table(
            list(text.coach_columns),
            [
                [
                    month.person.name(self._language),
                    self._kwh(month.target.expectation_wh_down),
                    self._kwh(month.target.target_wh_up),
                    self._kwh(month.used_wh),
                    results.get(month.outcome, text.other_outcome),
                    self._decimal(month.points, 3, 3),
                ]
                for month in months
            ],
        )
        if redemption is not None:
            screen.line(
                text.redeemed.format(
                    name=redemption.person.name(self._language),
                    price=self._decimal(redemption.price, 3, 0),
                    left=self._decimal(redemption.left, 3, 3),
                    voucher=redemption.voucher,
                )
            )

    def audit(self, report: AuditReport) -> None:
        """Chapter 6."""
        text, screen = self.text, self._screen
        screen.heading(text.audit_title)
        screen.line(text.audit)
        for check in report.checks:
            name = text.checks.get(check.name, check.name)
            screen.mark(check.ok, f"{name} ({self._decimal(check.counted, 0, 0)})")
            for entry in check.broken[:_BROKEN_SHOWN]:
                screen.line(str(entry), "red", indent=4)
        counted = self._decimal(sum(check.counted for check in report.checks), 0, 0)
        screen.line(text.audit_holds.format(count=counted) if report.ok else text.audit_broken, "bold")
        screen.line(text.not_proved)
        for item in text.not_proved_items:
            screen.item(item)

    def closing(self, demo: Demo, seconds: int) -> None:
        """Chapter 7."""
        text, screen = self.text, self._screen
        screen.heading(text.own_title)
        screen.line(text.own)
        screen.command("replay READINGS.csv --report report.json")
        screen.line(text.own_columns)
        screen.line(text.own_more)
        screen.command(f"community new community.toml --lang {self._language.value}")
        screen.command("replay READINGS.csv --community community.toml")
        screen.line()
        screen.line(
            text.done.format(
                readings=self._decimal(demo.readings, 0, 0),
                signatures=self._decimal(demo.signatures, 0, 0),
                intervals=self._decimal(len(self._scene.month), 0, 0),
                seconds=seconds,
            ),
            "dim",
        )

    def serving(self, port: int, speed: int) -> None:
        """The village lives on, and where its pages are."""
        text, screen = self.text, self._screen
        seconds = self._decimal(self._scene.length.seconds * 10 // speed, 1, 1).removesuffix(",0").removesuffix(".0")
        screen.line()
        screen.line(text.serving.format(seconds=f"{seconds}\u00a0s"))
        screen.line(f"http://127.0.0.1:{port}/", "bold cyan", indent=2)
        screen.line(f"{text.serving_how} {text.serving_end}")

    def stopped(self) -> None:
        """The village is gone."""
        self._screen.line(self.text.stopped)

    def _refused(self, attempt: str, why: str, *refused: Refused) -> None:
        said = ", ".join(f"{one.error}: {one.reason.replace('_', ' ')}" if one.reason else one.error for one in refused)
        self._screen.refusal(attempt, why, self.text.contract_said.format(error=said))

    def _bar(self, facts: VillageFacts) -> Text:
        parts = [
            (facts.own_use_wh, "█", "yellow", self.text.bar_own),
            (facts.traded_wh, "▓", "green", self.text.bar_neighbours),
            (facts.import_wh, "░", "bright_black", self.text.bar_grid),
        ]
        total = max(sum(wh for wh, *_ in parts), 1)
        bar, at, before = Text("  "), 0, 0
        for wh, sign, style, _ in parts:
            at += wh
            now = at * _BAR // total
            bar.append(sign * (now - before), style)
            before = now
        bar.append("\n  ")
        for _, sign, style, word in parts:
            bar.append(f"{sign} ", style)
            bar.append(f"{word}   ")
        return bar

    def _kwh(self, wh: int, places: int = 1) -> str:
        return kwh_text(wh, self._language, places)

    def _eur(self, neur: int) -> str:
        return eur_text(neur, self._language, 2)

    def _price(self, price: int) -> str:
        return price_text(price, self._language, 2)

    def _percent(self, ppm: int, places: int = 1) -> str:
        mark = "\u202f%" if self._language is Language.FRENCH else "%"
        return f"{self._decimal(ppm, 4, places)}{mark}"

    def _decimal(self, value: int, decimals: int, places: int) -> str:
        return decimal_text(value, decimals, self._language, places)

    def _local(self, interval: int) -> datetime:
        return local_start(interval, self._scene.length, ZONE)

    def _date(self, interval: int) -> str:
        return self._day(self._local(interval))

    def _unix_day(self, unix: int) -> str:
        return self._date(unix // self._scene.length.seconds)

    def _day(self, moment: datetime) -> str:
        return self.text.date.format(**self._parts(moment))

    def _parts(self, moment: datetime) -> dict[str, object]:
        return {"day": moment.day, "month": self.text.months[moment.month - 1], "year": moment.year}


def _short(address: str) -> str:
    return f"{address[:6]}…{address[-4:]}"
