"""Issue of guarantees of origin: by the market only, once, to the Wh, whatever the holders' wallets do."""

from __future__ import annotations

import pytest

from tests.contracts.registry.kit import deploy
from tests.contracts.tokens.certificates import DEVICE, GOO, ID, INTERVAL, MOST, entry, held, issue, lifetime, totals
from tests.contracts.tokens.kit import LENGTH_S, NOBODY, Stage

pytestmark = pytest.mark.contracts

NOT_ISSUED, TRANSFERABLE = 0, 1


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "who",
    ["stranger", "prosumer", "operator", "issuing body", "treasurer", "coach", "partner", "deployer", "AccessManager"],
)
def test_issue__by_anyone_but_the_market__reverts(stage: Stage, who: str) -> None:
    refused = stage.refused(f"{GOO}.issue", INTERVAL, [entry(1, 1, 1, 1)], by=who)
    assert refused == ("GuaranteeOnlyMarket", stage.address(who).lower())


@pytest.mark.parametrize("second", [(500, 0, 0), (0, 1, 0), (0, 0, 7), (100, 200, 700)])
def test_issue__same_device_and_interval_again__reverts(stage: Stage, second: tuple[int, int, int]) -> None:
    issue(stage, entry(1, 100, 200, 700))
    refused = stage.refused(f"{GOO}.issue", INTERVAL, [entry(2, 1, 1, 1), entry(1, *second)], by="market")
    assert refused == ("GuaranteeAlreadyIssued", ID, 1_000)


def test_issue__same_device_twice_in_one_call__reverts(stage: Stage) -> None:
    refused = stage.refused(f"{GOO}.issue", INTERVAL, [entry(1, 0, 0, 7), entry(1, 0, 0, 7)], by="market")
    assert refused == ("GuaranteeAlreadyIssued", ID, 7)


def test_issue__through_another_participant_with_the_device__reverts(stage: Stage) -> None:
    issue(stage, entry(1, 0, 0, 7))
    stage.registry("setParticipant", 2, 2, DEVICE, True)
    refused = stage.refused(f"{GOO}.issue", INTERVAL, [entry(2, 0, 0, 5)], by="market")
    assert refused == ("GuaranteeAlreadyIssued", ID, 7)


@pytest.mark.parametrize("split", [(MOST, 1, 0), (MOST, 0, 1), (MOST, MOST, MOST)])
def test_issue__more_than_a_reading_holds__reverts(stage: Stage, split: tuple[int, int, int]) -> None:
    refused = stage.refused(f"{GOO}.issue", INTERVAL, [entry(1, *split)], by="market")
    assert refused == ("GuaranteeTooMuch", ID, sum(split), MOST)


def test_abi__any_function_that_changes_state__is_known_and_none_mints(stage: Stage) -> None:
    abi = stage.contracts[GOO].abi
    writes = {item["name"] for item in abi if item["type"] == "function" and item["stateMutability"] == "nonpayable"}
    assert writes == {
        "issue",
        "correct",
        "lock",
        "unlock",
        "claim",
        "cancel",
        "cancelFor",
        "withdraw",
        "recover",
        "safeTransferFrom",
        "safeBatchTransferFrom",
        "setApprovalForAll",
        "setAuthority",
    }


# ---------------------------------------------------------------------- effects


@pytest.mark.parametrize(
    ("own", "sold", "grid"),
    [(100, 200, 700), (0, 0, 1), (1, 0, 0), (0, 1, 0), (0, 0, MOST), (MOST, 0, 0), (MOST - 2, 1, 1)],
)
def test_issue__one_producer__all_wh_accounted(stage: Stage, own: int, sold: int, grid: int) -> None:
    receipt = issue(stage, entry(1, own, sold, grid))
    [event] = stage.events(receipt, f"{GOO}.Issued")
    assert event == {
        "id": ID,
        "participant": 1,
        "holder": stage.address("prosumer"),
        "ownUseWh": own,
        "soldWh": sold,
        "mintedWh": grid,
    }
    assert held(stage, "prosumer") == grid
    assert totals(stage) == (own + sold + grid, own + sold, 0)
    mints = stage.events(receipt, f"{GOO}.TransferSingle")
    assert [(mint["from"], mint["to"], mint["id"], mint["value"]) for mint in mints] == [
        (NOBODY, stage.address("prosumer"), ID, grid)
    ] * (grid > 0)


def test_certificate__issued__answers_for_itself(stage: Stage) -> None:
    stage.travel(lifetime().production_end + 200 * 86_400)
    issue(stage, entry(1, 100, 200, 700))
    known, end = lifetime(), lifetime().production_end
    assert stage.see(f"{GOO}.certificate", ID) == (
        DEVICE,
        INTERVAL,
        end - LENGTH_S,
        end,
        known.transferable_until,
        known.cancellable_until,
        1_000,
        0,
        0,
        TRANSFERABLE,
    )
    assert stage.see(f"{GOO}.expiredAt", ID) == known.cancellable_until
    assert stage.see(f"{GOO}.idOf", DEVICE, INTERVAL) == ID


@pytest.mark.parametrize("token", [ID + 1, ID + (1 << 64), ID | 1 << 255, 0, 2**256 - 1])
def test_certificate__never_issued__empty(stage: Stage, token: int) -> None:
    issue(stage, entry(1, 100, 200, 700))
    assert stage.see(f"{GOO}.certificate", token) == (0,) * 9 + (NOT_ISSUED,)
    assert stage.see(f"{GOO}.stateOf", token) == NOT_ISSUED
    assert held(stage, "prosumer", token) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_issue__any_number_of_producers__each_its_own(stage: Stage, count: int) -> None:
    receipt = issue(stage, *(entry(1 + i, 1, 2, 10 + i) for i in range(count)))
    assert len(stage.events(receipt, f"{GOO}.Issued")) == count
    members = ("prosumer", "neighbour", "third member")
    balances = [held(stage, member, (DEVICE + i) << 32 | INTERVAL) for i, member in enumerate(members)]
    assert balances == [10 + i for i in range(count)] + [0] * (3 - count)


def test_issue__consecutive_intervals_at_the_limit__never_spill_over(stage: Stage) -> None:
    """Ten intervals share a storage slot: full ones, empty ones and their neighbours in other slots stay apart."""
    start = INTERVAL // 10 * 10
    amounts = {start + i: MOST if i % 2 else i for i in range(-1, 12)}
    for interval in (start + 5, *(i for i in amounts if i != start + 5)):
        issue(stage, entry(1, 0, 0, amounts[interval]), interval=interval)
    found = {interval: held(stage, "prosumer", DEVICE << 32 | interval) for interval in amounts}
    assert found == amounts
    assert totals(stage)[0] == sum(amounts.values())


@pytest.mark.parametrize("device", [0, 11])
def test_issue__no_device_or_not_issuable__nothing_and_the_rest_goes_on(stage: Stage, device: int) -> None:
    stage.registry("setParticipant", 1, 1, device, device == 0)
    receipt = issue(stage, entry(1, 100, 200, 700), entry(2, 0, 0, 5))
    assert [event["participant"] for event in stage.events(receipt, f"{GOO}.Issued")] == [2]
    assert totals(stage) == (0, 0, 0)
    assert stage.see(f"{GOO}.stateOf", ID) == NOT_ISSUED


def test_issue__zero_wh__nothing(stage: Stage) -> None:
    assert stage.events(issue(stage, entry(1, 0, 0, 0)), f"{GOO}.Issued") == []
    issue(stage, entry(1, 0, 0, 3))
    assert held(stage, "prosumer") == 3


@pytest.mark.parametrize("manner", [1, 2, 3], ids=["refuses", "reverts", "sends back"])
def test_issue__holder_whose_wallet_would_object__never_asked(stage: Stage, manner: int) -> None:
    wallet = deploy(stage.web3, "ReceiverMock", manner, sender=stage.address("deployer"))
    stage.registry("setMember", 1, wallet.address)
    issue(stage, entry(1, 0, 0, 7), entry(2, 0, 0, 5))
    assert held(stage, wallet.address) == 7
    assert wallet.functions.calls().call() == 0


@pytest.mark.parametrize("months_late", [13, 19])
def test_issue__long_after_production__never_blocks_the_settlement(stage: Stage, months_late: int) -> None:
    stage.travel(lifetime().production_end + months_late * 31 * 86_400)
    issue(stage, entry(1, 1, 1, 7))
    assert held(stage, "prosumer") == 7


# ---------------------------------------------------------------------- claims


@pytest.fixture
def waiting(stage: Stage) -> Stage:
    """The prosumer's account is closed while 700 Wh of its are issued."""
    stage.registry("setClosed", 1, True)
    issue(stage, entry(1, 100, 200, 700), entry(2, 0, 0, 5))
    return stage


def test_claim__nothing_waits__reverts(waiting: Stage) -> None:
    other = (DEVICE + 1) << 32 | INTERVAL
    assert waiting.refused(f"{GOO}.claim", other, by="stranger") == ("GuaranteeNothingToClaim", other)


def test_claim__account_still_closed__reverts(waiting: Stage) -> None:
    refused = waiting.refused(f"{GOO}.claim", ID, by="prosumer")
    assert refused == ("GuaranteeNotAccountHolder", waiting.address("prosumer").lower())


def test_claim__expired__reverts_from_the_second_on(waiting: Stage) -> None:
    waiting.registry("setClosed", 1, False)
    until = lifetime().cancellable_until
    waiting.travel(until)
    assert waiting.refused(f"{GOO}.claim", ID, by="prosumer") == ("GuaranteeExpired", ID, until)


def test_claim__last_second__still_good(waiting: Stage) -> None:
    waiting.registry("setClosed", 1, False)
    waiting.next_block_at(lifetime().cancellable_until - 1)
    waiting.do(f"{GOO}.claim", ID, by="stranger")
    assert held(waiting, "prosumer") == 700


def test_issue__closed_account__waits_and_the_neighbour_gets_its_own(waiting: Stage) -> None:
    assert held(waiting, "prosumer") == 0
    assert held(waiting, "neighbour", (DEVICE + 1) << 32 | INTERVAL) == 5
    assert totals(waiting) == (1_000, 300, 0)
    assert waiting.see(f"{GOO}.certificate", ID)[6:9] == (1_000, 700, 1)


def test_issue__closed_account__event_names_no_holder(stage: Stage) -> None:
    stage.registry("setClosed", 1, True)
    receipt = issue(stage, entry(1, 100, 200, 700))
    assert stage.events(receipt, f"{GOO}.Issued")[0]["holder"] == NOBODY
    assert stage.events(receipt, f"{GOO}.TransferSingle") == []


def test_claim__reopened__minted_once_to_the_present_wallet(waiting: Stage) -> None:
    waiting.registry("setClosed", 1, False)
    wallet = deploy(waiting.web3, "ReceiverMock", 2, sender=waiting.address("deployer"))
    waiting.registry("replaceWallet", 1, wallet.address)
    receipt = waiting.do(f"{GOO}.claim", ID, by="stranger")
    [event] = waiting.events(receipt, f"{GOO}.Claimed")
    assert event == {"id": ID, "participant": 1, "holder": wallet.address, "wh": 700}
    assert held(waiting, wallet.address) == 700
    assert totals(waiting) == (1_000, 300, 0)
    assert waiting.refused(f"{GOO}.claim", ID, by="stranger") == ("GuaranteeNothingToClaim", ID)
