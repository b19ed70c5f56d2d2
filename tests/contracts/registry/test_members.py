"""Members, their wallets and the replacement of a lost key."""

from __future__ import annotations

import pytest

from tests.contracts.registry.kit import (
    COMMITMENT,
    DELAY_S,
    LEAD_S,
    NOBODY,
    RECOVERY_APPROVER,
    Community,
    artifact,
    caught,
    key_of,
)

pytestmark = pytest.mark.contracts

NEW = key_of("new wallet")


def approved(community: Community, member: int) -> None:
    community.do("proposeReplacement", member, NEW.address)
    community.do("approveReplacement", member, NEW.address, by=community.approver)


# ---------------------------------------------------------------------- refusals


def construction(community: Community, length: int, ledger: str) -> tuple[object, ...]:
    found = artifact("MemberRegistry")
    factory = community.web3.eth.contract(abi=found["abi"], bytecode=found["bytecode"])
    built = factory.constructor(community.manager.address, length, LEAD_S, ledger, DELAY_S)
    return caught(found["abi"], lambda: community.web3.eth.call({"data": built.data_in_transaction}))


@pytest.mark.parametrize("length", [0, 60, 899, 1801, 7200])
def test_constructor__odd_interval_length__reverts(community: Community, length: int) -> None:
    assert construction(community, length, NEW.address) == ("IntervalLengthInvalid", length)


def test_constructor__no_ledger__reverts(community: Community) -> None:
    assert construction(community, 1800, NOBODY) == ("RegistryAddressZero",)


def test_register_member__no_wallet__reverts(community: Community) -> None:
    assert community.refused("registerMember", NOBODY, COMMITMENT) == ("RegistryAddressZero",)


def test_register_member__wallet_of_a_member__reverts(community: Community, member: int) -> None:
    wallet = community.prosumer.address
    assert community.refused("registerMember", wallet, COMMITMENT) == ("RegistryWalletTaken", wallet.lower(), member)


@pytest.mark.parametrize("unknown", [0, 2, 2**32 - 1])
def test_every_member_function__unknown_member__reverts(community: Community, member: int, unknown: int) -> None:
    expected = ("RegistryMemberUnknown", unknown)
    assert community.refused("setMemberActive", unknown, True) == expected
    assert community.refused("proposeReplacement", unknown, NEW.address) == expected


def test_propose_replacement__new_wallet_taken__reverts(community: Community, member: int) -> None:
    other = community.register(community.neighbour)
    wallet = community.neighbour.address
    assert community.refused("proposeReplacement", member, NOBODY) == ("RegistryAddressZero",)
    assert community.refused("proposeReplacement", member, wallet) == ("RegistryWalletTaken", wallet.lower(), other)


def test_approve_replacement__nothing_or_another_proposed__reverts(community: Community, member: int) -> None:
    none = ("RegistryReplacementNone", member)
    assert community.refused("approveReplacement", member, NEW.address, by=community.approver) == none
    assert community.refused("approveReplacement", member, NOBODY, by=community.approver) == none
    community.do("proposeReplacement", member, NEW.address)
    other = community.neighbour.address
    assert community.refused("approveReplacement", member, other, by=community.approver) == none


def test_approve_replacement__by_the_proposer__reverts(community: Community, member: int) -> None:
    community.grant(RECOVERY_APPROVER, community.operator)
    community.do("proposeReplacement", member, NEW.address)
    expected = ("RegistrySecondApproverNeeded", community.operator.address.lower())
    assert community.refused("approveReplacement", member, NEW.address) == expected


def test_approve_replacement__twice__reverts(community: Community, member: int) -> None:
    approved(community, member)
    refused = community.refused("approveReplacement", member, NEW.address, by=community.approver)
    assert refused == ("RegistryReplacementAlreadyApproved", member)


def test_veto__by_another_or_of_nothing__reverts(community: Community, member: int) -> None:
    by = community.prosumer
    assert community.refused("vetoReplacement", member, by=by) == ("RegistryReplacementNone", member)
    community.do("proposeReplacement", member, NEW.address)
    for account in (community.operator, community.stranger, NEW):
        expected = ("RegistryNotMember", member, account.address.lower())
        assert community.refused("vetoReplacement", member, by=account) == expected


def test_execute__not_proposed_not_approved_too_early__reverts(community: Community, member: int) -> None:
    def refused() -> tuple[object, ...]:
        return community.refused("executeReplacement", member, by=community.stranger)

    assert refused() == ("RegistryReplacementNone", member)
    community.do("proposeReplacement", member, NEW.address)
    community.travel(community.now() + 2 * DELAY_S)
    assert refused() == ("RegistryReplacementNotApproved", member)
    community.do("approveReplacement", member, NEW.address, by=community.approver)
    executable_at = community.now() + DELAY_S
    assert community.see("pendingReplacement", member) == [NEW.address, community.operator.address, executable_at]
    community.travel(executable_at - 1)
    assert refused() == ("RegistryReplacementTooEarly", member, executable_at)
    community.travel(executable_at)
    community.do("executeReplacement", member, by=community.stranger)
    assert community.see("memberOfWallet", NEW.address) == member


def test_execute__after_veto__reverts(community: Community, member: int) -> None:
    approved(community, member)
    community.travel(community.now() + DELAY_S)
    receipt = community.do("vetoReplacement", member, by=community.prosumer)
    assert community.events(receipt, "ReplacementVetoed") == [{"member": member, "newWallet": NEW.address}]
    assert community.refused("executeReplacement", member) == ("RegistryReplacementNone", member)
    assert community.see("pendingReplacement", member) == [NOBODY, NOBODY, 0]


def test_execute__proposed_again_after_approval__needs_a_new_approval(community: Community, member: int) -> None:
    approved(community, member)
    community.do("proposeReplacement", member, NEW.address)
    community.travel(community.now() + DELAY_S)
    assert community.refused("executeReplacement", member) == ("RegistryReplacementNotApproved", member)


def test_execute__new_wallet_became_a_member_meanwhile__reverts(community: Community, member: int) -> None:
    approved(community, member)
    other = community.register(NEW)
    community.travel(community.now() + DELAY_S)
    assert community.refused("executeReplacement", member) == ("RegistryWalletTaken", NEW.address.lower(), other)


# ---------------------------------------------------------------------- effects


def test_register_member__new_wallet__is_an_account_holder(community: Community) -> None:
    receipt = community.do("registerMember", community.prosumer.address, COMMITMENT)
    registered = {"member": 1, "wallet": community.prosumer.address, "commitment": COMMITMENT}
    assert community.events(receipt, "MemberRegistered") == [registered]
    assert community.see("memberInfo", 1) == [community.prosumer.address, True, COMMITMENT]
    assert community.see("memberOfWallet", community.prosumer.address) == 1
    assert community.see("isAccountHolder", community.prosumer.address)
    assert not community.see("isAccountHolder", community.stranger.address)
    assert not community.see("isAccountHolder", NOBODY)
    assert community.see("memberOfWallet", NOBODY) == 0


def test_set_member_active__closed_and_reopened__holds_or_not(community: Community, member: int) -> None:
    wallet = community.prosumer.address
    receipt = community.do("setMemberActive", member, False)
    assert community.events(receipt, "MemberActiveSet") == [{"member": member, "active": False}]
    assert not community.see("isAccountHolder", wallet)
    assert community.see("memberOfWallet", wallet) == member
    community.do("setMemberActive", member, True)
    assert community.see("isAccountHolder", wallet)


def test_replacement__executed__everything_follows_the_new_wallet(community: Community, participant: int) -> None:
    member, old = 1, community.prosumer.address
    approved(community, member)
    assert community.see("memberOfWallet", NEW.address) == 0
    community.travel(community.now() + DELAY_S)
    receipt = community.do("executeReplacement", member, by=community.stranger)

    replaced = {"member": member, "oldWallet": old, "newWallet": NEW.address}
    assert community.events(receipt, "WalletReplaced") == [replaced]
    assert community.see("memberOfWallet", NEW.address) == member
    assert community.see("isAccountHolder", NEW.address)
    assert community.see("walletOf", participant) == NEW.address
    assert community.see("successorOf", old) == NEW.address
    assert community.see("memberOfWallet", old) == 0
    assert not community.see("isAccountHolder", old)
    assert community.refused("executeReplacement", member) == ("RegistryReplacementNone", member)


def test_replacement__executed__old_wallet_never_comes_back(community: Community, member: int) -> None:
    old = community.prosumer.address
    approved(community, member)
    community.travel(community.now() + DELAY_S)
    community.do("executeReplacement", member)
    expected = ("RegistryWalletTaken", old.lower(), member)
    assert community.refused("registerMember", old, COMMITMENT) == expected
    assert community.refused("proposeReplacement", member, old) == expected


def test_replacement__executed__old_key_signs_no_more(community: Community, member: int) -> None:
    approved(community, member)
    community.travel(community.now() + DELAY_S)
    community.do("executeReplacement", member)
    terms = community.terms(member, fromInterval=community.see("firstOpenInterval"))
    refused = community.refused("enrol", *community.signed(terms, community.prosumer))
    assert refused == ("RegistrySignatureInvalid", NEW.address.lower())
    assert community.enrol(member, NEW, fromInterval=terms[6]) == 1
