"""Export groups recomputed: each step by the rules, beside the token's moves, and the contract as it then has to be."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.audit.paper import DEPLOYMENT, FIRST, LENGTH, Paper, changed, key, reading, without
from wattcommons.chain.events import Event
from wattcommons.chain.state import StoredGroup
from wattcommons.services.audit import checks
from wattcommons.services.audit.report import AuditReport

pytestmark = pytest.mark.unit

EXPORTS = DEPLOYMENT.address("ExportGroups")
SUNNY = FIRST + 150
EARLY, LATE = 1 << 32 | SUNNY, 1 << 32 | SUNNY + 1
REFERENCE = b"\x0a" * 32


@pytest.fixture
def grouped(paper: Paper) -> Paper:
    """The roof makes 2 x 1.2 MWh: one group is exported, one declined and still full less what was released."""
    paper.next_tx()
    paper.emit("MemberRegistry.LimitsSet", participant=2, importW=9_000, exportW=6_000_000, fromInterval=SUNNY)
    paper.state.powers[2] = 6_000_000
    for interval in (SUNNY, SUNNY + 1):
        paper.record(1, interval, reading(0, 400))
        paper.record(2, interval, reading(1_200_000, 100))
        paper.record(3, interval, reading(0, 250))
        paper.clear(interval)
    _open(paper, 1)
    _add(paper, 1, {LATE: 5_000, EARLY: 900_000}, 905_000)
    _release(paper, 1, {LATE: 4_000}, 901_000)
    _add(paper, 1, {LATE: 99_000}, 1_000_000)
    paper.next_tx()
    paper.emit("ExportGroups.GroupExported", group=1, nationalReference=REFERENCE)
    _open(paper, 2)
    _add(paper, 2, {LATE: 1_000_000}, 1_000_000)
    paper.next_tx()
    paper.emit("ExportGroups.GroupDeclined", group=2, reason=bytes(32))
    paper.state.locked.update({(1, EARLY): 900_000, (1, LATE): 100_000, (2, LATE): 1_000_000})
    paper.state.exported[1] = 1_000_000
    paper.state.group_rows = [
        StoredGroup(1, 2, SUNNY, SUNNY + 1, 1_000_000, 3, REFERENCE),
        StoredGroup(1, 2, SUNNY + 1, SUNNY + 1, 1_000_000, 1, bytes(32)),
    ]
    return paper


def _open(paper: Paper, group: int) -> None:
    paper.next_tx()
    paper.emit("ExportGroups.GroupOpened", group=group, device=1, member=2)


def _add(paper: Paper, group: int, amounts: dict[int, int], total: int) -> None:
    _step(paper, "GroupAdded", group, amounts, total, paper.wallets[2], EXPORTS)


def _release(paper: Paper, group: int, amounts: dict[int, int], total: int) -> None:
    _step(paper, "GroupReleased", group, amounts, total, EXPORTS, paper.wallets[2])


def _step(paper: Paper, name: str, group: int, amounts: dict[int, int], total: int, sender: str, receiver: str) -> None:
    ids, values = list(amounts), list(amounts.values())
    if name == "GroupReleased" or paper.events[-1].name != "GroupOpened":
        paper.next_tx()
    holder = paper.wallets[2]
    paper.emit(f"ExportGroups.{name}", group=group, holder=holder, ids=ids, amounts=values, totalWh=total)
    args = {"operator": EXPORTS, "from": sender, "to": receiver, "ids": ids, "values": values}
    paper.emit("GuaranteeOfOrigin.TransferBatch", **args)
    for one, wh in amounts.items():
        paper.state.held[sender, one] -= wh
        paper.state.held[receiver, one] += wh


def _broken(report: AuditReport) -> set[str]:
    return {check.name for check in report.checks if not check.ok}


def test_exports__as_it_was__every_line_holds(grouped: Paper) -> None:
    report = grouped.audit()
    assert report.ok, [str(one) for one in report.broken]
    assert "1000000 exported" in report.check(checks.CONSERVATION).detail


@pytest.mark.parametrize(
    ("name", "nth"),
    [
        ("GroupOpened", 0),
        ("GroupAdded", 0),
        ("GroupAdded", 2),
        ("GroupReleased", 0),
        ("GroupExported", 0),
        ("GroupDeclined", 0),
    ],
)
def test_exports__withheld_log__found(grouped: Paper, name: str, nth: int) -> None:
    events, _ = without(grouped.events, f"ExportGroups.{name}", nth)
    assert checks.EXPORTS in _broken(grouped.audit(events))


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_exports__withheld_move_of_the_token__found_with_its_transaction(grouped: Paper, nth: int) -> None:
    events, event = without(grouped.events, "GuaranteeOfOrigin.TransferBatch", nth)
    assert event.tx_hash in {one.tx for one in grouped.audit(events).check(checks.EXPORTS).broken}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("GroupOpened", {"device": 9}),
        ("GroupOpened", {"group": 2}),
        ("GroupAdded", {"group": 7}),
        ("GroupAdded", {"totalWh": 904_999}),
        ("GroupAdded", {"amounts": [5_001, 900_000]}),
        ("GroupAdded", {"ids": [2 << 32 | FIRST, EARLY]}),
        ("GroupAdded", {"holder": key(101).address}),
        ("GroupReleased", {"amounts": [5_001]}),
        ("GroupReleased", {"holder": key(101).address}),
        ("GroupExported", {"nationalReference": bytes(32)}),
        ("GroupExported", {"group": 2}),
        ("GroupDeclined", {"group": 1}),
    ],
)
def test_exports__step_against_the_rules__named(grouped: Paper, name: str, change: dict[str, Any]) -> None:
    events, event = changed(grouped.events, f"ExportGroups.{name}", **change)
    assert event.tx_hash in {one.tx for one in grouped.audit(events).check(checks.EXPORTS).broken}


def test_exports__wh_moved_without_a_group__found(grouped: Paper) -> None:
    grouped.next_tx()
    grouped.moved(EARLY, EXPORTS, grouped.wallets[1], 1)
    assert _broken(grouped.audit()) >= {checks.EXPORTS, checks.CERTIFICATES}


@pytest.mark.parametrize(
    ("doctor", "entry"),
    [
        (lambda state: state.group_rows.append(state.group_rows[1]), "number of export groups"),
        (lambda state: state.exported.update({1: 1}), "Wh exported of device 1"),
        (lambda state: state.locked.update({(2, LATE): 1}), f"Wh of certificate {LATE} in export group 2"),
        (
            lambda state: state.group_rows.__setitem__(0, state.group_rows[0]._replace(reference=b"\x0b" * 32)),
            "terms and state of export group 1",
        ),
        (
            lambda state: state.group_rows.__setitem__(1, state.group_rows[1]._replace(wh=1)),
            "terms and state of export group 2",
        ),
    ],
)
def test_exports__contract_keeps_something_else__named(grouped: Paper, doctor: Any, entry: str) -> None:
    doctor(grouped.state)
    [broken] = grouped.audit().check(checks.EXPORTS).broken
    assert broken.entry == entry


def test_exports__contract_holds_less_than_the_groups__certificates_named(grouped: Paper) -> None:
    grouped.state.held[EXPORTS, EARLY] -= 1
    [broken] = grouped.audit().check(checks.CERTIFICATES).broken
    assert broken.entry == f"Wh of certificate {EARLY} held by {EXPORTS}"


def test_exports__exported_after_twelve_months__named(grouped: Paper) -> None:
    late = (SUNNY + 1) * LENGTH + 366 * 86_400
    position = next(at for at, one in enumerate(grouped.events) if one.name == "GroupExported")
    event = grouped.events[position]
    grouped.events[position] = Event(
        event.contract, event.name, event.args, event.block, event.tx_hash, event.log_index, late
    )
    assert event.tx_hash in {one.tx for one in grouped.audit().check(checks.EXPORTS).broken}
