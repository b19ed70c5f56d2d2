"""The state of a community on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from wattcommons.chain.state import (
    NO_FILLS_HASH,
    StoredCertificate,
    StoredConsent,
    StoredEpoch,
    StoredGroup,
    StoredOutcome,
)


@dataclass
class PaperState:
    """What the chain keeps, as plain dictionaries."""

    block: int = 0
    timestamp: int = 0
    terms: dict[str, int] = field(default_factory=dict)
    kept: dict[tuple[int, int], int] = field(default_factory=dict)
    outcome: dict[int, StoredOutcome] = field(default_factory=dict)
    hashes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    cursors: dict[int, int] = field(default_factory=dict)
    balances: Counter[int] = field(default_factory=Counter)
    grid: int = 0
    under_way: int = 0
    network: int = 0
    euro: Counter[str] = field(default_factory=Counter)
    issued: Counter[int] = field(default_factory=Counter)
    totals: dict[int, list[int]] = field(default_factory=dict)
    held: Counter[tuple[str, int]] = field(default_factory=Counter)
    statement_count: int = 0
    points: Counter[str] = field(default_factory=Counter)
    wallets: dict[int, str] = field(default_factory=dict)
    gateways: dict[int, str] = field(default_factory=dict)
    powers: dict[int, int] = field(default_factory=dict)
    consent_rows: list[StoredConsent] = field(default_factory=list)
    group_rows: list[StoredGroup] = field(default_factory=list)
    locked: Counter[tuple[int, int]] = field(default_factory=Counter)
    exported: Counter[int] = field(default_factory=Counter)
    judged: dict[tuple[int, int], tuple[int, int, int, int]] = field(default_factory=dict)

    def settings(self) -> dict[str, int]:
        return self.terms

    def registered(self) -> tuple[int, int, int]:
        return len(self.wallets), len(self.wallets), 1

    def members(self, indices: Sequence[int]) -> list[tuple[str, bool]]:
        return [(self.wallets[one], True) for one in indices]

    def epochs(self, places: Sequence[tuple[int, int]]) -> list[StoredEpoch]:
        return [
            StoredEpoch(self.gateways[one], 9_000, self.powers.get(one, 9_000), 1, 1, False, False) for one, _ in places
        ]

    def readings(self, participant: int, first: int, count: int) -> list[int]:
        return [self.kept.get((participant, interval), 0) for interval in range(first, first + count)]

    def outcomes(self, intervals: Sequence[int]) -> list[StoredOutcome]:
        return [self.outcome.get(i, StoredOutcome(0, 0, False, False, False, False)) for i in intervals]

    def fills_hashes(self, chunks: Sequence[tuple[int, int]]) -> list[bytes]:
        return [self.hashes.get(chunk, NO_FILLS_HASH) for chunk in chunks]

    def progress(self, interval: int, low: int, high: int) -> int:
        return self.cursors.get(interval, 0)

    def accounts(self, participants: Sequence[int]) -> list[int]:
        return [self.balances[one] for one in participants]

    def pooled(self) -> tuple[int, int]:
        return self.grid, self.network

    def in_settlement(self) -> int:
        return self.under_way

    def euro_supply(self) -> int:
        return sum(self.euro.values())

    def euro_balances(self, holders: Sequence[str]) -> list[int]:
        return [self.euro[one] for one in holders]

    def certificates(self, ids: Sequence[int]) -> list[StoredCertificate]:
        return [StoredCertificate(self.issued[one], 0, 0) for one in ids]

    def certificate_balances(self, holdings: Sequence[tuple[str, int]]) -> list[int]:
        return [self.held[one] for one in holdings]

    def device_totals(self, devices: Sequence[int]) -> list[tuple[int, int, int]]:
        return [tuple(self.totals.get(one, [0, 0, 0])) for one in devices]  # type: ignore[misc]

    def device_debts(self, devices: Sequence[int]) -> list[int]:
        return [0 for _ in devices]

    def earlier_readings(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        return [() for _ in places]

    def statements(self) -> int:
        return self.statement_count

    def groups(self) -> list[StoredGroup]:
        return self.group_rows

    def locked_in(self, places: Sequence[tuple[int, int]]) -> list[int]:
        return [self.locked[one] for one in places]

    def exported_of(self, devices: Sequence[int]) -> list[int]:
        return [self.exported[one] for one in devices]

    def points_supply(self) -> int:
        return sum(self.points.values())

    def points_balances(self, holders: Sequence[str]) -> list[int]:
        return [self.points[one] for one in holders]

    def consents(self) -> list[StoredConsent]:
        return self.consent_rows

    def evaluations(self, periods: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
        return [self.judged.get(one, (0, 0, 0, 0)) for one in periods]
