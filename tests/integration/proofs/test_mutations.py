"""A good file with anything changed, exchanged or left out proves nothing: sampled here, every byte with --deep."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

import pytest

from wattcommons.errors import InputError
from wattcommons.verifier import headers, proof_file
from wattcommons.verifier.anchors import Anchor
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.qbft import block_hash
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.integration

SAMPLES = 200
PARTS = ("run", "fills", "headers", "nodes")


def _holds(data: bytes, anchor: Anchor) -> bool:
    """Whether the file is taken as good: every line proved."""
    try:
        return verify(data, anchor).proved
    except InputError:
        return False


def _file_holds(file: ProofFile, anchor: Anchor) -> bool:
    """The same of content that may have no form to be written in."""
    try:
        data = file.dump()
    except InputError:
        return False
    return _holds(data, anchor)


def _flipped(data: bytes, at: int, mask: int = 1) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def _sampled(positions: range, count: int) -> Iterator[int]:
    dice = random.Random(20260101)
    yield from sorted(dice.sample(positions, min(count, len(positions))))


def _text_flips(data: bytes, count: int, anchor: Anchor) -> list[int]:
    """Positions of the file's text where a changed byte is not noticed."""
    dice = random.Random(7)
    chosen = _sampled(range(len(data)), count)
    return [at for at in chosen if _holds(_flipped(data, at, 1 << dice.randrange(7)), anchor)]


def _part_flips(file: ProofFile, count: int, anchor: Anchor) -> list[tuple[str, int, int]]:
    """Places of the bytes within a file's parts where a change, written down in good form, is not noticed."""
    unnoticed = []
    for name in PARTS:
        value = getattr(file, name)
        pieces = (value,) if isinstance(value, bytes) else value
        places = [(piece, at) for piece in range(len(pieces)) for at in range(len(pieces[piece]))]
        for chosen in _sampled(range(len(places)), count):
            piece, at = places[chosen]
            changed = _flipped(pieces[piece], at)
            whole: Any = changed if isinstance(value, bytes) else (*pieces[:piece], changed, *pieces[piece + 1 :])
            if _file_holds(replace(file, **{name: whole}), anchor):
                unnoticed.append((name, piece, at))
    return unnoticed


@pytest.mark.parametrize("name", ["claimed", "plain"])
def test_text__any_byte_changed__noticed(proofs: Any, name: str) -> None:
    assert _text_flips(proofs.sealed[name], SAMPLES, proofs.anchor) == []


@pytest.mark.parametrize("name", ["claimed", "plain"])
def test_parts__any_byte_changed_in_good_form__noticed(proofs: Any, name: str) -> None:
    assert _part_flips(proof_file.load(proofs.sealed[name]), SAMPLES // 2, proofs.anchor) == []


def test_parts__any_byte_changed_under_a_trusted_hash__noticed(proofs: Any) -> None:
    for data in (proofs.files["plain"], proofs.sealed["plain"]):
        file = proof_file.load(data)
        anchor = Anchor(hashes=frozenset([block_hash(headers.parse(file.headers[-1]))]), community=proofs.community)
        assert _holds(data, anchor)
        assert _part_flips(file, SAMPLES // 4, anchor) == []


@pytest.mark.deep
@pytest.mark.parametrize("name", ["claimed", "traded", "plain"])
def test_every_byte__changed__noticed(proofs: Any, name: str) -> None:
    data = proofs.sealed[name]
    assert _text_flips(data, len(data), proofs.anchor) == []
    assert _part_flips(proof_file.load(data), len(data), proofs.anchor) == []


NUMBERS: dict[str, Callable[[ProofFile], ProofFile]] = {
    "device": lambda file: replace(file, device=file.device + 1),
    "interval": lambda file: replace(file, interval=file.interval + 1),
    "participant": lambda file: replace(file, participant=file.participant + 1),
    "chain": lambda file: replace(file, community=replace(file.community, chain_id=1)),
    "length": lambda file: replace(file, community=replace(file.community, interval_minutes=15)),
    "no run": lambda file: replace(file, run=b""),
    "no fills": lambda file: replace(file, fills=()),
    "fills twice": lambda file: replace(file, fills=file.fills * 2),
    "no holders": lambda file: replace(file, holders=()),
    "a holder of nothing": lambda file: replace(file, holders=(*file.holders, b"\xff" * 20)),
    "no history": lambda file: replace(file, receipts=()),
    "no header": lambda file: replace(file, headers=()),
    "a header twice": lambda file: replace(file, headers=(*file.headers, file.headers[-1])),
    "no nodes": lambda file: replace(file, nodes=()),
    "a node too many": lambda file: replace(file, nodes=(*file.nodes, b"\xc1\x80")),
}


@pytest.mark.parametrize("change", NUMBERS)
def test_content__another__noticed(proofs: Any, change: str) -> None:
    file = proof_file.load(proofs.sealed["claimed"])
    assert not _file_holds(NUMBERS[change](file), proofs.anchor)


@pytest.mark.parametrize(("one", "other"), [("claimed", "traded"), ("traded", "claimed"), ("plain", "claimed")])
def test_parts__exchanged_between_two_good_files__noticed(proofs: Any, one: str, other: str) -> None:
    file, foreign = (proof_file.load(proofs.sealed[name]) for name in (one, other))
    exchanged = 0
    for part in fields(ProofFile):
        if getattr(file, part.name) == getattr(foreign, part.name):
            continue
        mixed = replace(file, **{part.name: getattr(foreign, part.name)})
        assert not _file_holds(mixed, proofs.anchor), part.name
        exchanged += 1
    assert exchanged >= 7


@pytest.mark.parametrize("part", PARTS[1:])
def test_parts__each_piece_left_out__noticed(proofs: Any, part: str) -> None:
    file = proof_file.load(proofs.sealed["claimed"])
    pieces = getattr(file, part)
    assert pieces
    without = partial(_left_out, pieces)
    unnoticed = [at for at in range(len(pieces)) if _file_holds(replace(file, **{part: without(at)}), proofs.anchor)]
    assert unnoticed == []


def _left_out(pieces: tuple[bytes, ...], at: int) -> tuple[bytes, ...]:
    return (*pieces[:at], *pieces[at + 1 :])
