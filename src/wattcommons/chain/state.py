"""Reading much of a community's state at one block: many calls in one request, all of the same block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from wattcommons.chain.batch import Read, read_all, read_wide
from wattcommons.chain.contracts import Contracts

INTERVALS_A_CALL: Final = 500
HOLDINGS_A_CALL: Final = 250
NO_FILLS_HASH: Final = bytes(22)
"""Kept where there is no such chunk."""


class StoredOutcome(NamedTuple):
    """What the market keeps of an interval; `price` is µ€/kWh, meaningless without `has_price`."""

    price: int
    matched_wh: int
    cleared: bool
    settled: bool
    has_price: bool
    left_out: bool


class StoredEpoch(NamedTuple):
    """What the registry keeps of a participant in an interval; powers in W."""

    gateway: str
    import_w: int
    export_w: int
    source: int
    basis: int
    suspended: bool
    silent: bool


class StoredCertificate(NamedTuple):
    """What the token keeps of a certificate, Wh; claimant 0 for none."""

    issued_wh: int
    claimable_wh: int
    claimant: int


class StoredConsent(NamedTuple):
    """What the consent registry keeps. `terms` as in the contract; `state`: as of the block; times in unix seconds."""

    terms: tuple[Any, ...]
    state: int
    requested_at: int
    granted_at: int
    ended_at: int


class StoredGroup(NamedTuple):
    """What is kept of an export group. `wh`: in it, at most 1,000,000; `reference`: zero until exported."""

    device: int
    member: int
    first_interval: int
    last_interval: int
    wh: int
    state: int
    reference: bytes


def fills_hash(fills: bytes) -> bytes:
    """What the market keeps of a settled chunk's packed fills: the first 22 bytes of their hash."""
    return bytes(keccak(fills))[: len(NO_FILLS_HASH)]


class StateReader:
    """The state of a deployment at a block, in bulk. Raises NodeUnavailable when the node fails or forgot the block."""

    def __init__(self, contracts: Contracts, block: int) -> None:
        self._contracts = contracts
        self.block = block
        header = contracts.web3.eth.get_block(block)
        self.timestamp = int(header["timestamp"])

    def settings(self) -> dict[str, int]:
        """What the constructors fixed, by the names of CommunityTerms (truth values as 0 and 1)."""
        length, lead, k, (grid, fee), deadline, silence, points, award, grace, window = self._read(
            [
                Read("EnergyMarket", "intervalLength"),
                Read("EnergyMarket", "gateLead"),
                Read("EnergyMarket", "kPpm"),
                Read("EnergyMarket", "collects"),
                Read("MeterLedger", "deadlineSeconds"),
                Read("MeterLedger", "silenceAfter"),
                Read("GreenCoach", "pointsPerKwh"),
                Read("GreenCoach", "maxAward"),
                Read("GreenCoach", "dataGrace"),
                Read("Corrections", "windowSeconds"),
            ]
        )
        return {
            "interval_minutes": length // 60,
            "gate_lead_s": lead,
            "k_ppm": k,
            "collect_grid": int(grid),
            "collect_network_fee": int(fee),
            "deadline_s": deadline,
            "silence_after": silence,
            "points_per_kwh": points,
            "max_award_mpt": award,
            "data_grace_s": grace,
            "correction_window_s": window,
        }

    def registered(self) -> tuple[int, int, int]:
        """How many members, participants and devices there are."""
        names = ("memberCount", "participantCount", "deviceCount")
        members, participants, devices = self._read([Read("MemberRegistry", name) for name in names])
        return members, participants, devices

    def members(self, indices: Sequence[int]) -> list[tuple[str, bool]]:
        """Wallet of members and whether their account is open."""
        found = self._each("MemberRegistry", "memberInfo", [(index,) for index in indices])
        return [(wallet, active) for wallet, active, _ in found]

    def epochs(self, places: Sequence[tuple[int, int]]) -> list[StoredEpoch]:
        """State of (participant, interval)."""
        return [StoredEpoch(*found) for found in self._each("MemberRegistry", "epochAt", places)]

    def readings(self, participant: int, first: int, count: int) -> list[int]:
        """Stored forms of consecutive readings: production 24 bits | consumption 24 | quality 2 | late 1; 0 absent."""
        parts = [
            Read("MeterLedger", "readingsOf", (participant, first + at, min(INTERVALS_A_CALL, count - at)))
            for at in range(0, count, INTERVALS_A_CALL)
        ]
        return [stored for part in self._read(parts) for stored in part]

    def outcomes(self, intervals: Sequence[int]) -> list[StoredOutcome]:
        """What became of intervals."""
        return [StoredOutcome(*found) for found in self._each("EnergyMarket", "outcomeOf", [(i,) for i in intervals])]

    def fills_hashes(self, chunks: Sequence[tuple[int, int]]) -> list[bytes]:
        """Stored hash of (interval, chunk), NO_FILLS_HASH where there is none."""
        return self._each("EnergyMarket", "fillsHash", chunks)

    def progress(self, interval: int, low: int, high: int) -> int:
        """Highest participant settled of an interval that is cleared and not final."""
        return int(self._one("EnergyMarket", "progressOf", interval, low, high))

    def accounts(self, participants: Sequence[int]) -> list[int]:
        """Balances with the market, n€."""
        return self._each("EnergyMarket", "balanceOf", [(index,) for index in participants])

    def pooled(self) -> tuple[int, int]:
        """The grid's and the network's balance with the market, n€."""
        grid, network = self._one("EnergyMarket", "pooledBalances")
        return int(grid), int(network)

    def in_settlement(self) -> int:
        """What intervals that are settled in part have yet to book, n€."""
        return int(self._one("EnergyMarket", "inSettlement"))

    def euro_supply(self) -> int:
        """All euro, n€."""
        return int(self._one("CommunityEuro", "totalSupply"))

    def euro_balances(self, holders: Sequence[str]) -> list[int]:
        """Euro in wallets, n€."""
        return self._each("CommunityEuro", "balanceOf", [(holder,) for holder in holders])

    def certificates(self, ids: Sequence[int]) -> list[StoredCertificate]:
        """What is kept of certificates."""
        found = self._each("GuaranteeOfOrigin", "certificate", [(one,) for one in ids])
        return [StoredCertificate(one[6], one[7], one[8]) for one in found]

    def certificate_balances(self, holdings: Sequence[tuple[str, int]]) -> list[int]:
        """Wh held of (wallet, id)."""
        calls = []
        for at in range(0, len(holdings), HOLDINGS_A_CALL):
            part = holdings[at : at + HOLDINGS_A_CALL]
            arguments = ([wallet for wallet, _ in part], [one for _, one in part])
            calls.append(Read("GuaranteeOfOrigin", "balanceOfBatch", arguments))
        return [wh for part in self._read(calls) for wh in part]

    def device_totals(self, devices: Sequence[int]) -> list[tuple[int, int, int]]:
        """Wh issued, cancelled and withdrawn of devices."""
        return self._each("GuaranteeOfOrigin", "totalsOf", [(device,) for device in devices])

    def device_debts(self, devices: Sequence[int]) -> list[int]:
        """Wh that devices owe for corrections."""
        return self._each("GuaranteeOfOrigin", "debtOf", [(device,) for device in devices])

    def earlier_readings(self, places: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        """What stood at (participant, interval) before its corrections, in order, as the ledger packs it."""
        return [tuple(one) for one in self._each("Corrections", "earlierReadings", places)]

    def statements(self) -> int:
        """Number of cancellation statements."""
        return int(self._one("GuaranteeOfOrigin", "statementCount"))

    def groups(self) -> list[StoredGroup]:
        """All export groups, from number 1 on."""
        count = int(self._one("ExportGroups", "groupCount"))
        found = self._each("ExportGroups", "groupInfo", [(number,) for number in range(1, count + 1)])
        return [StoredGroup(*one) for one in found]

    def locked_in(self, places: Sequence[tuple[int, int]]) -> list[int]:
        """Wh of (export group, id)."""
        return self._each("ExportGroups", "lockedIn", places)

    def exported_of(self, devices: Sequence[int]) -> list[int]:
        """Wh of devices that were exported."""
        return self._each("ExportGroups", "exportedOf", [(device,) for device in devices])

    def points_supply(self) -> int:
        """All points, mPt."""
        return int(self._one("Ecopoints", "totalSupply"))

    def points_balances(self, holders: Sequence[str]) -> list[int]:
        """Points of accounts, mPt."""
        return self._each("Ecopoints", "balanceOf", [(holder,) for holder in holders])

    def consents(self) -> list[StoredConsent]:
        """All consents and requests, from number 1 on; addresses checksummed."""
        count = int(self._one("ConsentRegistry", "consentCount"))
        found = self._each("ConsentRegistry", "consentInfo", [(number,) for number in range(1, count + 1)])
        return [StoredConsent(_terms(terms), *rest) for terms, *rest in found]

    def evaluations(self, periods: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
        """Outcome, next interval, consumption (Wh) and points (mPt) of (participant, period)."""
        return self._each("GreenCoach", "evaluationOf", periods)

    def _one(self, contract: str, function: str, *arguments: Any) -> Any:
        [found] = self._read([Read(contract, function, arguments)])
        return found

    def _each(self, contract: str, function: str, arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
        reads = [Read(contract, function, one) for one in arguments]
        if contract == "EnergyMarket":  # it alone takes many calls in one
            return read_wide(self._contracts, reads, block=self.block)
        return self._read(reads)

    def _read(self, reads: Sequence[Read]) -> list[Any]:
        return read_all(self._contracts, reads, block=self.block)


def _terms(terms: Sequence[Any]) -> tuple[Any, ...]:
    participant, grantee, *rest = terms
    return (participant, to_checksum_address(grantee), *rest)
