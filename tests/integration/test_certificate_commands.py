"""`watt certificate withdraw` on a development chain, and the debt of a device as its commands show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.market.scene import SHORT, recorded
from tests.support.community import Community, made, member_key
from tests.support.issuing_desk import Desk, desk_of, narrow
from tests.support.village import BARN, LOFT, MILL
from wattcommons.domain.fills import pack_fills

pytestmark = pytest.mark.integration

DAY_S = 86_400


@pytest.fixture
def desk(village: Community, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return desk_of(village, tmp_path, monkeypatch)


def certificate(desk: Desk) -> int:
    """The mill's certificate of the first interval, part of it held by the mill."""
    village = desk.village
    village.advance(recorded(village, SHORT | {MILL: made(4_000, 100)}))
    return 1 << 32 | village.first


def test_withdraw__from_a_holder__gone_for_good(desk: Desk) -> None:
    number, wallet = certificate(desk), member_key(MILL).address
    held = desk.village.see("GuaranteeOfOrigin.balanceOf", wallet, number)
    assert held > 500
    words = ("certificate", "withdraw", number, "--from-holder", wallet, "--reason", "meter was wrong")
    told = narrow(desk.act(*words, "--wh", 400, typed="y\n"))
    assert "nobody can undo it" in told
    assert "meter was wrong" in told
    assert desk.village.see("GuaranteeOfOrigin.balanceOf", wallet, number) == held - 400
    assert desk.village.see("GuaranteeOfOrigin.totalsOf", 1)[2] == 400
    long = "the meter of the mill had been read with the wrong multiplier since spring"
    answer = desk.done("certificate", "withdraw", number, "--from-holder", wallet, "--reason", long, "--wh", 1)
    assert answer["reason"] != "0x" + long.encode().hex()[:64]
    desk.refused(f"holds {held - 401:,} Wh of it, not {held:,}", desk.act(*words, "--wh", held, "--yes"))
    desk.village.travel(desk.village.now() + 600 * DAY_S)
    desk.refused("it has expired at 2027-", desk.act(*words, "--wh", 1, "--yes"))


def test_withdraw__from_a_claim__only_what_waits(desk: Desk) -> None:
    village = desk.village
    village.do("MemberRegistry.setMemberActive", MILL, False, by=village.operator)
    number = certificate(desk)
    waiting = village.see("GuaranteeOfOrigin.certificate", number)[7]
    words = ("certificate", "withdraw", number, "--from-claim", "--reason", "meter was wrong")
    said = f"{waiting:,} Wh of it wait in a claim, not {waiting + 1:,}"
    desk.refused(said, desk.act(*words, "--wh", waiting + 1, "--yes"))
    desk.done(*words, "--wh", waiting)
    assert village.see("GuaranteeOfOrigin.certificate", number)[7] == 0


def test_withdraw__words_that_do_not_fit__refused(desk: Desk) -> None:
    number, wallet = certificate(desk), member_key(MILL).address
    words = ("certificate", "withdraw", number, "--wh", 5, "--reason")
    desk.refused("say whose they are", desk.act(*words, "x", "--yes"))
    desk.refused("say whose they are", desk.act(*words, "x", "--from-claim", "--from-holder", wallet, "--yes"))
    desk.refused("--reason: is empty", desk.act(*words, " ", "--from-claim", "--yes"))
    desk.refused("--from-holder: '0x1' is no address", desk.act(*words, "x", "--from-holder", "0x1", "--yes"))
    nonsense = ("certificate", "withdraw", number + (1 << 64), "--wh", 5, "--reason", "x", "--from-claim", "--yes")
    desk.refused("is not a certificate's number", desk.act(*nonsense))
    operator = desk.village.operator
    unauthorized = desk.act(*words, "x", "--from-holder", wallet, "--yes", by=operator)
    desk.refused(f"{operator.address} is no issuing body", unauthorized)


def test_show__device_in_debt__says_so(desk: Desk) -> None:
    number, village = certificate(desk), desk.village
    mill, wallet = member_key(MILL), member_key(MILL).address
    held = village.see("GuaranteeOfOrigin.balanceOf", wallet, number)
    ends = (wallet, member_key(LOFT).address, number, held, b"")
    village.do("GuaranteeOfOrigin.safeTransferFrom", *ends, by=mill)
    settled = village.settlement(
        village.first,
        SHORT | {MILL: made(4_000, 100)},
        {i: village.standing_order(i) for i in village.participants if i != BARN},
    )
    proof = (0, pack_fills(settled.clearing.fills), b"")
    terms = (MILL, village.first, 3_500, 100, b"meter swapped".ljust(32, b"\0"), proof)
    village.do("Corrections.correct", *terms, by=village.metering_operator)
    assert desk.shown(1)["debt_wh"] == 500
    assert "owes 500 Wh" in narrow(desk.see("device", "list"))
    assert "owes 500 Wh, withdrawn from what it is issued next" in narrow(desk.see("device", "show", 1))
