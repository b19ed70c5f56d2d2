"""The provenance document, version 1: everything the verify page needs to check a certificate by itself.

A JSON object; every field below is present and no other, absent things are null. Whole numbers are JSON integers, `id`
a decimal string, bytes and hashes lower-case 0x hex, accounts 0x and 40 hex digits. Text is ASCII. No key comes twice.

    format       "watt-commons/provenance"
    version      1
    chain        chain_id, block, block_hash, at (Unix), interval_minutes, k_ppm,
                 contracts: {MemberRegistry, MeterLedger, TariffSchedule, EnergyMarket, GuaranteeOfOrigin}
    certificate  id ("device << 32 | interval"), device, interval, participant
    device       technology, fuel, capacity_w, commissioned_at, country, valid_until
    gateway      account, source (gateway, operator_file, declared), from_interval of the epoch in force, block, tx_hash
    reading      as the gateway signed it: production_wh, consumption_wh, quality (measured, estimated), late, basis
                 (net, gross), run: {first_interval, readings (7 bytes each), signature (64 bytes, r and vs), block,
                 tx_hash}
    corrections  of the reading, in the order of the chain, signed by no gateway; each before and after (production_wh,
                 consumption_wh, quality), traded_wh (bought below zero), value_neur, booked_neur (decimal strings),
                 reason, issued_here (the certificate was first issued by it), more_wh, withdrawn_wh and owed_wh (by the
                 device; below zero where it paid) of the certificate, at, block, tx_hash
    tariff       retail, feed_in, network_fee: µ€/kWh in the interval
    clearing     null, or price (null: none possible), lo, hi (as announced), matched_wh, left_out, block, tx_hash
    fill         null (nothing sold), or chunk, fills (13 bytes each, the whole chunk; null: withheld, for it holds what
                 neighbours traded), stored_hash (22 bytes), position, wh, offset, block, tx_hash
    issue        own_use_wh, sold_wh, minted_wh, holder (null: waits in a claim), at, block, tx_hash
    moves        in the order of the chain, each kind (issued_more, claimed, transferred, cancelled, withdrawn,
                 recovered, locked, released, exported), wh, source, target, statement, reason, at, block, tx_hash
    statements   those that moves name, each statement, holder, beneficiary, purpose, period_from, period_to,
                 country, statement_hash, total_wh, at
    holdings     holder, wh: after the last move, none of 0 Wh
    waiting_wh   what still waits in a claim
    proves       codes: run_signature, clearing_price, fill_hash, issue_split, moves_add_up
    does_not_prove  codes: meter_honest, on_chain, book_complete
"""

from __future__ import annotations

from typing import Any, Final

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import NO_ADDRESS, Event, decode_logs
from wattcommons.chain.logs import RawLog
from wattcommons.chain.state import fills_hash
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.packing import SignedRun, decode_batch, pack_readings
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.units import Wh
from wattcommons.services.api.views.common import BASES, SOURCES
from wattcommons.services.api.views.corrections import corrections, first_recorded
from wattcommons.services.store.reads import certificates, market, members
from wattcommons.services.store.reads import provenance as reads
from wattcommons.services.store.reads.certificates import CertificateRow, EventRow
from wattcommons.services.store.reads.provenance import ReadingRow
from wattcommons.services.store.reads.snapshot import Snapshot
from wattcommons.services.store.reads.state import IndexState

FORMAT: Final = "watt-commons/provenance"
VERSION: Final = 1
PROVES: Final = ("run_signature", "clearing_price", "fill_hash", "issue_split", "moves_add_up")
DOES_NOT_PROVE: Final = ("meter_honest", "on_chain", "book_complete")
_NAMED: Final = ("MemberRegistry", "MeterLedger", "TariffSchedule", "EnergyMarket", "GuaranteeOfOrigin")


def document(
    snapshot: Snapshot, deployment: Deployment, state: IndexState, row: CertificateRow, *, whole_fills: bool
) -> dict[str, Any] | None:
    """The document of a certificate as of the index's newest block; None where the index does not hold all of it.

    `whole_fills`: with the chunk of fills that holds the producer's, and its neighbours'.
    """
    plant = reads.plant_of(snapshot, row.device)
    key = reads.key_of(snapshot, row.participant, row.interval)
    reading = reads.reading_of(snapshot, row.participant, row.interval)
    result = market.result(snapshot, row.interval)
    block_hash = reads.block_hash(snapshot, state.block)
    happened = certificates.events(snapshot, row.id)
    issued = next((one for one in happened if one.kind == "issued"), None)
    if plant is None or key is None or reading is None or result is None or block_hash is None or issued is None:
        return None
    chain = _Chain(snapshot, deployment)
    told = chain.corrections(row)
    signed = first_recorded(told, _reading(reading))
    run = chain.run(row, reading.block, signed)
    issue = chain.event(issued.block, issued.log_index)
    if run is None or issue is None:
        return None
    corrected = corrections(row.id, told, issue, lambda block: chain.events("GuaranteeOfOrigin", block, block))
    settled = (issued.block, issued.block)
    if any(one["issued_here"] for one in corrected):  # the fills came before, when the interval was settled
        settled = reads.clearing_blocks(snapshot, row.interval) or settled
    moves = [one for one in happened if one.kind != "issued"]
    return {
        "format": FORMAT,
        "version": VERSION,
        "chain": {
            "chain_id": deployment.chain_id,
            "block": state.block,
            "block_hash": block_hash,
            "at": state.at,
            "interval_minutes": deployment.terms.interval_minutes,
            "k_ppm": deployment.terms.k_ppm,
            "contracts": {name: deployment.address(name) for name in _NAMED},
        },
        "certificate": {
            "id": str(row.id),
            "device": row.device,
            "interval": row.interval,
            "participant": row.participant,
        },
        "device": plant._asdict(),
        "gateway": {
            "account": key.gateway,
            "source": SOURCES[key.source],
            "from_interval": key.from_interval,
            "block": key.block,
            "tx_hash": key.tx_hash,
        },
        "reading": {
            "production_wh": signed.production_wh,
            "consumption_wh": signed.consumption_wh,
            "quality": signed.quality.name.lower(),
            "late": bool(reading.late),
            "basis": BASES[members.basis_of(snapshot, row.participant)],
            "run": run,
        },
        "corrections": corrected,
        "tariff": result.tariff_prices(),
        "clearing": chain.clearing(row.interval),
        "fill": None if reading.late or not row.sold_wh else chain.fill(row, settled, whole=whole_fills),
        "issue": _issue(issue),
        "moves": [_move(one) for one in moves],
        "statements": _statements(snapshot, moves),
        "holdings": [{"holder": holder, "wh": wh} for holder, wh in certificates.holders(snapshot, row.id)],
        "waiting_wh": row.claimable_wh,
        "proves": [code for code in PROVES if whole_fills or code != "fill_hash"],
        "does_not_prove": list(DOES_NOT_PROVE),
    }


class _Chain:
    """What the raw logs say, decoded."""

    def __init__(self, snapshot: Snapshot, deployment: Deployment) -> None:
        self._snapshot = snapshot
        self._deployment = deployment

    def event(self, block: int, log_index: int) -> Event | None:
        """The event at a place."""
        log = reads.log_at(self._snapshot, block, log_index)
        return None if log is None else self._decoded([log])[0]

    def corrections(self, row: CertificateRow) -> list[Event]:
        """The corrections of the certificate's reading, in the order of the chain."""
        places = reads.correction_places(self._snapshot, row.participant, row.interval)
        found = [self.event(*place) for place in places]
        return [event for event in found if event is not None]

    def run(self, row: CertificateRow, block: int, reading: Reading) -> dict[str, Any] | None:
        """The signed run that brought the reading."""
        for event in self.events("MeterLedger", block, block):
            if event.name != "RunsRecorded":
                continue
            for signed in decode_batch(event.args["runs"]):
                if _brings(signed, row, reading):
                    return {
                        "first_interval": signed.run.first,
                        "readings": f"0x{pack_readings(signed.run.readings).hex()}",
                        "signature": f"0x{signed.signature.hex()}",
                        **_place(event),
                    }
        return None

    def clearing(self, interval: int) -> dict[str, Any] | None:
        """The price as it was announced."""
        blocks = reads.clearing_blocks(self._snapshot, interval)
        if blocks is None:
            return None
        for event in self.events("EnergyMarket", blocks[0], blocks[0], interval):
            if event.name == "IntervalCleared":
                args = event.args
                return {
                    "price": args["price"] if args["hasPrice"] else None,
                    "lo": args["lo"],
                    "hi": args["hi"],
                    "matched_wh": args["matchedWh"],
                    "left_out": args["leftOut"],
                    **_place(event),
                }
        return None

    def fill(self, row: CertificateRow, blocks: tuple[int, int], *, whole: bool) -> dict[str, Any] | None:
        """The producer's sale among the fills that were published with the settlement, in these blocks."""
        for event in self.events("EnergyMarket", *blocks, row.interval):
            if event.name != "FillsSettled":
                continue
            packed: bytes = event.args["fills"]
            for position, fill in enumerate(unpack_fills(packed)):
                if fill.participant == row.participant:
                    return {
                        "chunk": event.args["chunk"],
                        "fills": f"0x{packed.hex()}" if whole else None,
                        "stored_hash": f"0x{fills_hash(packed).hex()}",
                        "position": position,
                        "wh": fill.wh,
                        "offset": fill.offset,
                        **_place(event),
                    }
        return None

    def events(self, contract: str, first: int, last: int, interval: int | None = None) -> list[Event]:
        """A contract's events in a few blocks, only those about an interval where one is given."""
        logs = reads.logs_in(self._snapshot, first, last, self._deployment.address(contract))
        word = None if interval is None else interval.to_bytes(32, "big")
        return self._decoded([log for log in logs if word is None or word in log.topics[1:]])

    def _decoded(self, logs: list[RawLog]) -> list[Event]:
        return list(decode_logs(self._deployment, logs))


def _brings(signed: SignedRun, row: CertificateRow, reading: Reading) -> bool:
    run = signed.run
    if run.participant != row.participant or not run.first <= row.interval < run.end:
        return False
    return run.readings[row.interval - run.first] == reading


def _reading(row: ReadingRow) -> Reading:
    return Reading(Wh(row.production_wh), Wh(row.consumption_wh), Quality(row.quality))


def _issue(event: Event) -> dict[str, Any]:
    args = event.args
    return {
        "own_use_wh": args["ownUseWh"],
        "sold_wh": args["soldWh"],
        "minted_wh": args["mintedWh"],
        "holder": None if args["holder"] == NO_ADDRESS else args["holder"],
        "at": event.timestamp,
        **_place(event),
    }


def _move(one: EventRow) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "wh": one.wh,
        "source": one.source,
        "target": one.target,
        "statement": one.statement,
        "reason": one.reason,
        "at": one.at,
        "block": one.block,
        "tx_hash": one.tx_hash,
    }


def _statements(snapshot: Snapshot, moves: list[EventRow]) -> list[dict[str, Any]]:
    named = sorted({one.statement for one in moves if one.statement is not None})
    found = []
    for row in certificates.statements_by_number(snapshot, named):
        values = row._asdict()
        del values["items"]
        found.append(values)
    return found


def _place(event: Event) -> dict[str, Any]:
    return {"block": event.block, "tx_hash": event.tx_hash}
