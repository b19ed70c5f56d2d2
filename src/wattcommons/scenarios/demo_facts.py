"""What a demo's days add up to, from the chain's own records: the village, one flat, one roof, one certificate.

Integers throughout: Wh, n€. Money is compared with dealing with the grid alone, at the same interval's prices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wattcommons.chain.events import Event
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.settlement import Legs, legs_of
from wattcommons.domain.supply_lines import supply_lines
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.scenarios.demo import Demo
from wattcommons.simulation.people import Kind, Participant


@dataclass(frozen=True)
class VillageFacts:
    """Energy of the market days. `local_share_ppm`: part of the consumption that was made in the village."""

    production_wh: int
    consumption_wh: int
    own_use_wh: int
    traded_wh: int
    import_wh: int
    export_wh: int
    lowest_price: int
    highest_price: int

    @property
    def local_share_ppm(self) -> int:
        """Own use and purchases from neighbours, by all consumption."""
        return (self.own_use_wh + self.traded_wh) * 1_000_000 // max(self.consumption_wh, 1)


@dataclass(frozen=True)
class FlatFacts:
    """One flat's market days: who supplied it, Wh, and its bill, n€, with the network's fee on local energy."""

    person: Participant
    suppliers: tuple[tuple[Participant, int], ...]
    grid_wh: int
    consumption_wh: int
    paid_neighbours_neur: int
    paid_fees_neur: int
    paid_grid_neur: int
    grid_only_neur: int

    @property
    def paid_neur(self) -> int:
        """All it paid."""
        return self.paid_neighbours_neur + self.paid_fees_neur + self.paid_grid_neur

    @property
    def saved_neur(self) -> int:
        """What the neighbours saved it."""
        return self.grid_only_neur - self.paid_neur


@dataclass(frozen=True)
class RoofFacts:
    """One roof's market days, Wh and n€: `feed_in_neur` is what the grid would have paid for what it sold."""

    person: Participant
    production_wh: int
    own_use_wh: int
    sold_wh: int
    exported_wh: int
    received_neur: int
    feed_in_neur: int

    @property
    def gained_neur(self) -> int:
        """Above the feed-in price."""
        return self.received_neur - self.feed_in_neur


class DemoBook:
    """The settled market days of a demo."""

    def __init__(self, demo: Demo, events: Sequence[Event]) -> None:
        self._demo = demo
        self._live = demo.scene.live
        self.legs: dict[IntervalIndex, dict[int, Legs]] = {}
        self.supplied: dict[int, Counter[int]] = {}
        self.prices: dict[IntervalIndex, int] = {}
        self._issued = [event.args for event in events if event.name == "Issued"]
        traded: dict[int, dict[int, int]] = {}
        for event in events:
            if event.name == "IntervalCleared" and event.args["hasPrice"] and event.args["interval"] in self._live:
                self.prices[IntervalIndex(event.args["interval"])] = event.args["price"]
            elif event.name == "FillsSettled":
                fills = tuple(unpack_fills(event.args["fills"]))
                traded.setdefault(event.args["interval"], {}).update({fill.participant: fill.wh for fill in fills})
                for line in supply_lines(fills):
                    self.supplied.setdefault(line.buyer, Counter())[line.seller] += line.wh
        for interval in self._live:
            self._settle(interval, traded.get(interval, {}))

    def village(self) -> VillageFacts:
        """The village as a whole."""
        every = [legs for interval in self.legs.values() for legs in interval.values()]
        own, bought, imported, exported = (
            sum(getattr(one, name) for one in every)
            for name in ("own_use_wh", "bought_wh", "grid_import_wh", "grid_export_wh")
        )
        return VillageFacts(
            production_wh=own + bought + exported,
            consumption_wh=own + bought + imported,
            own_use_wh=own,
            traded_wh=bought,
            import_wh=imported,
            export_wh=exported,
            lowest_price=min(self.prices.values(), default=0),
            highest_price=max(self.prices.values(), default=0),
        )

    def flat(self) -> FlatFacts:
        """The flat with most suppliers."""
        flats = [one for one in self._demo.scene.village.participants if one.kind is Kind.FLAT]
        person = max(flats, key=lambda one: len(self.supplied.get(self._demo.participant(one), ())))
        index = self._demo.participant(person)
        legs = self._of(index)
        suppliers = self.supplied.get(index, Counter()).most_common()
        return FlatFacts(
            person=person,
            suppliers=tuple((self._demo.person(seller), wh) for seller, wh in suppliers),
            grid_wh=sum(one.grid_import_wh for one in legs),
            consumption_wh=sum(one.bought_wh + one.grid_import_wh + one.own_use_wh for one in legs),
            paid_neighbours_neur=-sum(one.local_neur for one in legs),
            paid_fees_neur=sum(one.fee_neur for one in legs),
            paid_grid_neur=-sum(one.grid_neur for one in legs),
            grid_only_neur=-sum(one.grid_only_neur for one in legs),
        )

    def roof(self) -> RoofFacts:
        """The first roof."""
        scene = self._demo.scene
        person = scene.village.participant(Kind.ROOF, 1)
        index = self._demo.participant(person)
        legs = self._of(index)
        sold = {interval: parts[index] for interval, parts in self.legs.items() if parts[index].sold_wh}
        return RoofFacts(
            person=person,
            production_wh=sum(one.own_use_wh + one.sold_wh + one.grid_export_wh for one in legs),
            own_use_wh=sum(one.own_use_wh for one in legs),
            sold_wh=sum(one.sold_wh for one in legs),
            exported_wh=sum(one.grid_export_wh for one in legs),
            received_neur=sum(one.local_neur for one in sold.values()),
            feed_in_neur=sum(one.sold_wh * scene.village.tariff(interval).feed_in for interval, one in sold.items()),
        )

    def certificate(self) -> int:
        """The roof's certificate that went furthest: used at home, sold to neighbours and held for the grid."""
        index = self._demo.participant(self._demo.scene.village.participant(Kind.ROOF, 1))
        own = [args for args in self._issued if args["participant"] == index] or self._issued
        best = max(own, key=lambda args: (min(args["soldWh"], args["mintedWh"]), args["soldWh"], args["ownUseWh"]))
        return int(best["id"])

    def _of(self, index: int) -> list[Legs]:
        return [parts[index] for parts in self.legs.values()]

    def _settle(self, interval: IntervalIndex, traded: dict[int, int]) -> None:
        village = self._demo.scene.village
        price = self.prices.get(interval)
        self.legs[interval] = {
            index: legs_of(
                ParticipantIndex(index),
                village.reading(person.index, interval),
                village.tariff(interval),
                price,
                traded.get(index, 0),
            )
            for person in village.participants
            for index in (self._demo.participant(person),)
        }
