"""Whether a certificate or a consent has to do with a wallet or its participants."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from wattcommons.services.store.app_tables import intents
from wattcommons.services.store.index_registry_tables import certificate_events, certificates, consents

_SAFE_ID = 2**63 - 1


def knows_certificate(connection: Connection, wallet: str, participants: Collection[int], certificate: int) -> bool:
    """Whether a certificate was made by one of the participants, or was ever in the wallet."""
    if not 0 <= certificate <= _SAFE_ID:
        return False
    made = select(certificates.c.id).where(
        certificates.c.id == certificate, certificates.c.participant.in_(list(participants))
    )
    events = certificate_events.c
    moved = (
        select(events.id)
        .where(events.id == certificate, or_(events.source == wallet, events.target == wallet))
        .limit(1)
    )
    return connection.execute(made).first() is not None or connection.execute(moved).first() is not None


def knows_consent(connection: Connection, wallet: str, participants: Collection[int], consent: int) -> bool:
    """Whether a consent is about one of the participants, or was given to the wallet or asked by it."""
    if not 0 <= consent <= _SAFE_ID:
        return False
    query = select(consents.c.participant, consents.c.grantee).where(consents.c.consent == consent)
    row = connection.execute(query).first()
    return row is not None and (row.participant in participants or row.grantee == wallet)


def sent_for(connection: Connection, wallet: str, tx_hash: str) -> bool:
    """Whether a transaction carried something that was sent on for a wallet."""
    query = select(intents.c.id).where(intents.c.wallet == wallet, intents.c.tx_hash == tx_hash).limit(1)
    return connection.execute(query).first() is not None
