"""What the certificate registry keeps off the chain: reservations, white lists, answers to requests with a key.

None of it binds the chain: a holder who sends a transaction of its own is bound by the contracts alone. Times in Unix
seconds.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, text

from wattcommons.services.store.app_tables import registry_requests, registry_reservations, registry_whitelists

KEY_LIFE_S: Final = 86_400
"""How long an answer to a request with a key is kept."""
_LOCK: Final = 0x57435247


class Reservation(NamedTuple):
    """Wh of certificates that their holder keeps back until `expires`: (certificate, Wh) each."""

    id: str
    wallet: str
    items: tuple[tuple[int, int], ...]
    expires: int
    created: int


class Whitelist(NamedTuple):
    """From whom an account wants certificates: from anybody unless `only_listed`."""

    only_listed: bool
    accounts: tuple[str, ...]
    changed: int


class KnownRequest(NamedTuple):
    """A request that was answered: the hash of what was asked, and the answer."""

    request_hash: bytes
    answer: dict[str, Any]


def one_at_a_time(connection: Connection) -> None:
    """Within a writing transaction: nobody else reserves or keeps an answer until it ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


# ---------------------------------------------------------------------------- reservations


def reservations_of(connection: Connection, wallet: str, now: int, limit: int) -> list[Reservation]:
    """A wallet's reservations that have not expired at `now`, those ending first in front."""
    c = registry_reservations.c
    query = select(registry_reservations).where(c.wallet == wallet, c.expires > now).order_by(c.expires, c.id)
    return [
        Reservation(row.id, row.wallet, tuple((one[0], one[1]) for one in json.loads(row.items)), *row[3:])
        for row in connection.execute(query.limit(limit)).all()
    ]


def reserved_wh(connection: Connection, wallet: str, now: int, limit: int) -> Counter[int]:
    """Certificate -> Wh of it that a wallet keeps back at `now`."""
    found: Counter[int] = Counter()
    for one in reservations_of(connection, wallet, now, limit):
        for number, wh in one.items:
            found[number] += wh
    return found


def add_reservation(connection: Connection, reservation: Reservation) -> None:
    """Keep a reservation; the wallet's that ended before it was made are forgotten."""
    c = registry_reservations.c
    connection.execute(
        delete(registry_reservations).where(c.wallet == reservation.wallet, c.expires <= reservation.created)
    )
    values = reservation._asdict() | {"items": json.dumps(reservation.items, separators=(",", ":"))}
    connection.execute(insert(registry_reservations).values(**values))


def end_reservation(connection: Connection, wallet: str, number: str) -> bool:
    """Forget a wallet's reservation; whether there was one."""
    c = registry_reservations.c
    return bool(connection.execute(delete(registry_reservations).where(c.wallet == wallet, c.id == number)).rowcount)


# ---------------------------------------------------------------------------- white lists


def whitelist_of(connection: Connection, account: str) -> Whitelist:
    """An account's white list; an open one where it never said anything."""
    row = connection.execute(
        select(registry_whitelists).where(registry_whitelists.c.account == account)
    ).first()  # fmt: skip
    return (
        Whitelist(False, (), 0)
        if row is None
        else Whitelist(row.only_listed, tuple(json.loads(row.accounts)), row.changed)
    )


def keep_whitelist(connection: Connection, account: str, whitelist: Whitelist) -> None:
    """Put a white list in the place of the one before."""
    connection.execute(delete(registry_whitelists).where(registry_whitelists.c.account == account))
    values = whitelist._asdict() | {"accounts": json.dumps(whitelist.accounts)}
    connection.execute(insert(registry_whitelists).values(account=account, **values))


# ---------------------------------------------------------------------------- requests with a key


def known_request(connection: Connection, wallet: str, key: str, now: int) -> KnownRequest | None:
    """What a wallet's request with this key was answered in the last day."""
    c = registry_requests.c
    query = select(c.request_hash, c.answer).where(c.wallet == wallet, c.key == key, c.created > now - KEY_LIFE_S)
    row = connection.execute(query).first()
    return None if row is None else KnownRequest(bytes(row.request_hash), json.loads(row.answer))


def keep_request(connection: Connection, wallet: str, key: str, known: KnownRequest, now: int) -> None:
    """Keep an answer; those older than a day are forgotten."""
    c = registry_requests.c
    connection.execute(delete(registry_requests).where(c.created <= now - KEY_LIFE_S))
    answer = json.dumps(known.answer, separators=(",", ":"))
    connection.execute(
        insert(registry_requests).values(
            wallet=wallet, key=key, request_hash=known.request_hash, answer=answer, created=now
        )
    )


def count_requests(connection: Connection, wallet: str, now: int) -> int:
    """How many answers of a wallet's are kept."""
    c = registry_requests.c
    query = select(func.count()).select_from(registry_requests).where(c.wallet == wallet, c.created > now - KEY_LIFE_S)
    return int(connection.execute(query).scalar_one())
