"""The audit of a real chain: clean as it is, and broken and named as soon as a log is doctored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_utils.abi import event_abi_to_log_topic

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import MILL, ROOF, Eventful, found, live
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.events import decode_logs
from wattcommons.chain.logs import ChainLogs, FileLogs, RawLog, save_logs
from wattcommons.chain.node import connect
from wattcommons.chain.roles import Role
from wattcommons.chain.state import StateReader
from wattcommons.chain.stored import reading_of
from wattcommons.domain.readings import Quality
from wattcommons.errors import InputError
from wattcommons.services.audit import accounting, checks
from wattcommons.services.audit.book import Audit, book
from wattcommons.services.audit.provenance import certificate
from wattcommons.services.audit.recorded import recorded_by
from wattcommons.services.audit.report import AuditReport

pytestmark = pytest.mark.integration


@dataclass(frozen=True)
class Lived:
    """A community after its day, with all logs of it."""

    day: Eventful
    marks: Mapping[str, int]
    logs: tuple[RawLog, ...]

    @property
    def contracts(self) -> Contracts:
        return self.day.community.contracts

    def audit(self, logs: list[RawLog]) -> AuditReport:
        """The report on other logs than the chain's own."""
        return book(self.contracts, source=_Given(logs))

    def find(self, contract: str, event: str, nth: int = 0) -> int:
        """Position of the nth log of a kind."""
        [item] = [one for one in load_artifact(contract).abi if one["type"] == "event" and one["name"] == event]
        wanted = (self.day.community.deployment.address(contract).lower(), event_abi_to_log_topic(item))
        return [i for i, log in enumerate(self.logs) if (log.address, log.topics[0]) == wanted][nth]


@dataclass(frozen=True)
class _Given:
    """Logs from a list."""

    given: list[RawLog]

    def logs(self, first_block: int, last_block: int) -> Iterator[RawLog]:
        return iter(self.given)


@pytest.fixture(scope="module")
def lived() -> Iterator[Lived]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        web3 = connect(running.ipc_path)
        day = found(web3)
        marks = live(day, corrections=True, exports=True)
        source = ChainLogs(web3, day.community.deployment, blocks_a_request=50)
        logs = tuple(source.logs(day.community.deployment.block, web3.eth.block_number))
        yield Lived(day, marks, logs)


def _word(data: bytes, position: int, change: Callable[[int], int]) -> bytes:
    """Data with one of its words changed."""
    at = 32 * position
    value = change(int.from_bytes(data[at : at + 32], "big", signed=True))
    return data[:at] + value.to_bytes(32, "big", signed=True) + data[at + 32 :]


@pytest.mark.parametrize(
    ("contract", "event", "word", "check"),
    [
        ("EnergyMarket", "IntervalCleared", 0, checks.CLEARINGS),
        ("EnergyMarket", "IntervalCleared", 2, checks.CLEARINGS),
        ("EnergyMarket", "IntervalCleared", 3, checks.CLEARINGS),
        ("EnergyMarket", "AccountWithdrawn", 0, checks.EURO),
        ("GuaranteeOfOrigin", "Issued", 2, checks.ISSUES),
        ("GuaranteeOfOrigin", "CertificateCancelled", 0, checks.CERTIFICATES),
        ("GreenCoach", "Evaluated", 1, checks.POINTS),
        ("Ecopoints", "Awarded", 0, checks.POINTS),
        ("MeterLedger", "IntervalFrozen", 1, checks.FREEZES),
        *(("Corrections", "ReadingCorrected", word, checks.CORRECTIONS) for word in range(5)),
        ("GuaranteeOfOrigin", "IssuedMore", 0, checks.CORRECTIONS),
        ("GuaranteeOfOrigin", "DebtSet", 0, checks.CORRECTIONS),
        ("ExportGroups", "GroupAdded", 2, checks.EXPORTS),
        ("ExportGroups", "GroupReleased", 2, checks.EXPORTS),
        ("ExportGroups", "GroupExported", 0, checks.EXPORTS),
    ],
)
def test_book__one_more_in_a_log__named_with_its_transaction(
    lived: Lived, contract: str, event: str, word: int, check: str
) -> None:
    position = lived.find(contract, event)
    original = lived.logs[position]
    logs = list(lived.logs)
    logs[position] = original._replace(data=_word(original.data, word, lambda value: value + 1))
    report = lived.audit(logs)
    assert not report.ok
    assert original.tx_hash in {entry.tx for entry in report.check(check).broken}


def test_book__forged_signature__named_with_its_transaction(lived: Lived) -> None:
    position = lived.find("MeterLedger", "RunsRecorded", 3)
    original = lived.logs[position]
    signature_at = 64 + 10  # offset and length words, then participant, interval and count
    data = bytearray(original.data)
    data[signature_at + 5] ^= 1
    logs = [*lived.logs[:position], original._replace(data=bytes(data)), *lived.logs[position + 1 :]]
    report = lived.audit(logs)
    [broken] = report.check(checks.SIGNATURES).broken
    assert broken.tx == original.tx_hash


def test_book__withheld_log__found(lived: Lived) -> None:
    for contract, event, check in (
        ("EnergyMarket", "FillsSettled", checks.FILLS),
        ("MemberRegistry", "LimitsSet", checks.REGISTRY),
        ("MemberRegistry", "MemberActiveSet", checks.ISSUES),
        ("MemberRegistry", "SuspensionSet", checks.CLEARINGS),
        ("MemberRegistry", "GatewayRotated", checks.SIGNATURES),
        ("OrderBook", "OrderCancelled", checks.CLEARINGS),
        ("EnergyMarket", "LateSettled", checks.ISSUES),
        ("GuaranteeOfOrigin", "Withdrawn", checks.CERTIFICATES),
    ):
        position = lived.find(contract, event)
        report = lived.audit([*lived.logs[:position], *lived.logs[position + 1 :]])
        assert not report.check(check).ok, f"{contract}.{event} is not missed"


def test_book__any_kind_of_log_withheld__found(lived: Lived) -> None:
    harmless = {  # they repeat what follows from others, or change nothing that anybody holds
        "GreenCoach.EvaluationAdvanced",
        "Ecopoints.VoucherUsed",
        "Ecopoints.OfferClosed",
        "Ecopoints.Recovered",
    }
    unnoticed = set()
    for kind in Audit(lived.day.community.deployment).reads:
        position = lived.find(*kind.split("."))
        if lived.audit([*lived.logs[:position], *lived.logs[position + 1 :]]).ok:
            unnoticed.add(kind)
    assert unnoticed == harmless


def test_certificate__forged_run__signature_named(lived: Lived) -> None:
    wanted = certificate(lived.contracts, lived.marks["traded"]).reading.tx
    position = next(at for at, log in enumerate(lived.logs) if log.tx_hash == wanted)
    data = bytearray(lived.logs[position].data)
    data[64 + 10] ^= 1
    forged = lived.logs[position]._replace(data=bytes(data))
    logs = [*lived.logs[:position], forged, *lived.logs[position + 1 :]]
    tree = certificate(lived.contracts, lived.marks["traded"], source=_Given(logs))
    assert not tree.ok
    assert not tree.reading.signature_holds


def test_certificate__never_issued__refused(lived: Lived) -> None:
    with pytest.raises(InputError, match="was never issued"):
        certificate(lived.contracts, 1 << 32)
    with pytest.raises(InputError, match="not a certificate's number"):
        certificate(lived.contracts, 7)


def test_book__eventful_day__every_line_holds(lived: Lived) -> None:
    report = book(lived.contracts)
    assert report.ok, [str(entry) for entry in report.broken]
    assert all(check.counted for check in report.checks)
    half = lived.marks["half"]
    assert report.check(checks.COVERAGE).detail == f"2 open: {half}-{half + 1}"
    _, _, cleared, settled, _, _ = lived.contracts.read("EnergyMarket", "outcomeOf", half)
    assert (cleared, settled) == (True, False)


def test_book__corrected_readings__lines_add_up_to_what_stands_there(lived: Lived) -> None:
    found = {(line.side, line.name): line.wh for line in book(lived.contracts).lines}
    up, down = certificate(lived.contracts, lived.marks["corrected"]).corrections
    paid = certificate(lived.contracts, lived.marks["paying"]).moves[0].wh
    assert found[accounting.PRODUCED, accounting.MORE] == up.more_wh
    assert found[accounting.PRODUCED, accounting.TAKEN] == -down.withdrawn_wh - paid
    debt = lived.contracts.read("GuaranteeOfOrigin", "debtOf", 1)
    assert found.get((accounting.PRODUCED, accounting.OWED), 0) == -debt == paid - down.owed_wh
    produced = consumed = 0
    for participant in range(1, 6):
        for stored in lived.contracts.read("MeterLedger", "readingsOf", participant, lived.day.first, 60):
            kept, _ = reading_of(stored)
            produced, consumed = produced + kept.production_wh, consumed + kept.consumption_wh
    assert sum(wh for (side, _), wh in found.items() if side == accounting.PRODUCED) == produced
    assert sum(wh for (side, _), wh in found.items() if side == accounting.CONSUMED) == consumed


def test_book__eventful_day__knows_every_kind_of_event_it_reads(lived: Lived) -> None:
    seen = {event.key for event in decode_logs(lived.day.community.deployment, lived.logs)}
    assert Audit(lived.day.community.deployment).reads <= seen


def test_book__saved_logs__same_report(lived: Lived, tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    assert save_logs(lived.logs, path) == len(lived.logs)
    report = book(lived.contracts, source=FileLogs(path))
    assert report == book(lived.contracts)


def test_book__fills_in_many_chunks__all_checked(lived: Lived) -> None:
    chunks: dict[int, list[int]] = {}
    for event in decode_logs(lived.day.community.deployment, lived.logs):
        if event.name == "FillsSettled":
            chunks.setdefault(event.args["interval"], []).append(event.args["chunk"])
    assert chunks[lived.marks["chunked"]] == [0, 1, 2, 3]
    assert chunks[lived.marks["half"]] == [0]


def test_certificate__traded__whole_tree(lived: Lived) -> None:
    tree = certificate(lived.contracts, lived.marks["traded"])
    assert tree.ok, [str(entry) for check in tree.checks for entry in check.broken]
    assert (tree.device.index, tree.reading.participant, tree.reading.production_wh) == (2, ROOF, 640)
    assert tree.reading.late
    assert tree.reading.signature_holds
    assert tree.reading.signer == lived.day.keys[ROOF].address
    assert tree.issue.minted_wh == 610
    assert [(move.kind, move.wh) for move in tree.moves] == [
        ("transfer", 300),
        ("transfer", 10),
        ("cancellation", 100),
        ("withdrawal", 5),
        ("recovery", 190),
    ]
    assert tree.moves[2].statement is not None
    assert tree.moves[2].statement["country"] == "FR"
    assert sum(wh for _, wh in tree.held) == 610 - 105


def test_certificate__in_export_groups__locks_releases_and_the_export_in_the_tree(lived: Lived) -> None:
    tree = certificate(lived.contracts, lived.marks["exported"])
    assert tree.ok, [str(entry) for check in tree.checks for entry in check.broken]
    told = [(move.kind, move.wh, move.group) for move in tree.moves]
    assert told == [("lock", 900_000, 1), ("export", 900_000, 1), ("lock", 7, 4)]
    assert tree.moves[1].reference == "0x" + "0a" * 32
    assert (tree.locked_wh, tree.exported_wh) == (7, 900_000)
    assert sum(wh for _, wh in tree.held) + tree.locked_wh + tree.exported_wh == tree.issue.minted_wh
    other = certificate(lived.contracts, lived.marks["grouped"])
    assert other.ok
    assert {move.kind for move in other.moves} == {"lock", "release", "export"}
    assert (other.locked_wh, other.exported_wh) == (1_999_999, 100_000)


def test_certificate__claimed__claim_in_the_tree(lived: Lived) -> None:
    tree = certificate(lived.contracts, lived.marks["claimed"])
    assert tree.ok
    assert tree.issue.holder == ""
    assert [move.kind for move in tree.moves][:2] == ["claim", "transfer"]
    assert tree.clearing is not None
    assert tree.clearing.agrees
    assert sum(wh for _, wh in tree.clearing.sold_to) == tree.issue.sold_wh


def test_certificate__corrected_twice__each_with_what_followed(lived: Lived) -> None:
    tree = certificate(lived.contracts, lived.marks["corrected"])
    assert tree.ok, [str(entry) for check in tree.checks for entry in check.broken]
    assert (tree.reading.production_wh, tree.reading.quality, tree.reading.signature_holds) == (3_000, "measured", True)
    up, down = tree.corrections
    assert (up.old_production_wh, up.production_wh, up.more_wh, up.withdrawn_wh, up.owed_wh) == (
        3_000,
        3_200,
        200,
        0,
        0,
    )
    assert (down.old_quality, down.production_wh, down.consumption_wh) == ("corrected", 2_000, 120)
    assert (down.more_wh, down.withdrawn_wh + down.owed_wh) == (0, 1_200)
    assert down.owed_wh > 0
    assert down.value_neur == down.booked_neur < 0
    assert down.sender == lived.day.community.keys.role(Role.METERING_OPERATOR).address
    moved = {move.kind: move.wh for move in tree.moves}
    assert (moved["issue"], moved["withdrawal"]) == (200, down.withdrawn_wh)
    held, cancelled = sum(wh for _, wh in tree.held), tree.issue.own_use_wh + tree.issue.sold_wh
    assert held + cancelled == down.production_wh + down.owed_wh


def test_book__a_reading_before_a_correction_is_lost__named(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = StateReader.earlier_readings

    def without_the_last(state: StateReader, places: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
        found = kept(state, places)
        assert found and all(found)
        return [*found[:-1], found[-1][:-1]]

    monkeypatch.setattr(StateReader, "earlier_readings", without_the_last)
    [entry] = [one for check in book(lived.contracts).checks for one in check.broken]
    assert "before it was corrected" in entry.entry


def test_certificate__pays_the_devices_debt__checks_hold(lived: Lived) -> None:
    tree = certificate(lived.contracts, lived.marks["paying"])
    assert tree.ok, [str(entry) for check in tree.checks for entry in check.broken]
    assert (tree.corrections, [move.kind for move in tree.moves]) == ((), ["withdrawal"])


@pytest.mark.parametrize("kind", ["IssuedMore", "DebtSet", "Withdrawn"])
def test_certificate__what_followed_a_correction_withheld__named(lived: Lived, kind: str) -> None:
    up, down = certificate(lived.contracts, lived.marks["corrected"]).corrections
    transaction = up.tx if kind == "IssuedMore" else down.tx
    events = decode_logs(lived.day.community.deployment, lived.logs)
    left_out = next(at for at, e in enumerate(events) if e.tx_hash == transaction and e.name == kind)
    logs = [*lived.logs[:left_out], *lived.logs[left_out + 1 :]]
    tree = certificate(lived.contracts, lived.marks["corrected"], source=_Given(logs))
    assert [check.name for check in tree.checks if not check.ok].count(checks.CORRECTIONS) == 1


def test_recorded__corrected_reading__stands_and_the_signed_one_is_reachable(lived: Lived) -> None:
    interval = lived.marks["corrected"] & 0xFFFFFFFF
    now = recorded_by(lived.contracts, [MILL])[MILL][interval]
    before = recorded_by(lived.contracts, [MILL], signed=True)[MILL][interval]
    assert (now.production_wh, now.quality) == (2_000, Quality.CORRECTED)
    assert (before.production_wh, before.quality) == (3_000, Quality.MEASURED)
