"""Readings on their way out: signed in runs, handed to a carrier, and written down as what became of them.

A run keeps its members once it was handed over, so that asking again asks about the same run. A run that is refused
as a whole is tried reading by reading, so that one bad reading never holds up its neighbours; a signature that is not
the right one is tried with every key there is. Only then a reading is parked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import Run
from wattcommons.services.delivery.fate import Carrier, Fate, Refusal, RunFate
from wattcommons.services.gateway.keys import KeyRing
from wattcommons.services.store.journal import Place, ReadingRow, ReadingState
from wattcommons.services.store.outbox import Outbox, Settled

_OTHER_KEY = (Refusal.SIGNATURE_INVALID, Refusal.KEY_CHANGED)


@dataclass(frozen=True, slots=True)
class CourierRules:
    """`most`: readings looked at in one round. `run`: most readings under one signature (1 to 65,535)."""

    most: int = 2_000
    run: int = 96


@dataclass(frozen=True, slots=True)
class Round:
    """One round: readings by what became of them. `again`: there is something to do at once."""

    final: int = 0
    waiting: int = 0
    parked: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Rows that are, or will be, one run; `key` signs it."""

    rows: tuple[ReadingRow, ...]
    key: str

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple((row.participant, row.interval) for row in self.rows)

    @property
    def run(self) -> Run:
        first = self.rows[0]
        return Run(first.participant, first.interval, tuple(row.reading for row in self.rows))


class Courier:
    """Takes readings out of one journal. For one thread at a time."""

    def __init__(self, outbox: Outbox, keys: KeyRing, carrier: Carrier, rules: CourierRules | None = None) -> None:
        self._outbox, self._keys, self._carrier = outbox, keys, carrier
        self._rules = rules or CourierRules()

    def round(self, at: int) -> Round:
        """Hand over what is due and write down what became of it. `at`: now, unix ms.

        Raises RetryableError when the carrier can say nothing at present, StoreError; nothing is lost by either.
        """
        rows = self._outbox.due(self._rules.most)
        if not rows:
            return Round()
        taken = self._outbox.taken_keys()
        bundles = [self._bundle(group, taken) for group in self._groups(rows)]
        # Written down first: what was handed over and then cut off is asked about again, as the same run.
        fresh = [bundle for bundle in bundles if any(row.state is ReadingState.QUEUED for row in bundle.rows)]
        self._outbox.submit([(bundle.places, bundle.key) for bundle in fresh], at)
        signed = [self._sign(bundle) for bundle in bundles]
        fates = self._carrier.carry(signed)
        changes = [
            change for bundle, fate in zip(bundles, fates, strict=True) for change in self._changes(bundle, fate)
        ]
        self._outbox.settle(changes, at)
        return _summary(bundles, changes)

    def _groups(self, rows: Sequence[ReadingRow]) -> list[tuple[ReadingRow, ...]]:
        """Rows in groups that are, or may become, one run each: consecutive, and alike in what was tried."""
        groups: list[list[ReadingRow]] = []
        for _, found in groupby(rows, key=lambda row: (row.participant, row.run_first, row.tried, row.key)):
            group: list[ReadingRow] = []
            for row in found:
                if group and (row.interval != group[-1].interval + 1 or len(group) == self._rules.run):
                    groups.append(group)
                    group = []
                group.append(row)
            groups.append(group)
        return [tuple(group) for group in groups]

    def _bundle(self, rows: tuple[ReadingRow, ...], taken: dict[int, str]) -> _Bundle:
        first = rows[0]
        key = first.key if first.key in self._keys.addresses else None
        key = key or self._keys.next_key(first.tried, taken.get(first.participant, ""))
        # Every key was tried before and all are there again after a restart: begin anew.
        return _Bundle(rows, key or self._keys.addresses[0])

    def _sign(self, bundle: _Bundle) -> SignedRun:
        return self._keys.sign(bundle.run, bundle.key)

    def _changes(self, bundle: _Bundle, fate: RunFate) -> list[Settled]:
        places = bundle.places
        if fate.fate is Fate.FINAL:
            return [Settled(places, ReadingState.FINAL, fate.block)]
        if fate.fate is Fate.CONFLICT:
            differing = tuple(place for place in places if place[1] in fate.conflicts)
            same = tuple(place for place in places if place[1] not in fate.conflicts)
            reason = "conflict: another reading is recorded for this interval and stays"
            changes = [Settled(same, ReadingState.FINAL, fate.block)] if same else []
            return [*changes, Settled(differing, ReadingState.PARKED, fate.block, reason)]
        if fate.fate is not Fate.REFUSED:
            return []
        if len(places) > 1:
            return [Settled(places, ReadingState.QUEUED, tried=bundle.rows[0].tried, alone=True)]
        tried = (*bundle.rows[0].tried, bundle.key)
        if fate.reason in _OTHER_KEY and self._keys.next_key(tried) is not None:
            return [Settled(places, ReadingState.QUEUED, tried=tried, alone=True)]
        return [Settled(places, ReadingState.PARKED, fate.block, refusal_text(fate))]


def refusal_text(fate: RunFate) -> str:
    """Why the ledger refused a run, in one line."""
    detail = fate.detail
    texts = {
        Refusal.NOT_ACTIVE: f"not-active: no gateway is enrolled for the participant at interval {detail}",
        Refusal.KEY_CHANGED: f"key-changed: another key is enrolled from interval {detail} on",
        Refusal.SIGNATURE_INVALID: "signature: no key of this gateway is enrolled for the participant at that interval",
        Refusal.QUALITY_INVALID: f"quality: {detail & 0xFF} is neither measured nor estimated",
        Refusal.IMPLAUSIBLE: (
            f"implausible: {detail & 0xFFFFFFFF} Wh, and the enrolled power allows {(detail >> 32) & 0xFFFFFFFF} Wh"
        ),
    }
    return texts.get(fate.reason, fate.reason.name.lower())


def _summary(bundles: Sequence[_Bundle], changes: Sequence[Settled]) -> Round:
    def count(state: ReadingState) -> int:
        return sum(len(change.places) for change in changes if change.state is state)

    total = sum(len(bundle.rows) for bundle in bundles)
    final, parked, again = count(ReadingState.FINAL), count(ReadingState.PARKED), count(ReadingState.QUEUED)
    return Round(final, total - final - parked - again, parked, again=again > 0)
