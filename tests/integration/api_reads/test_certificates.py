"""Certificates, their lives and what stands behind them, of an eventful day."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.api_reads.conftest import Lived
from tests.support.eventful import FLAT, MILL, ROOF, SPA
from tests.support.reading_api import ReadingApi
from wattcommons.chain.events import NO_ADDRESS
from wattcommons.chain.roles import Role
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.state import fills_hash
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.packing import SignedRun, unpack_readings
from wattcommons.domain.readings import Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.services.audit.provenance import certificate as audited
from wattcommons.services.prover.community import community_of
from wattcommons.verifier.anchors import Anchor
from wattcommons.verifier.report import Standing
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.integration


def all_of(api: ReadingApi, who: str, **query: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every certificate of a wallet, page by page, and the last page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.read("/v1/me/certificates", who, limit=9, **query, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found, page
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("path", ["", "/provenance"])
def test_certificate__of_no_concern__as_if_it_did_not_exist(api: ReadingApi, lived: Lived, path: str) -> None:
    number = 2 << 32 | lived.day.first
    for who in (lived.wallet(SPA), lived.stranger, lived.role(Role.OPERATOR)):
        assert api.refused(f"/v1/certificates/{number}{path}", who) == (404, "not_yours")
    assert api.refused(f"/v1/certificates/{number}{path}") == (401, "signed_out")
    assert api.refused(f"/v1/certificates/{77 << 32}{path}", lived.auditor) == (404, "not_yours")


def test_my_certificates__wrong_state_or_cursor__refused(api: ReadingApi, lived: Lived) -> None:
    assert api.refused("/v1/me/certificates", lived.wallet(ROOF), state="held") == (422, "invalid")
    assert api.refused("/v1/me/certificates", lived.wallet(ROOF), cursor="WzFd") == (422, "cursor")


def test_my_certificates__producer__each_once_and_the_sums_of_all(api: ReadingApi, lived: Lived) -> None:
    items, last = all_of(api, lived.wallet(ROOF))
    numbers = [int(one["id"]) for one in items]
    assert len(set(numbers)) == len(numbers) > 20
    assert [one["interval"] for one in items] == sorted((one["interval"] for one in items), reverse=True)
    held = lived.day.read("GuaranteeOfOrigin", "balanceOfBatch", [lived.wallet(ROOF)] * len(numbers), numbers)
    assert [one["held_wh"] for one in items] == list(held)
    for name in ("held_wh", "sold_wh", "own_use_wh"):
        assert last[name] == sum(one[name] for one in items)
    for one in items:
        assert one["issued_wh"] == one["own_use_wh"] + one["sold_wh"] + one["minted_wh"]
        assert one["produced_by_me"]


def test_my_certificates__bought__nothing_of_the_producer_but_what_is_held(api: ReadingApi, lived: Lived) -> None:
    items, last = all_of(api, lived.wallet(SPA))
    assert {int(one["id"]): one["held_wh"] for one in items} == {lived.marks["traded"]: 5, lived.marks["claimed"]: 20}
    assert last["held_wh"] == 25
    for one in items:
        assert (one["issued_wh"], one["own_use_wh"], one["sold_wh"]) == (one["held_wh"], 0, 0)
        assert not one["produced_by_me"]


def test_my_certificates__filters__by_time_and_state(api: ReadingApi, lived: Lived) -> None:
    everything, _ = all_of(api, lived.wallet(ROOF))
    start = everything[10]["start"]
    assert all_of(api, lived.wallet(ROOF), from_=start)[0] == everything[:11]
    assert all_of(api, lived.wallet(ROOF), to=start)[0] == everything[11:]
    assert all_of(api, lived.wallet(ROOF), state="transferable")[0] == everything
    for state in ("cancel_only", "expired"):
        items, last = all_of(api, lived.wallet(ROOF), state=state)
        assert items == []
        assert last["held_wh"] == last["sold_wh"] == 0


def test_my_certificates__held_alone__the_same_without_those_of_which_nothing_is_left(
    api: ReadingApi, lived: Lived
) -> None:
    some_gone = False
    for who in (lived.wallet(ROOF), lived.wallet(SPA), lived.successor(MILL)):
        everything, whole = all_of(api, who)
        wanted = [one for one in everything if one["held_wh"] > 0]
        some_gone |= len(wanted) < len(everything)
        items, last = all_of(api, who, held="true")
        assert items == wanted
        for name in ("held_wh", "sold_wh", "own_use_wh", "cancelled_wh"):
            assert last[name] == whole[name]
        assert all_of(api, who, held="true", state="expired")[0] == []
    assert some_gone


def test_life__holder__own_events_alone(api: ReadingApi, lived: Lived) -> None:
    path = f"/v1/certificates/{lived.marks['traded']}"
    life = api.read(path, lived.wallet(SPA))
    assert [one["kind"] for one in life["events"]] == ["transferred", "withdrawn"]
    whole = api.read(path, lived.auditor)
    kinds = [one["kind"] for one in whole["events"]]
    assert kinds == ["issued", "transferred", "transferred", "cancelled", "withdrawn", "recovered"]
    assert whole["certificate"]["issued_wh"] == 640
    assert life["certificate"]["issued_wh"] == life["certificate"]["held_wh"]


def test_statements__holder__what_was_used(api: ReadingApi, lived: Lived) -> None:
    [one] = api.read("/v1/me/statements", lived.wallet(FLAT))
    assert one["items"] == [[str(lived.marks["traded"]), 100], [str(lived.marks["claimed"]), 200]]
    assert one["total_wh"] == 300
    assert api.read("/v1/me/statements", lived.wallet(SPA)) == []


# ------------------------------------------------------------------------------------ provenance


def document(api: ReadingApi, who: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.read(f"/v1/certificates/{number}/provenance", who)["document"]
    return found


def test_provenance__every_certificate__holds_by_itself_and_as_audited(api: ReadingApi, lived: Lived) -> None:
    numbers = [int(one["id"]) for who in (lived.wallet(ROOF), lived.successor(MILL)) for one in all_of(api, who)[0]]
    signatures = RunSignatures(domain_of(lived.day.community.deployment, "MeterLedger"))
    sold = late = 0
    for number in numbers:
        told = document(api, lived.auditor, number)
        check_alone(told, signatures)
        sold += told["fill"] is not None
        late += told["reading"]["late"]
    assert sold > 5
    assert late == 1
    for number in (lived.marks["traded"], lived.marks["claimed"], 1 << 32 | lived.marks["chunked"]):
        compare(document(api, lived.auditor, number), audited(lived.contracts, number).as_dict())


def check_alone(told: dict[str, Any], signatures: RunSignatures) -> None:
    """What the verify page does, from the document alone."""
    certificate, reading, issue = told["certificate"], told["reading"], told["issue"]
    assert int(certificate["id"]) == certificate["device"] << 32 | certificate["interval"]
    run = Run(
        ParticipantIndex(certificate["participant"]),
        IntervalIndex(reading["run"]["first_interval"]),
        unpack_readings(bytes.fromhex(reading["run"]["readings"][2:])),
    )
    signed = SignedRun(run, bytes.fromhex(reading["run"]["signature"][2:]))
    assert signatures.signer(signed) == told["gateway"]["account"]
    found = dict(run.items())[IntervalIndex(certificate["interval"])]
    assert (found.production_wh, found.consumption_wh) == (reading["production_wh"], reading["consumption_wh"])
    sold = 0
    clearing, fill = told["clearing"], told["fill"]
    if clearing["price"] is not None:
        spread = clearing["hi"] - clearing["lo"]
        assert clearing["price"] == clearing["lo"] + told["chain"]["k_ppm"] * spread // 1_000_000
    if fill is not None:
        packed = bytes.fromhex(fill["fills"][2:])
        mine = unpack_fills(packed)[fill["position"]]
        assert (mine.participant, mine.wh, mine.offset) == (certificate["participant"], fill["wh"], fill["offset"])
        assert fill["stored_hash"] == f"0x{fills_hash(packed).hex()}"
        sold = mine.wh
    assert (issue["own_use_wh"], issue["sold_wh"]) == (found.own_use_wh, sold)
    assert issue["minted_wh"] == found.production_wh - found.own_use_wh - sold
    gone = sum(one["wh"] for one in told["moves"] if one["kind"] in ("cancelled", "withdrawn"))
    assert sum(one["wh"] for one in told["holdings"]) + told["waiting_wh"] + gone == issue["minted_wh"]


def compare(told: dict[str, Any], audit: dict[str, Any]) -> None:
    """The audit, which reads the chain itself, says the same."""
    assert audit["ok"]
    assert [(one["holder"], one["wh"]) for one in told["holdings"]] == [(a, wh) for a, wh in audit["held"] if wh]
    assert told["waiting_wh"] == audit["waiting_wh"]
    assert told["reading"]["run"]["tx_hash"] == audit["reading"]["tx"]
    assert told["gateway"]["account"] == audit["reading"]["gateway"]
    assert told["issue"]["tx_hash"] == audit["issue"]["tx"]
    assert (told["issue"]["holder"] or "") == audit["issue"]["holder"].replace(NO_ADDRESS, "")
    assert told["clearing"]["tx_hash"] == audit["clearing"]["tx"]
    kinds = {"claimed": "claim", "cancelled": "cancellation", "withdrawn": "withdrawal"}
    # What a replaced wallet itself sends to its successor is a recovery to the audit, a transfer to the index.
    moved = [kinds.get(one["kind"], "transfer") for one in told["moves"]]
    assert sorted(moved) == sorted(one["kind"].replace("recovery", "transfer") for one in audit["moves"])


def test_provenance__producer__neighbours_trades_withheld(api: ReadingApi, lived: Lived) -> None:
    sold = next(one for one in all_of(api, lived.wallet(ROOF))[0] if one["sold_wh"])
    whole = document(api, lived.auditor, int(sold["id"]))
    told = document(api, lived.wallet(ROOF), int(sold["id"]))
    assert told["fill"]["fills"] is None
    assert "fill_hash" not in told["proves"]
    assert told["fill"] | {"fills": whole["fill"]["fills"]} == whole["fill"]
    assert {name: value for name, value in told.items() if name not in ("fill", "proves")} == {
        name: value for name, value in whole.items() if name not in ("fill", "proves")
    }


def test_provenance__holder__told(api: ReadingApi, lived: Lived) -> None:
    told = document(api, lived.wallet(SPA), lived.marks["traded"])
    assert {"holder": lived.wallet(SPA), "wh": 5} in told["holdings"]
    assert {one["statement"] for one in told["moves"]} == {None, 1}
    assert [one["statement"] for one in told["statements"]] == [1]


def test_provenance__text__ascii_without_floats(api: ReadingApi, lived: Lived) -> None:
    for number in (lived.marks["traded"], lived.marks["claimed"]):
        text = json.dumps(document(api, lived.auditor, number), ensure_ascii=False)
        assert text.isascii()

        def refuse(number: str) -> None:
            pytest.fail(f"{number} is no whole number")

        json.loads(text, parse_float=refuse)


# ---------------------------------------------------------------------------------------- proof file


def test_proof__not_an_auditor__refused(api: ReadingApi, lived: Lived) -> None:
    path = f"/v1/certificates/{1 << 32 | lived.day.first + 1}/proof"
    assert api.refused(path) == (401, "signed_out")
    for who in (lived.wallet(MILL), lived.wallet(SPA), lived.role(Role.OPERATOR)):
        assert api.refused(path, who) == (403, "role")  # a proof shows the neighbours' readings and trades
    assert api.refused(f"/v1/certificates/{77 << 32}/proof", lived.auditor) == (404, "not_yours")


@pytest.mark.parametrize("who", ["auditor", "issuing body"])
def test_proof__of_a_certificate__is_a_file_that_holds(api: ReadingApi, lived: Lived, who: str) -> None:
    reader = lived.auditor if who == "auditor" else lived.role(Role.ISSUING_BODY)
    number = lived.marks["claimed"]
    answer = api.get(f"/v1/certificates/{number}/proof", reader)
    assert answer.headers["content-disposition"] == f'attachment; filename="proof-{number}.json"'
    anchor = Anchor(community=community_of(lived.day.community.deployment))
    report = verify(answer.content, anchor)
    assert (report.certificate, report.broken) == (number, False)
    assert {line.about for line in report.lines if line.standing is Standing.OPEN} == {"block", "history", "whole"}
