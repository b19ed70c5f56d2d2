"""Deploying a community: thirteen contracts, their roles, and the keys handed over. Asks nothing.

Contracts refer to each other by immutable addresses, in circles; every address follows from the deployer's nonce,
so all are known before the first is deployed and are checked after the last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import rlp
from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_canonical_address, to_checksum_address
from eth_utils.conversions import to_bytes
from eth_utils.crypto import keccak
from web3 import Web3

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.contracts import Call, Contracts
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.roles import RESTRICTED, Role
from wattcommons.chain.sender import Sender
from wattcommons.errors import DeploymentError

_NO_DELAY: Final = 0


def deploy(
    web3: Web3,
    sender: Sender,
    terms: CommunityTerms,
    holders: Mapping[Role, str],
    *,
    admin: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Deployment:
    """Deploy a community and grant its roles.

    `holders`: the address of each role but the administrator's (partners and third parties may be granted later).
    `admin`: who administers roles from now on; the deployer gives it up. None keeps the deployer.

    Raises RevertedError when a constructor refuses a term, DeploymentError when what is on the chain is not
    what was computed before.
    """
    first = sender.next_nonce()
    addresses = {name: create_address(sender.address, first + i) for i, name in enumerate(CONTRACTS)}
    arguments = constructor_arguments(terms, addresses, sender.address)
    block = web3.eth.block_number + 1
    for name in CONTRACTS:
        progress(name)
        sender.deploy(creation_code(name, arguments[name]), f"deployment of {name}")
    deployment = Deployment(web3.eth.chain_id, block, addresses, terms)
    contracts = Contracts(web3, deployment)
    check_references(contracts)
    progress("roles")
    for sent in sender.send_all(role_calls(contracts, holders, admin, sender.address)):
        if sent.error is not None:
            raise sent.error
    return deployment


def create_address(deployer: str, nonce: int) -> str:
    """Address of the contract that `deployer` creates with `nonce` (yellow paper, section 7)."""
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(deployer), nonce]))[12:])


def constructor_arguments(terms: CommunityTerms, addresses: Mapping[str, str], admin: str) -> dict[str, list[Any]]:
    """What each constructor is given."""
    at = addresses
    seconds = terms.length.seconds
    settings = (
        seconds,
        terms.gate_lead_s,
        terms.k_ppm,
        terms.collect_grid,
        terms.collect_network_fee,
        terms.credit_limit_neur,
    )
    manager, registry, market = at["AccessManager"], at["MemberRegistry"], at["EnergyMarket"]
    corrections = at["Corrections"]
    return {
        "AccessManager": [admin],
        "MemberRegistry": [manager, seconds, terms.gate_lead_s, at["MeterLedger"], terms.replacement_delay_s],
        "TariffSchedule": [manager, registry, terms.retail, terms.feed_in, terms.network_fee],
        "OrderBook": [registry, seconds, terms.gate_lead_s],
        "MeterLedger": [
            registry,
            market,
            corrections,
            seconds,
            terms.gate_lead_s,
            terms.deadline_s,
            terms.silence_after,
        ],
        "CommunityEuro": [manager, registry, market, f"{terms.name} euro", "WEUR"],
        "GuaranteeOfOrigin": [manager, registry, market, corrections, at["ExportGroups"], terms.guarantee_uri],
        "EnergyMarket": [
            manager,
            registry,
            at["TariffSchedule"],
            at["OrderBook"],
            at["MeterLedger"],
            at["CommunityEuro"],
            at["GuaranteeOfOrigin"],
            corrections,
            settings,
        ],
        "Ecopoints": [manager, registry, at["GreenCoach"]],
        "GreenCoach": [
            manager,
            registry,
            at["MeterLedger"],
            at["Ecopoints"],
            terms.points_per_kwh,
            terms.max_award_mpt,
            terms.data_grace_s,
        ],
        "ConsentRegistry": [manager, registry],
        "Corrections": [
            manager,
            registry,
            at["MeterLedger"],
            at["TariffSchedule"],
            market,
            at["GuaranteeOfOrigin"],
            terms.correction_window_s,
        ],
        "ExportGroups": [manager, registry, at["GuaranteeOfOrigin"]],
    }


def creation_code(name: str, arguments: list[Any]) -> bytes:
    """Creation bytecode with its constructor's arguments."""
    artifact = load_artifact(name)
    inputs: list[Any] = next((item["inputs"] for item in artifact.abi if item["type"] == "constructor"), [])
    types = [collapse_if_tuple(item) for item in inputs]
    return to_bytes(hexstr=artifact.bytecode) + encode(types, arguments)


def role_calls(contracts: Contracts, holders: Mapping[Role, str], admin: str | None, deployer: str) -> list[Call]:
    """The calls that tie functions to roles, roles to keys, and pass the administration on."""
    manager = "AccessManager"
    calls = []
    for name, functions in RESTRICTED.items():
        by_role: dict[Role, list[bytes]] = {}
        for function, role in functions.items():
            by_role.setdefault(role, []).append(load_artifact(name).selector(function))
        for role, selectors in by_role.items():
            target = contracts.deployment.address(name)
            calls.append(contracts.call(manager, "setTargetFunctionRole", target, selectors, int(role)))
    calls += [
        contracts.call(manager, "labelRole", int(role), role.name.lower()) for role in Role if role is not Role.ADMIN
    ]
    calls += [contracts.call(manager, "grantRole", int(role), holder, _NO_DELAY) for role, holder in holders.items()]
    if admin is not None and admin != deployer:
        calls.append(contracts.call(manager, "grantRole", int(Role.ADMIN), admin, _NO_DELAY))
        calls.append(contracts.call(manager, "renounceRole", int(Role.ADMIN), deployer))
    return calls


def check_references(contracts: Contracts) -> None:
    """Every address a contract was given before the other one existed is the other one's."""
    at = contracts.deployment.address
    expected = {
        ("MemberRegistry", "ledger"): at("MeterLedger"),
        ("MeterLedger", "market"): at("EnergyMarket"),
        ("CommunityEuro", "market"): at("EnergyMarket"),
        ("GuaranteeOfOrigin", "market"): at("EnergyMarket"),
        ("EnergyMarket", "guarantees"): at("GuaranteeOfOrigin"),
        ("EnergyMarket", "euro"): at("CommunityEuro"),
        ("Ecopoints", "coach"): at("GreenCoach"),
        ("ConsentRegistry", "registry"): at("MemberRegistry"),
        ("MeterLedger", "corrections"): at("Corrections"),
        ("EnergyMarket", "corrections"): at("Corrections"),
        ("GuaranteeOfOrigin", "corrections"): at("Corrections"),
        ("Corrections", "market"): at("EnergyMarket"),
        ("Corrections", "ledger"): at("MeterLedger"),
        ("GuaranteeOfOrigin", "exports"): at("ExportGroups"),
        ("ExportGroups", "guarantees"): at("GuaranteeOfOrigin"),
    }
    for (name, view), address in expected.items():
        found = contracts.read(name, view)
        if found != address:
            raise DeploymentError(
                f"{name}.{view} is {found}, expected {address}",
                "another program sent from the deployer's account meanwhile: deploy again",
            )
