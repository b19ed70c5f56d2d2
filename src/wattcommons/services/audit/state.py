"""What the audit asks of the chain's state: one block's, whoever answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wattcommons.chain.state import StoredCertificate, StoredConsent, StoredEpoch, StoredGroup, StoredOutcome


class State(Protocol):
    """The state of a community at `block`; `chain.state.StateReader` is the one of a node. Units as there."""

    block: int
    timestamp: int

    def settings(self) -> dict[str, int]:
        """What the constructors fixed."""
        ...

    def registered(self) -> tuple[int, int, int]:
        """How many members, participants and devices there are."""
        ...

    def members(self, indices: Sequence[int]) -> list[tuple[str, bool]]:
        """Wallet of members and whether their account is open."""
        ...

    def epochs(self, places: Sequence[tuple[int, int]]) -> list[StoredEpoch]:
        """State of (participant, interval)."""
        ...

    def readings(self, participant: int, first: int, count: int) -> list[int]:
        """Stored forms of readings."""
        ...

    def outcomes(self, intervals: Sequence[int]) -> list[StoredOutcome]:
        """What became of intervals."""
        ...

    def fills_hashes(self, chunks: Sequence[tuple[int, int]]) -> list[bytes]:
        """Stored hash of (interval, chunk)."""
        ...

    def progress(self, interval: int, low: int, high: int) -> int:
        """Highest participant settled of a cleared interval that is not final."""
        ...

    def accounts(self, participants: Sequence[int]) -> list[int]:
        """Balances with the market, n€."""
        ...

    def pooled(self) -> tuple[int, int]:
        """The grid's and the network's balance, n€."""
        ...

    def in_settlement(self) -> int:
        """What intervals that are settled in part have yet to book, n€."""
        ...

    def euro_supply(self) -> int:
        """All euro, n€."""
        ...

    def euro_balances(self, holders: Sequence[str]) -> list[int]:
        """Euro of accounts, n€."""
        ...

    def certificates(self, ids: Sequence[int]) -> list[StoredCertificate]:
        """What is kept of certificates."""
        ...

    def certificate_balances(self, holdings: Sequence[tuple[str, int]]) -> list[int]:
        """Wh of (wallet, id)."""
        ...

    def device_totals(self, devices: Sequence[int]) -> list[tuple[int, int, int]]:
        """Wh issued, cancelled, withdrawn of devices."""
        ...

    def device_debts(self, devices: Sequence[int]) -> list[int]:
        """Wh that devices owe for corrections."""
        ...

    def earlier_readings(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """What stood at (participant, interval) before its corrections, in order, as the ledger packs it."""
        ...

    def statements(self) -> int:
        """Number of cancellation statements."""
        ...

    def groups(self) -> list[StoredGroup]:
        """All export groups, from number 1 on."""
        ...

    def locked_in(self, places: Sequence[tuple[int, int]]) -> list[int]:
        """Wh of (export group, id)."""
        ...

    def exported_of(self, devices: Sequence[int]) -> list[int]:
        """Wh of devices that were exported."""
        ...

    def points_supply(self) -> int:
        """All points, mPt."""
        ...

    def points_balances(self, holders: Sequence[str]) -> list[int]:
        """Points of accounts, mPt."""
        ...

    def consents(self) -> list[StoredConsent]:
        """All consents and requests, from number 1 on."""
        ...

    def evaluations(self, periods: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
        """Outcome, next interval, Wh and mPt of (participant, period)."""
        ...
