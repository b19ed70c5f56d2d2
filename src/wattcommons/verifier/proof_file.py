"""The proof file, version 1: what it holds and its one form.

It says nothing twice: readings, amounts, keys and prices are not written down but follow from the trie nodes, the
signed run and the fills, so there is nothing in it that could contradict the proof. Bytes are base64.

| field | what |
| --- | --- |
| `format`, `version` | `wattcommons-proof`, 1 |
| `layout` | which storage layout of the contracts the slots follow |
| `chain_id`, `contracts`, `interval_minutes` | the community; the reader's anchor has to name the same |
| `device`, `interval` | the certificate: its number is device × 2³² + interval |
| `participant` | whose reading it rests on |
| `holders` | wallets whose balance at the last block is shown, ascending |
| `run` | the signed run as the ledger took it; empty where a correction stands in its place |
| `fills` | all chunks of the interval's fills, shortened (compact_fills.py) |
| `headers` | encoded headers, ascending by number; the last one is of the block whose state is shown |
| `receipts` | pairs [place in `headers`, position in that block] of receipts that tell of the certificate |
| `nodes` | all trie nodes of all proofs, each once, ascending by their hash |
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import InputError
from wattcommons.verifier import canonical, compact_fills
from wattcommons.verifier.anchors import Community, contracts_of, octets
from wattcommons.verifier.hashing import ADDRESS_BYTES, keccak, shown

FORMAT: Final = "wattcommons-proof"
VERSION: Final = 1
MOST: Final = {"holders": 64, "fills": 64, "headers": 512, "receipts": 256, "nodes": 8192}
"""Longest lists that are read."""

_FIELDS: Final[Mapping[str, type]] = {
    "format": str,
    "version": int,
    "layout": str,
    "chain_id": int,
    "contracts": dict,
    "interval_minutes": int,
    "device": int,
    "interval": int,
    "participant": int,
    "holders": list,
    "run": str,
    "fills": list,
    "headers": list,
    "receipts": list,
    "nodes": list,
}


@dataclass(frozen=True)
class ProofFile:
    """A proof file's content, checked for its form alone. `receipts`: (place in headers, position in the block)."""

    layout: str
    community: Community
    device: int
    interval: int
    participant: int
    holders: tuple[bytes, ...]
    run: bytes
    fills: tuple[bytes, ...]
    headers: tuple[bytes, ...]
    receipts: tuple[tuple[int, int], ...]
    nodes: tuple[bytes, ...]

    @property
    def certificate(self) -> int:
        """The certificate's number."""
        return self.device << 32 | self.interval

    def dump(self) -> bytes:
        """The file's bytes; nodes are put in order. Raises InputError for fills that no settlement makes."""
        return canonical.dump(
            {
                "format": FORMAT,
                "version": VERSION,
                "layout": self.layout,
                "chain_id": self.community.chain_id,
                "contracts": {name: shown(address) for name, address in self.community.contracts.items()},
                "interval_minutes": self.community.interval_minutes,
                "device": self.device,
                "interval": self.interval,
                "participant": self.participant,
                "holders": sorted(shown(one) for one in self.holders),
                "run": _written(self.run),
                "fills": [_written(one) for one in compact_fills.shorten(self.fills)],
                "headers": [_written(one) for one in self.headers],
                "receipts": [list(pair) for pair in self.receipts],
                "nodes": [_written(one) for one in sorted(set(self.nodes), key=keccak)],
            }
        )


def load(data: bytes) -> ProofFile:
    """A proof file from its bytes. Raises InputError saying why it is none."""
    what = "the proof file"
    found = canonical.load(data, what)
    if found.get("format") != FORMAT:
        raise InputError("this is no proof file", "one is made by `watt prove certificate`")
    if found.get("version") != VERSION:
        raise InputError(f"this proof file is of version {found.get('version')}", f"this program reads {VERSION}")
    canonical.expect(found, _FIELDS, what)
    for name, most in MOST.items():
        if len(found[name]) > most:
            raise InputError(f"{what} has {len(found[name])} {name}", f"at most {most} are read")
    return ProofFile(
        layout=found["layout"],
        community=Community(
            _within(found["chain_id"], 1, canonical.MAX_NUMBER, "chain_id"),
            _minutes(found["interval_minutes"]),
            contracts_of(found["contracts"], what),
        ),
        device=_within(found["device"], 1, MAX_INDEX, "device"),
        interval=_within(found["interval"], 0, MAX_INDEX, "interval"),
        participant=_within(found["participant"], 1, MAX_INDEX, "participant"),
        holders=_ascending(tuple(octets(one, ADDRESS_BYTES, "a holder") for one in found["holders"]), "holders"),
        run=_read(found["run"], "run"),
        fills=compact_fills.lengthen([_read(one, "fills") for one in found["fills"]]),
        headers=tuple(_read(one, "headers") for one in found["headers"]),
        receipts=_receipts(found["receipts"], len(found["headers"])),
        nodes=_by_hash(tuple(_read(one, "nodes") for one in found["nodes"])),
    )


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _read(text: Any, name: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or _written(data) != text:
        raise InputError(f"the proof file's {name} is no base64 in its one form", "take the file as it was made")
    return data


def _within(value: int, least: int, most: int, name: str) -> int:
    if not least <= value <= most:
        raise InputError(f"the proof file's {name} is {value}", f"it is {least} to {most}")
    return value


def _minutes(value: int) -> int:
    if value not in tuple(IntervalLength):
        raise InputError(f"the proof file's interval_minutes is {value}", "it is 15, 30 or 60")
    return value


def _receipts(found: list[Any], headers: int) -> tuple[tuple[int, int], ...]:
    pairs = []
    for pair in found:
        if not isinstance(pair, list) or len(pair) != 2 or any(type(one) is not int for one in pair):
            raise InputError("the proof file's receipts are no pairs of numbers")
        pairs.append((_within(pair[0], 0, headers - 1, "receipts"), _within(pair[1], 0, MAX_INDEX, "receipts")))
    return _ascending(tuple(pairs), "receipts")


def _by_hash(nodes: tuple[bytes, ...]) -> tuple[bytes, ...]:
    _ascending(tuple(keccak(node) for node in nodes), "nodes")
    return nodes


def _ascending(found: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    if any(one >= following for one, following in pairwise(found)):
        raise InputError(f"the proof file's {name} are not in ascending order, each once")
    return found
