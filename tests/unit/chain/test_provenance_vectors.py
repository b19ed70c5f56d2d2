"""The shared provenance documents against the rules of this package: what the verify page accepts, we would issue.

The page's own checks of the same file, tampered documents included, are in frontend/tests/provenance.test.ts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.state import fills_hash
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.corrections import CorrectionEffect, effect_of
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.packing import SignedRun, unpack_readings
from wattcommons.domain.readings import Quality, Reading, Run
from wattcommons.domain.settlement import certificate_split
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import PPM, DeviceIndex, IntervalIndex, MicroEurPerKwh, ParticipantIndex, Wh

pytestmark = pytest.mark.unit

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "provenance.json").read_text("utf-8"))
GOOD = {one["name"]: one["document"] for one in VECTORS["good"]}
documents = pytest.mark.parametrize("document", GOOD.values(), ids=GOOD.keys())
FORGED = {"other_signer", "signature_bit"}


def octets(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def signer_of(document: dict[str, Any], signature: str) -> str | None:
    run = document["reading"]["run"]
    ledger = document["chain"]["contracts"]["MeterLedger"]
    domain = SigningDomain("Watt Commons MeterLedger", document["chain"]["chain_id"], ledger)
    participant = ParticipantIndex(document["certificate"]["participant"])
    readings = tuple(unpack_readings(octets(run["readings"])))
    signed = Run(participant, IntervalIndex(run["first_interval"]), readings)
    return RunSignatures(domain).signer(SignedRun(signed, octets(signature)))


def reading_of(document: dict[str, Any]) -> Reading:
    run = document["reading"]["run"]
    readings = unpack_readings(octets(run["readings"]))
    place: int = document["certificate"]["interval"] - run["first_interval"]
    return readings[place]


@pytest.mark.parametrize(
    "vector", [one for one in VECTORS["tampered"] if one["name"] in FORGED], ids=lambda one: one["name"]
)
def test_signature__forged__is_not_the_gateways(vector: dict[str, Any]) -> None:
    document = GOOD[vector["base"]]
    assert signer_of(document, vector["value"]) != document["gateway"]["account"]


def test_vectors__forged_signatures__are_there() -> None:
    assert {one["name"] for one in VECTORS["tampered"]} >= FORGED


def effect(document: dict[str, Any], correction: dict[str, Any]) -> CorrectionEffect:
    tariff = document["tariff"]
    prices = Tariff(*(MicroEurPerKwh(tariff[name]) for name in ("retail", "feed_in", "network_fee")))
    old, new = (
        Reading(Wh(one["production_wh"]), Wh(one["consumption_wh"]), Quality[one["quality"].upper()])
        for one in (correction["before"], correction["after"])
    )
    return effect_of(old, new, correction["traded_wh"], prices)


@documents
def test_corrections__good__money_and_certificates_by_our_rules(document: dict[str, Any]) -> None:
    for one in document["corrections"]:
        found = effect(document, one)
        assert str(found.value_neur) == one["value_neur"]
        due = 0 if one["issued_here"] else found.certificates.difference_wh
        assert one["more_wh"] - one["withdrawn_wh"] - one["owed_wh"] == due


@documents
def test_signature__good__is_the_gateways(document: dict[str, Any]) -> None:
    assert signer_of(document, document["reading"]["run"]["signature"]) == document["gateway"]["account"]


@documents
def test_certificate__good__number_and_split_by_our_rules(document: dict[str, Any]) -> None:
    one, issue, sale = document["certificate"], document["issue"], document["fill"]
    assert int(one["id"]) == certificate_id(DeviceIndex(one["device"]), IntervalIndex(one["interval"]))
    issued_by = next((c for c in document["corrections"] if c["issued_here"]), None)
    if issued_by is None:
        split = certificate_split(reading_of(document), sale["wh"] if sale else 0)
    else:
        split = effect(document, issued_by).certificates.earns
    assert (split.own_use_wh, split.sold_wh, split.minted_wh) == (
        issue["own_use_wh"],
        issue["sold_wh"],
        issue["minted_wh"],
    )


@documents
def test_clearing__good__price_and_published_sale_by_our_rules(document: dict[str, Any]) -> None:
    clearing, sale = document["clearing"], document["fill"]
    if clearing and clearing["price"] is not None:
        spread = clearing["hi"] - clearing["lo"]
        assert clearing["price"] == clearing["lo"] + document["chain"]["k_ppm"] * spread // PPM
    if sale and sale["fills"] is not None:
        packed = octets(sale["fills"])
        assert fills_hash(packed) == octets(sale["stored_hash"])
        fill = unpack_fills(packed)[sale["position"]]
        assert (fill.participant, fill.wh) == (document["certificate"]["participant"], sale["wh"])
