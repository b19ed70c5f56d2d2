"""Consents as the API shows them: their state at a time, with the words that stand behind codes and accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import (
    FOREVER_S,
    Consent,
    ConsentState,
    ConsentTerms,
    Directions,
    Granularity,
    purpose_of,
)
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.units import ParticipantIndex
from wattcommons.services.api.models import consents as models
from wattcommons.services.store.app.consent_reads import read_counts
from wattcommons.services.store.app.private import names_of, point_records
from wattcommons.services.store.app.texts import TextKind, texts_of
from wattcommons.services.store.engine import Connection
from wattcommons.services.store.reads.consents import ConsentEvent, ConsentRow, consent_history


def consent_models(
    connection: Connection, rows: Sequence[ConsentRow], now: int, length: IntervalLength, *, own: bool
) -> list[models.Consent]:
    """Consents with everything that is said of them. `own`: to their member, who sees the own words too."""
    numbers = [row.consent for row in rows]
    history: dict[int, list[ConsentEvent]] = {number: [] for number in numbers}
    for event in consent_history(connection, numbers):
        history[event.consent].append(event)
    counts = read_counts(connection, numbers)
    names = names_of(connection, (row.grantee for row in rows))
    texts = texts_of(connection, TextKind.CONSENT, (row.purpose for row in rows))
    labels = point_records(connection, {row.participant for row in rows}) if own else {}
    shown = []
    for row in rows:
        text, used = texts.get(row.purpose), counts.get(row.consent)
        label = labels.get(row.participant)
        shown.append(
            models.Consent(
                consent=row.consent,
                participant=row.participant,
                label=label.label if label else None,
                grantee=row.grantee,
                grantee_name=names.get(row.grantee),
                purpose=row.purpose,
                purpose_title=text.title if text else purpose_of(bytes.fromhex(row.purpose[2:])),
                purpose_text=text.text if text else None,
                imports=bool(row.directions & Directions.IMPORT),
                exports=bool(row.directions & Directions.EXPORT),
                granularity=Granularity(row.granularity).name.lower(),
                frequency=row.frequency,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                state=state_of(row, history[row.consent], now, length).name.lower(),
                reads=used.times if used else 0,
                last_read=used.last if used else None,
            )
        )
    return shown


def state_of(row: ConsentRow, history: Sequence[ConsentEvent], now: int, length: IntervalLength) -> ConsentState:
    """Where a consent stands at `now`, Unix seconds: by its events and by time."""
    at: Mapping[str, int] = {event.kind: event.at for event in history}
    ends = {
        "rejected": ConsentState.REJECTED,
        "revoked": ConsentState.REVOKED_BY_PSU,
        "terminated": ConsentState.TERMINATED_BY_TPP,
    }
    ended = next((kind for kind in ends if kind in at), None)
    known = Consent(
        ConsentTerms(
            ParticipantIndex(row.participant),
            Account(row.grantee),
            Directions(row.directions),
            Granularity(row.granularity),
            row.frequency,
            bytes.fromhex(row.purpose[2:]),
            row.valid_from,
            row.valid_until,
        ),
        requested_at=at.get("requested", 0),
        granted_at=at.get("granted", 0),
        ended_at=at[ended] if ended else 0,
        ended_as=ends[ended] if ended else None,
    )
    owned_until = FOREVER_S if row.until_interval is None else start_unix(row.until_interval, length)
    return known.state_at(now, owned_until)
