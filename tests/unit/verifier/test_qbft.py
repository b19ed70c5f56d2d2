"""QBFT headers: every rule that a seal, a set or a vote may break, and headers that were published by others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.qbft import EPOCH, FOUR, VALIDATORS, addresses, plain, sealed
from wattcommons.errors import ProofBroken
from wattcommons.verifier import headers
from wattcommons.verifier.hashing import keccak, shown
from wattcommons.verifier.headers import Header
from wattcommons.verifier.qbft import (
    Extra,
    Vote,
    block_hash,
    check_form,
    check_sealed,
    extra_of,
    is_qbft,
    quorum,
    seal_hash,
)
from wattcommons.verifier.votes import Validators

pytestmark = pytest.mark.unit

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "qbft.json").read_text())
SET = addresses(FOUR)
NEWCOMER = VALIDATORS[4]


def _with(header: Header, **changes: Any) -> Header:
    """The header with other extra data; its seals are kept."""
    return header.with_extra(replace(extra_of(header), **changes).encode())


def _refused(header: Header, because: str, validators: tuple[bytes, ...] = SET) -> None:
    with pytest.raises(ProofBroken, match=because):
        check_sealed(header, validators)


def test_sealed__too_few_seals__refused() -> None:
    _refused(sealed(plain(7), sealers=FOUR[:2]), "sealed by 2 of 4, not 3")


def test_sealed__none_at_all__refused() -> None:
    _refused(_with(sealed(plain(7)), seals=()), "sealed by 0 of 4")


def test_sealed__by_a_stranger__refused_even_beside_enough_others() -> None:
    _refused(sealed(plain(7), sealers=(*FOUR, NEWCOMER)), "by none of its validators")


def test_sealed__twice_by_one__refused() -> None:
    header = sealed(plain(7))
    seals = extra_of(header).seals
    _refused(_with(header, seals=(*seals, seals[0])), "two seals by one")


def test_sealed__other_round_than_sealed__refused() -> None:
    _refused(_with(sealed(plain(7), turn=1), round=2), "by none of its validators")


@pytest.mark.parametrize("vote", [Vote(NEWCOMER.address, True), Vote(FOUR[0].address, False)])
def test_sealed__vote_changed_after_sealing__refused(vote: Vote) -> None:
    header = sealed(plain(7), vote=Vote(NEWCOMER.address, False))
    check_sealed(header, SET)
    _refused(_with(header, vote=vote), "by none of its validators")
    _refused(_with(header, vote=None), "by none of its validators")


def test_sealed__mirrored_signature__refused() -> None:
    header = sealed(plain(7))
    first, *others = extra_of(header).seals
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    mirrored = first[:32] + (order - int.from_bytes(first[32:64], "big")).to_bytes(32, "big") + bytes([first[64] ^ 1])
    _refused(_with(header, seals=(mirrored, *others)), "by none of its validators")


def test_sealed__other_set_listed__refused() -> None:
    _refused(sealed(plain(7), VALIDATORS[1:5]), "other validators than the set")


def test_sealed__proposed_by_a_stranger__refused() -> None:
    _refused(sealed(plain(7), proposer=NEWCOMER), "proposed by none")


def test_sealed__validators_in_a_contract__said_so() -> None:
    header = plain(7).with_extra(Extra(bytes(32), (), None, 0, ()).encode())
    _refused(header, "keeps them in a contract")
    check_form(header)
    with pytest.raises(ProofBroken, match="nothing here can check"):
        check_form(_with(header, round=1))


def test_extra__six_parts_or_unknown_vote__refused() -> None:
    header = sealed(plain(7))
    for broken in (header.extra + b"\0", b"\xc0", b"", b"\xf8\x01" * 3):
        assert not is_qbft(header.with_extra(broken))


def test_sealed__three_of_four__accepted_in_any_round() -> None:
    for turn in (0, 1, 300):
        assert check_sealed(sealed(plain(7), turn=turn), SET).round == turn


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (10, 7)])
def test_quorum__two_thirds__rounded_up(count: int, needed: int) -> None:
    assert quorum(count) == needed


def test_hash__seals_and_round__change_the_seal_hash_or_nothing() -> None:
    first, other = sealed(plain(7)), sealed(plain(7), sealers=FOUR, turn=3)
    assert block_hash(first) == block_hash(other)
    assert seal_hash(first, extra_of(first)) != seal_hash(other, extra_of(other))
    assert block_hash(first) != keccak(first.raw)
    genesis = sealed(plain(0))
    assert block_hash(genesis) == keccak(genesis.raw)


def test_published_header__of_a_running_network__sealed_by_three_of_its_four() -> None:
    header = headers.parse(bytes.fromhex(PUBLISHED["header"][2:]))
    validators = tuple(bytes.fromhex(one[2:]) for one in PUBLISHED["validators"])
    extra = check_sealed(header, validators)
    assert (header.number, extra.round, len(extra.seals)) == (PUBLISHED["number"], PUBLISHED["round"], 3)
    assert shown(seal_hash(header, extra)) == PUBLISHED["seal_hash"]
    assert block_hash(header) != seal_hash(header, extra)  # sealed in round 1, known by round 0
    _refused(_with(header, round=0), "by none of its validators", validators)


def test_published_extra_data__of_besus_codec__read_and_written_alike() -> None:
    known = PUBLISHED["extra"]
    header = plain(7).with_extra(bytes.fromhex(known["encoded"][2:]))
    extra = extra_of(header)
    assert extra.encode() == header.extra
    assert extra.round == known["round"]
    assert extra.vote == Vote(bytes.fromhex(known["vote"]["subject"][2:]), known["vote"]["add"])
    assert [len(seal) for seal in extra.seals] == [65, 65]


def _validators(after: int = 0, **overrides: Any) -> Validators:
    return Validators(after, SET, EPOCH, overrides.get("at", {}))


def test_votes__by_half__decide_nothing() -> None:
    validators = _validators()
    for number, proposer in enumerate(FOUR[:2], 1):
        validators.follow(sealed(plain(number), vote=Vote(NEWCOMER.address, True), proposer=proposer))
    with pytest.raises(ProofBroken, match="other validators"):
        validators.follow(sealed(plain(3), VALIDATORS[:5]))


def test_votes__one_proposer_three_times__count_once() -> None:
    validators = _validators()
    for number in (1, 2, 3):
        validators.follow(sealed(plain(number), vote=Vote(NEWCOMER.address, True)))
    assert validators.current == set(SET)


def test_votes__taken_back_or_before_an_epoch__count_no_more() -> None:
    wanted, unwanted = Vote(NEWCOMER.address, True), Vote(NEWCOMER.address, False)
    validators = _validators()
    for number, proposer, vote in ((1, 0, wanted), (2, 1, wanted), (3, 0, unwanted), (4, 2, wanted)):
        validators.follow(sealed(plain(number), vote=vote, proposer=FOUR[proposer]))
    assert validators.current == set(SET)
    validators.follow(sealed(plain(EPOCH + 1), vote=wanted, proposer=FOUR[3]))
    assert validators.current == set(SET)


def test_votes__in_an_epochs_first_block__are_none() -> None:
    validators = _validators(after=EPOCH - 1)
    for number, proposer in ((EPOCH, 0), (EPOCH + 1, 1), (EPOCH + 2, 2)):
        validators.follow(sealed(plain(number), vote=Vote(NEWCOMER.address, True), proposer=FOUR[proposer]))
    assert validators.current == set(SET)


def test_votes__by_more_than_half__the_next_block_is_the_new_sets() -> None:
    validators = _validators()
    for number, proposer in ((1, 0), (5, 1), (9, 2)):
        validators.follow(sealed(plain(number), vote=Vote(NEWCOMER.address, True), proposer=FOUR[proposer]))
    with pytest.raises(ProofBroken, match="other validators"):
        validators.follow(sealed(plain(10)))
    five = VALIDATORS[:5]
    with pytest.raises(ProofBroken, match="sealed by 3 of 5, not 4"):
        validators.follow(sealed(plain(10), five, sealers=five[:3]))
    validators.follow(sealed(plain(10), five))
    assert validators.changes == 1


def test_votes__to_drop_one__its_own_votes_go_with_it() -> None:
    validators = _validators()
    validators.follow(sealed(plain(1), vote=Vote(NEWCOMER.address, True), proposer=FOUR[3]))
    for number, proposer in ((2, 0), (3, 1), (4, 2)):
        validators.follow(sealed(plain(number), vote=Vote(FOUR[3].address, False), proposer=FOUR[proposer]))
    three = FOUR[:3]
    assert validators.current == set(addresses(three))
    validators.follow(sealed(plain(5), three, sealers=three, vote=Vote(NEWCOMER.address, True)))
    assert validators.current == set(addresses(three))
    validators.follow(sealed(plain(6), three, vote=Vote(NEWCOMER.address, True), proposer=three[1]))
    assert validators.current == set(addresses((*three, NEWCOMER)))


def test_override__of_the_genesis_file__in_force_from_its_block() -> None:
    other = VALIDATORS[2:6]
    validators = _validators(at={20: addresses(other)})
    validators.follow(sealed(plain(19)))
    validators.follow(sealed(plain(20), other))
    assert validators.changes == 1
