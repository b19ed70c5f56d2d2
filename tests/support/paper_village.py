"""What an honest community would write into a chain, act by act: the events of each act, and nothing impossible."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.support.paper_chain import DEPLOYMENT, GENESIS, Said, said
from tests.support.paper_exports import grouped
from wattcommons.chain.events import NO_ADDRESS
from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.orders import default_standing_order
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.settlement import Seat, certificate_split, settle
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import IntervalIndex, MicroEurPerKwh, ParticipantIndex, Wh

LENGTH = 1_800
START = GENESIS // LENGTH
MARKET = DEPLOYMENT.address("EnergyMarket")
PARTNER = "0x" + "bb" * 20
_TARIFFS = [
    Tariff(*map(MicroEurPerKwh, prices)) for prices in ((201_600, 40_000, 20_000), (90_000, 85_000, 20_000), (5, 5, 0))
]


def wallet(number: int) -> str:
    return f"0x{0xA000 + number:040x}"


@dataclass
class PaperVillage:
    """All that the acts need to know. Copy it to go back. `seed` decides what the acts are about."""

    size: int = 0
    wallets: dict[int, str] = field(default_factory=dict)
    readings: dict[int, dict[int, Reading]] = field(default_factory=dict)
    late: dict[int, set[int]] = field(default_factory=dict)
    frozen: set[int] = field(default_factory=set)
    waiting: dict[int, tuple[list[bytes], list[Said], dict[tuple[int, str], int]]] = field(default_factory=dict)
    """Interval -> chunks of fills that are not published yet, what its settlement issues, and to whom."""
    settled: set[int] = field(default_factory=set)
    held: dict[tuple[int, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    groups: dict[int, tuple[str, dict[int, int]]] = field(default_factory=dict)
    """Export group that is not exported -> its owner's wallet, and what lies in it."""

    def next(self, what: str) -> int:
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    # --- acts -----------------------------------------------------------------------------------------

    def begin(self) -> list[Said]:
        """Prices and roles."""
        bands = [
            said("TariffSchedule.BandAdded", band=i, retail=t.retail, feedIn=t.feed_in, networkFee=t.network_fee)
            for i, t in enumerate(_TARIFFS, 1)
        ]
        role = {"delay": 0, "since": GENESIS, "newMember": True}
        return [
            *bands,
            said("TariffSchedule.DefaultBandSet", band=1, fromInterval=0),
            said("AccessManager.RoleGranted", roleId=1, account=wallet(900), **role),
        ]

    def join(self, dice: random.Random) -> list[Said]:
        """A member with one participant; every second one with a device."""
        self.size += 1
        one = self.size
        self.wallets[one] = wallet(one)
        events = [
            said("MemberRegistry.MemberRegistered", member=one, wallet=wallet(one), commitment=b"\1" * 32),
            said(
                "MemberRegistry.ParticipantEnrolled",
                participant=one,
                member=one,
                gateway=wallet(500 + one),
                basis=1,
                source=1,
                importW=9_000,
                exportW=9_000,
                fromInterval=START,
                commitment=b"\2" * 32,
            ),
        ]
        if one % 2:
            terms = (b"T010100", b"F01010100", 9_000, 1, b"FR", 0, True, False, 2**40, b"\3" * 32)
            events += [
                said("MemberRegistry.DeviceRegistered", device=one, terms=terms),
                said("MemberRegistry.DeviceBound", device=one, participant=one, fromInterval=START),
            ]
        return events

    def change(self, dice: random.Random) -> list[Said]:
        """Something about a participant, a role or the prices."""
        if not self.size:
            return []
        one = dice.randint(1, self.size)
        first = START + dice.randrange(40)
        fresh = wallet(1_000 + self.next("wallet"))
        kinds: list[list[Said]] = [
            [said("MemberRegistry.LimitsSet", participant=one, importW=1, exportW=2, fromInterval=first)],
            [said("MemberRegistry.SuspensionSet", participant=one, suspended=True, fromInterval=first)],
            [said("MemberRegistry.SilenceSet", participant=one, silent=True, fromInterval=first)],
            [said("MemberRegistry.GatewayRotated", participant=one, gateway=fresh, source=2, fromInterval=first)],
            [said("MemberRegistry.ParticipantClosed", participant=one, untilInterval=first)],
            [said("MemberRegistry.MemberActiveSet", member=one, active=False)],
            [said("MemberRegistry.WalletReplaced", member=one, oldWallet=self.wallets[one], newWallet=fresh)],
            [said("AccessManager.RoleRevoked", roleId=1, account=wallet(900))],
            [said("TariffSchedule.BandsScheduled", firstInterval=first, codes=[2, 0, 3])],
            [said("TariffSchedule.DefaultBandSet", band=dice.randint(1, 3), fromInterval=first)],
            [said("EnergyMarket.CreditLimitSet", participant=dice.choice([0, one]), creditLimit=dice.randrange(99))],
            [said("EnergyMarket.CreditEligibilitySet", participant=one, eligible=False, fromInterval=first)],
        ]
        chosen = dice.randrange(len(kinds))
        if chosen == 6:
            self.wallets[one] = fresh
        if chosen in (8, 9) and any(interval >= first for interval in self.frozen):
            return []  # the gate of these has closed
        return kinds[chosen]

    def record(self, dice: random.Random) -> list[Said]:
        """A run of somebody's readings, some of which may be known."""
        if not self.size:
            return []
        one = ParticipantIndex(dice.randint(1, self.size))
        first = IntervalIndex(START + dice.randrange(30))
        readings = []
        for interval in range(first, first + dice.randint(1, 6)):
            quality = dice.choice([Quality.MEASURED, Quality.MEASURED, Quality.ESTIMATED])
            made = Reading(Wh(dice.randrange(3_000) if one % 2 else 0), Wh(dice.randrange(2_000)), quality)
            readings.append(made)
            known = self.readings.setdefault(interval, {})
            if one not in known:
                known[one] = made
                if interval in self.frozen:
                    self.late.setdefault(interval, set()).add(one)
        batch = encode_batch([SignedRun(Run(one, first, tuple(readings)), bytes(64))])
        return [said("MeterLedger.RunsRecorded", submitter=wallet(901), runs=batch)]

    def clear(self, dice: random.Random, tariff: Tariff | None = None) -> list[Said]:
        """Freezes and clears an interval that has readings. What it settles comes by `settle_on`."""
        open_ = [interval for interval in sorted(self.readings) if interval not in self.frozen]
        if not open_ or self.waiting:
            return []
        interval = IntervalIndex(dice.choice(open_))
        self.frozen.add(interval)
        known = self.readings[interval]
        prices = tariff or _TARIFFS[0]
        seats = [
            Seat(ParticipantIndex(one), reading, default_standing_order(ParticipantIndex(one), 0, 1, 0))
            for one, reading in known.items()
        ]
        done = settle(interval, prices, seats)
        clearing = done.clearing
        fills: list[Fill] = list(clearing.fills)
        half = len(fills) // 2
        chunks = [pack_fills(part) for part in (fills[:half], fills[half:]) if part]
        sold = {fill.participant: max(fill.wh, 0) for fill in fills}
        held: dict[tuple[int, str], int] = {}
        issues = [e for one in known for e in self._issue(one, interval, known[one], sold.get(one, 0), held)]
        self.waiting[interval] = (chunks, issues, held)
        return [
            said("MeterLedger.IntervalFrozen", interval=interval, present=len(known), waited=self.size),
            said(
                "EnergyMarket.IntervalCleared",
                interval=interval,
                price=clearing.price or 0,
                lo=clearing.low or 0,
                hi=clearing.high or 0,
                matchedWh=clearing.matched_wh,
                hasPrice=clearing.price is not None,
                leftOut=len(known) < self.size,
            ),
        ]

    def settle_on(self, dice: random.Random) -> list[Said]:
        """Publishes the next chunk of a clearing under way, and ends it after the last."""
        if not self.waiting:
            return []
        [(interval, (chunks, issues, held))] = self.waiting.items()
        number = self.counts.get(f"chunk {interval}", 0)
        events = []
        if number < len(chunks):
            self.next(f"chunk {interval}")
            events.append(said("EnergyMarket.FillsSettled", interval=interval, chunk=number, fills=chunks[number]))
            number += 1
        if number == len(chunks):
            del self.waiting[interval]
            self.settled.add(interval)
            self.held |= held
            events += [*issues, said("EnergyMarket.IntervalSettled", interval=interval)]
        return events

    def settle_late(self, dice: random.Random) -> list[Said]:
        """Settles one reading that came late to a final interval."""
        found = [(interval, one) for interval in sorted(self.settled) for one in sorted(self.late.get(interval, ()))]
        if not found:
            return []
        interval, one = dice.choice(found)
        self.late[interval].remove(one)
        return [said("EnergyMarket.LateSettled", participant=one, interval=interval)]

    def pay(self, dice: random.Random) -> list[Said]:
        """A bank transfer, or a withdrawal."""
        if not self.size:
            return []
        one, amount = dice.randint(1, self.size), dice.randint(1, 10**9)
        reference = self.next("payment").to_bytes(32, "big")
        if dice.random() < 0.3 and self.balances.get(one, 0) >= amount:
            self.balances[one] -= amount
            to = self.wallets[one]
            return [
                said("EnergyMarket.AccountWithdrawn", participant=one, to=to, amount=amount),
                said("CommunityEuro.Transfer", **{"from": MARKET, "to": to, "value": amount}),
                said("CommunityEuro.Redeemed", payoutReference=reference, member=to, amount=amount),
                said("CommunityEuro.Transfer", **{"from": to, "to": NO_ADDRESS, "value": amount}),
            ]
        self.balances[one] = self.balances.get(one, 0) + amount
        return [
            said("CommunityEuro.Deposited", depositReference=reference, account=MARKET, participant=one, amount=amount),
            said("CommunityEuro.Transfer", **{"from": NO_ADDRESS, "to": MARKET, "value": amount}),
            said("EnergyMarket.AccountDeposited", **{"participant": one, "from": MARKET, "amount": amount}),
        ]

    def trade(self, dice: random.Random) -> list[Said]:
        """Moves, recovers or cancels some of a certificate."""
        held = [(one, holder, wh) for (one, holder), wh in sorted(self.held.items()) if wh]
        if not held:
            return []
        one, holder, wh = dice.choice(held)
        moved = dice.choice([wh, dice.randint(1, wh)])
        self.held[one, holder] -= moved
        kind = dice.randrange(3)
        by = {"operator": holder, "from": holder}
        if kind == 2:
            statement = self.next("statement")
            terms = (b"\1" * 32, b"\2" * 32, 5, 9, b"FR", b"\3" * 32)
            return [
                said("GuaranteeOfOrigin.TransferSingle", **by, to=NO_ADDRESS, id=one, value=moved),
                said("GuaranteeOfOrigin.CertificateCancelled", statement=statement, id=one, wh=moved),
                said(
                    "GuaranteeOfOrigin.StatementIssued", statement=statement, holder=holder, terms=terms, totalWh=moved
                ),
            ]
        target = wallet(dice.randint(1, 5) + 40)
        self.held[one, target] = self.held.get((one, target), 0) + moved
        events = [said("GuaranteeOfOrigin.TransferBatch", **by, to=target, ids=[one], values=[moved])]
        if kind == 1:
            events.insert(0, said("GuaranteeOfOrigin.Recovered", oldWallet=holder, newWallet=target, ids=[one]))
        return events

    def group(self, dice: random.Random) -> list[Said]:
        """Wh into an export group, or out of one, or a decision."""
        return grouped(self, dice)

    def reward(self, dice: random.Random) -> list[Said]:
        """A target set and met, points spent at a partner."""
        if not self.size:
            return []
        one, period = dice.randint(1, self.size), self.next("period")
        offer, voucher = self.next("offer"), self.next("voucher")
        who = self.wallets[one]
        target = {"expectationWh": 100, "targetWh": 90, "formulaHash": b"\5" * 32}
        key: dict[str, Any] = {"participant": one, "period": period}
        return [
            said("GreenCoach.TargetSet", **key, firstInterval=START, endInterval=START + 9, **target),
            said("GreenCoach.Evaluated", **key, outcome=1, consumptionWh=80, points=500),
            said("Ecopoints.Awarded", member=who, amount=500, awardReference=b"\6" * 32),
            said("Ecopoints.Transfer", **{"from": NO_ADDRESS, "to": who, "value": 500}),
            said(
                "Ecopoints.OfferPublished",
                offer=offer,
                partner=PARTNER,
                price=200,
                stock=3,
                validUntil=2**40,
                metadata=b"\7" * 32,
            ),
            said("Ecopoints.VoucherIssued", voucher=voucher, offer=offer, member=one, wallet=who, price=200),
            said("Ecopoints.Transfer", **{"from": who, "to": PARTNER, "value": 200}),
            said("Ecopoints.VoucherUsed", voucher=voucher, offer=offer),
            said("Ecopoints.OfferClosed", offer=offer),
        ][: dice.choice([2, 4, 9])]

    def consent(self, dice: random.Random) -> list[Said]:
        """A consent given, and perhaps taken back."""
        if not self.size:
            return []
        who = {"consent": self.next("consent"), "participant": dice.randint(1, self.size), "grantee": wallet(77)}
        terms = {"directions": 3, "granularity": 2, "readsPerDay": 4, "purpose": b"\x08" * 32}
        when = {"validFrom": GENESIS, "validUntil": GENESIS + 10**6}
        return [
            said("ConsentRegistry.ConsentRequested", **who, **terms, **when),
            said("ConsentRegistry.ConsentGranted", **who, **terms, **when),
            said(dice.choice(["ConsentRegistry.ConsentRevoked", "ConsentRegistry.ConsentTerminated"]), **who),
        ][: dice.randint(1, 3)]

    def order(self, dice: random.Random) -> list[Said]:
        """An order placed, or all of them ended."""
        if not self.size:
            return []
        key = {"participant": dice.randint(1, self.size), "nonce": self.next("nonce"), "standing": dice.random() < 0.5}
        if dice.random() < 0.3:
            return [said("OrderBook.OrderCancelled", **key, fromInterval=START)]
        limits = {"buyLimit": 150_000, "sellLimit": -100, "buyCapWh": 10, "sellCapWh": 2**24 - 1}
        return [said("OrderBook.OrderPlaced", **key, shares=False, **limits, fromInterval=START, toInterval=2**32 - 1)]

    def refuse(self, dice: random.Random) -> list[Said]:
        """A run that the ledger skips, and a reading that contradicts another."""
        who = {"participant": 1, "digest": b"\x09" * 32}
        return [
            said("MeterLedger.RunSkipped", **who, firstInterval=START, reason=4, detail=2**160 - 1),
            said("MeterLedger.ReadingConflict", **who, interval=START, recorded=2**51 - 1, given=1),
        ]

    def _issue(
        self, one: int, interval: int, reading: Reading, sold_wh: int, held: dict[tuple[int, str], int]
    ) -> list[Said]:
        split = certificate_split(reading, sold_wh)
        if not split.issued_wh or not one % 2:
            return []
        number, holder = one << 32 | interval, self.wallets[one]
        issued = said(
            "GuaranteeOfOrigin.Issued",
            id=number,
            participant=one,
            holder=holder,
            ownUseWh=split.own_use_wh,
            soldWh=split.sold_wh,
            mintedWh=split.minted_wh,
        )
        if not split.minted_wh:
            return [issued]
        held[number, holder] = split.minted_wh
        parties = {"operator": MARKET, "from": NO_ADDRESS, "to": holder}
        return [issued, said("GuaranteeOfOrigin.TransferSingle", **parties, id=number, value=split.minted_wh)]


ACTS = (
    *("join", "change", "record", "record", "record", "clear", "settle_on", "settle_on", "settle_late"),
    *("pay", "trade", "group", "reward", "consent", "order", "refuse"),
)
"""Names of the acts, the frequent ones more than once."""
