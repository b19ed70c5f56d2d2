"""Signatures by key and by contract wallet, and what a hostile wallet can cost."""

from __future__ import annotations

import pytest
from eth_account import Account
from web3 import Web3
from web3.contract import Contract

from tests.contracts.registry.kit import NOBODY, Community, deploy, refusal

pytestmark = pytest.mark.contracts

GOOD, BURNS_GAS, ANSWERS_HUGE, ANSWERS_SHORT, ANSWERS_DIRTY, REVERTS, SLOW = range(7)
DIGEST = bytes(Web3.keccak(text="what is signed"))
CAP = 100_000


def wallet_of(community: Community, manner: int) -> str:
    """A contract wallet of the prosumer."""
    owner = community.prosumer.address
    return str(deploy(community.web3, "ContractWalletMock", owner, manner, sender=owner).address)


@pytest.fixture
def check(community: Community) -> Contract:
    """The library, callable."""
    return deploy(community.web3, "MemberSignatureMock", sender=community.stranger.address)


@pytest.fixture
def signature(community: Community) -> bytes:
    """The prosumer's."""
    return bytes(Account.unsafe_sign_hash(DIGEST, community.prosumer.key).signature)


def test_is_valid__little_gas_for_a_contract_wallet__reverts(
    community: Community, check: Contract, signature: bytes
) -> None:
    """Nobody makes a good signature look bad by giving little gas: below the cap's need it reverts, never false."""
    wallet = wallet_of(community, SLOW)
    call = check.functions.isValid(wallet, DIGEST, signature)
    answers = set()
    for gas in range(60_000, 180_000, 4_000):
        try:
            answers.add(call.call({"gas": gas}))
        except Exception:  # noqa: BLE001 - the gas also ends elsewhere
            answers.add(None)
    assert answers == {None, True}
    name, left = refusal(call, community.stranger.address, 120_000)
    assert name == "SignatureGasTooLow"
    assert 60_000 < left < CAP * 64 // 63 + 1_100


def test_is_valid__no_signer__false(check: Contract, signature: bytes) -> None:
    assert not check.functions.isValid(NOBODY, DIGEST, signature).call()
    assert not check.functions.isValid(NOBODY, DIGEST, b"\x00" * 65).call()


@pytest.mark.parametrize("length", [0, 1, 64, 66, 130])
def test_is_valid__wrong_length__false(community: Community, check: Contract, signature: bytes, length: int) -> None:
    cut = (signature * 2)[:length]
    assert not check.functions.isValid(community.prosumer.address, DIGEST, cut).call()


def test_is_valid__key__true_for_its_signer_only(community: Community, check: Contract, signature: bytes) -> None:
    assert check.functions.isValid(community.prosumer.address, DIGEST, signature).call()
    assert not check.functions.isValid(community.neighbour.address, DIGEST, signature).call()
    assert not check.functions.isValid(community.prosumer.address, DIGEST[::-1], signature).call()


def test_is_valid__contract_that_is_no_wallet__false(community: Community, check: Contract, signature: bytes) -> None:
    assert not check.functions.isValid(check.address, DIGEST, signature).call()
    assert not check.functions.isValid(community.manager.address, DIGEST, signature).call()


@pytest.mark.parametrize("manner", [GOOD, SLOW])
def test_is_valid__honest_wallet__true_for_its_owner_only(
    community: Community, check: Contract, signature: bytes, manner: int
) -> None:
    wallet = wallet_of(community, manner)
    assert check.functions.isValid(wallet, DIGEST, signature).call()
    other = bytes(Account.unsafe_sign_hash(DIGEST, community.neighbour.key).signature)
    assert not check.functions.isValid(wallet, DIGEST, other).call()


@pytest.mark.parametrize("manner", [BURNS_GAS, ANSWERS_SHORT, ANSWERS_DIRTY, REVERTS])
def test_is_valid__misbehaving_wallet__false_at_a_bounded_cost(
    community: Community, check: Contract, signature: bytes, manner: int
) -> None:
    valid, spent = check.functions.measure(wallet_of(community, manner), DIGEST, signature).call({"gas": 5_000_000})
    assert not valid
    assert spent < CAP + 10_000


def test_is_valid__huge_answer__is_not_copied(community: Community, check: Contract, signature: bytes) -> None:
    valid, spent = check.functions.measure(wallet_of(community, ANSWERS_HUGE), DIGEST, signature).call()
    assert valid  # its first word is right: whom a wallet accepts is the wallet's business
    assert spent < CAP + 10_000


# ---------------------------------------------------------------------- at the registry


def test_enrol__contract_wallet_member__accepted(community: Community) -> None:
    wallet = wallet_of(community, GOOD)
    member = community.register(wallet)
    participant = community.enrol(member, community.prosumer)
    assert community.see("walletOf", participant) == wallet


@pytest.mark.parametrize("manner", [BURNS_GAS, ANSWERS_SHORT, ANSWERS_DIRTY, REVERTS])
def test_enrol__misbehaving_wallet_member__reverts(community: Community, manner: int) -> None:
    wallet = wallet_of(community, manner)
    member = community.register(wallet)
    act = community.signed(community.terms(member), community.prosumer)
    assert community.refused("enrol", *act) == ("RegistrySignatureInvalid", wallet.lower())
