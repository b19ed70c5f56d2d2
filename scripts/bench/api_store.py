"""Fills a store with a year of half-hours of a made-up community, by the database itself: what `api.py` measures on.

Odd participants have panels, every twentieth of those a mill; everybody trades whatever is left over, pro rata, at a
price that follows the hour. Sums, offsets and money are consistent with one another, as the indexer would have left
them. Nothing is on a chain: what reads raw logs (provenance) cannot be measured here.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Table, create_engine, insert, text

from wattcommons.domain.intervals import IntervalLength, IntervalRange, start_unix
from wattcommons.domain.local_periods import Span, chart_of
from wattcommons.domain.local_time import DEFAULT_ZONE, local_date, local_start
from wattcommons.services.api.dependencies import token_hash
from wattcommons.services.store.app.sessions import StoredSession, add_session
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_registry_tables import accounts, certificates, holdings, targets
from wattcommons.services.store.index_tables import (
    bands,
    default_bands,
    devices,
    index_blocks,
    index_state,
    members,
    orders,
    participants,
    readings,
    settlements,
)

LENGTH = IntervalLength.HALF_HOUR
YEAR = 2026
RETAIL, FEED_IN = 201_600, 40_000
OPEN = 3
"""Intervals at the end of the year that are read and not settled."""
FOREVER = 2**32 - 1
NO_HASH = "0x" + "00" * 32

_SETTLE = """
INSERT INTO settlements (
    interval, participant, quality, late, production_wh, consumption_wh, own_use_wh, bought_wh, sold_wh, offset_wh,
    grid_import_wh, grid_export_wh, local_neur, fee_neur, grid_neur, grid_only_neur)
WITH base AS (
    SELECT s.interval AS interval, p.participant AS participant, s.slot AS slot, s.season AS season,
           (p.participant * 7919 + s.interval * 104729) % 1000 AS dice
    FROM bench_slots s, participants p WHERE s.interval >= {first} AND s.interval < {stop}
), power AS (
    SELECT interval, participant, slot, dice,
           CASE WHEN participant % 40 = 1 THEN 700 + dice
                WHEN participant % 2 = 1 AND slot BETWEEN 14 AND 36
                THEN (132 - (slot - 25) * (slot - 25)) * season * (300 + dice) / 9000 ELSE 0 END AS made,
           60 + dice / 8 + CASE WHEN slot BETWEEN 36 AND 44 THEN 350 WHEN slot > 13 THEN 150 ELSE 0 END AS used
    FROM base
), nets AS (
    SELECT interval, participant, slot, dice, made, used,
           CASE WHEN made > used THEN made - used ELSE 0 END AS plus,
           CASE WHEN used > made THEN used - made ELSE 0 END AS minus
    FROM power
), lines AS (
    SELECT nets.*,
           CAST(SUM(plus) OVER (PARTITION BY interval ORDER BY participant) AS BIGINT) AS plus_upto,
           CAST(SUM(minus) OVER (PARTITION BY interval ORDER BY participant) AS BIGINT) AS minus_upto,
           CAST(SUM(plus) OVER (PARTITION BY interval) AS BIGINT) AS supply,
           CAST(SUM(minus) OVER (PARTITION BY interval) AS BIGINT) AS demand
    FROM nets
), matched AS (
    SELECT lines.*, CASE WHEN supply < demand THEN supply ELSE demand END AS traded FROM lines
), fills AS (
    SELECT matched.*,
           CASE WHEN plus > 0 THEN plus_upto * traded / supply - (plus_upto - plus) * traded / supply
                ELSE 0 END AS sold,
           CASE WHEN minus > 0 THEN minus_upto * traded / demand - (minus_upto - minus) * traded / demand
                ELSE 0 END AS bought,
           CASE WHEN plus > 0 THEN (plus_upto - plus) * traded / supply
                WHEN minus > 0 THEN (minus_upto - minus) * traded / demand END AS begins
    FROM matched
)
SELECT interval, participant, CASE WHEN dice = 7 THEN 2 ELSE 1 END, {no}, made, used,
       CASE WHEN made < used THEN made ELSE used END, bought, sold,
       CASE WHEN bought + sold > 0 THEN begins END,
       minus - bought, plus - sold, (sold - bought) * (90000 + slot * 1000), 0,
       (plus - sold) * {feed_in} - (minus - bought) * {retail}, plus * {feed_in} - minus * {retail}
FROM fills
"""
_READ = """
INSERT INTO readings (interval, participant, production_wh, consumption_wh, quality, late, at, block)
SELECT interval, participant, production_wh, consumption_wh, quality, late, (interval + 1) * 1800, interval - {first}
FROM settlements
"""
_UNSETTLE = "DELETE FROM settlements WHERE interval >= {first}"
_INTERVALS = """
INSERT INTO intervals (
    interval, price, lo, hi, matched_wh, left_out, settled, retail, feed_in, network_fee, participants, production_wh,
    consumption_wh, own_use_wh, grid_import_wh, grid_export_wh, saved_neur, at, cleared_block, settled_block)
SELECT l.interval, 90000 + MAX(s.slot) * 1000, 90000 + MAX(s.slot) * 1000, 90000 + MAX(s.slot) * 1000,
       CAST(SUM(sold_wh) AS BIGINT), {no}, {yes}, {retail}, {feed_in}, 0, COUNT(*), CAST(SUM(production_wh) AS BIGINT),
       CAST(SUM(consumption_wh) AS BIGINT), CAST(SUM(own_use_wh) AS BIGINT), CAST(SUM(grid_import_wh) AS BIGINT),
       CAST(SUM(grid_export_wh) AS BIGINT), CAST(SUM(local_neur + grid_neur - grid_only_neur) AS BIGINT),
       (l.interval + 1) * 1800, l.interval - {first}, l.interval - {first}
FROM settlements l JOIN bench_slots s ON s.interval = l.interval GROUP BY l.interval
"""
_DAYS = """
INSERT INTO days (
    participant, day, intervals, estimated, production_wh, consumption_wh, own_use_wh, bought_wh, sold_wh,
    grid_import_wh, grid_export_wh, local_neur, fee_neur, grid_neur, grid_only_neur)
SELECT l.participant, s.day, COUNT(*), SUM(CASE WHEN quality = 2 THEN 1 ELSE 0 END),
       CAST(SUM(production_wh) AS BIGINT), CAST(SUM(consumption_wh) AS BIGINT), CAST(SUM(own_use_wh) AS BIGINT),
       CAST(SUM(bought_wh) AS BIGINT), CAST(SUM(sold_wh) AS BIGINT), CAST(SUM(grid_import_wh) AS BIGINT),
       CAST(SUM(grid_export_wh) AS BIGINT), CAST(SUM(local_neur) AS BIGINT), 0, CAST(SUM(grid_neur) AS BIGINT),
       CAST(SUM(grid_only_neur) AS BIGINT)
FROM settlements l JOIN bench_slots s ON s.interval = l.interval GROUP BY l.participant, s.day
"""
_CERTIFICATES = """
INSERT INTO certificates (
    id, device, interval, participant, own_use_wh, sold_wh, minted_wh, more_wh, claimable_wh, cancelled_wh,
    withdrawn_wh, at)
SELECT participant * 4294967296 + interval, participant, interval, participant, own_use_wh, sold_wh, grid_export_wh, 0,
       0, 0, 0, (interval + 1) * 1800
FROM settlements WHERE participant IN (SELECT device FROM devices) AND participant % {every} = 1 AND production_wh > 0
"""
_HOLDINGS = """
INSERT INTO holdings (id, holder, wh)
SELECT c.id, m.wallet, c.minted_wh FROM certificates c JOIN members m ON m.member = c.participant WHERE c.minted_wh > 0
"""


def wallet(index: int) -> str:
    """A made-up account."""
    return f"0x{index:040x}"


def token(index: int) -> str:
    """The bearer token of a participant's member."""
    return hashlib.sha256(f"bench {index}".encode()).hexdigest()


def year() -> IntervalRange:
    """The local year's intervals."""
    return chart_of(Span.YEAR, date(YEAR, 1, 1), LENGTH).whole


def fill(store: Store, size: int, days_back: int, every: int) -> int:
    """A community of `size` participants over the last `days_back` days of the year; returns how many readings.

    `every`: certificates for one producer in so many.
    """
    whole = year()
    first = max(whole.first, whole.end - days_back * 48)
    covered = IntervalRange(first, whole.end)  # type: ignore[arg-type]
    store.migrate()
    _who(store, size, covered)
    _slots(store, covered)
    with _without_indexes(store, (readings, settlements, certificates, holdings)):
        for start in range(covered.first, covered.end, 1_488):
            _run(store, _SETTLE, first=start, stop=min(start + 1_488, covered.end))
        _run(store, _READ, first=covered.first)
        _run(store, _UNSETTLE, first=covered.end - OPEN)
        _run(store, _INTERVALS, first=covered.first)
        _run(store, _DAYS)
        _run(store, _CERTIFICATES, every=every)
        _run(store, _HOLDINGS)
    if store.dialect == "postgresql":  # the server's own housekeeping, which a throw-away server has switched off
        engine = create_engine(store._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        engine.dispose()
    return size * len(covered)


def _who(store: Store, size: int, covered: IntervalRange) -> None:
    everybody = range(1, size + 1)
    producers = [one for one in everybody if one % 2]
    _add(
        store,
        members,
        ({"member": i, "wallet": wallet(i), "active": True, "commitment": NO_HASH, "since": 0} for i in everybody),
    )
    _add(store, devices, (_device(i) for i in producers))
    _add(store, participants, (_participant(i, covered.first) for i in everybody))
    _add(store, accounts, (_account(i) for i in everybody))
    _add(store, bands, [{"band": 1, "retail": RETAIL, "feed_in": FEED_IN, "network_fee": 0}])
    _add(store, default_bands, [{"block": 0, "log_index": 0, "band": 1, "from_interval": 0}])
    _add(store, orders, (_order(i, n, covered) for i in everybody for n in range(1, 2 + 12 * (i % 4 == 0))))
    months = chart_of(Span.YEAR, date(YEAR, 1, 1), LENGTH).columns
    _add(store, targets, (_target(i, period, month) for i in everybody for period, month in enumerate(months, 1)))
    at = start_unix(covered.end, LENGTH) - 60
    block = len(covered)
    state = {"one": 1, "deployment": "bench", "projections": 1, "zone": DEFAULT_ZONE, "next_block": block + 1}
    _add(store, index_state, [state | {"final_block": block, "at": at}])
    _add(store, index_blocks, [{"block": block, "hash": bytes(32), "parent": bytes(32), "at": at}])
    with store.write(bulk=True) as connection:
        for index in everybody:
            session = StoredSession(wallet(index), 0, 2**40, bearer=True)
            add_session(connection, token_hash(token(index)), session)


def _device(index: int) -> dict[str, Any]:
    return {
        "device": index,
        "technology": "T030000" if index % 40 == 1 else "T010100",
        "fuel": "F01050200" if index % 40 == 1 else "F01040100",
        "capacity_w": 9_000,
        "commissioned_at": 0,
        "country": "FR",
        "scheme": 0,
        "scheme_allows": True,
        "storage": False,
        "suspended": False,
        "valid_until": 2**40,
        "participant": index,
        "debt_wh": 0,
        "commitment": NO_HASH,
    }


def _participant(index: int, first: int) -> dict[str, Any]:
    return {
        "participant": index,
        "member": index,
        "basis": 0,
        "source": 1,
        "import_w": 9_000,
        "export_w": 9_000,
        "gateway": wallet(index + 10**6),
        "from_interval": first,
        "until_interval": None,
        "suspended": False,
        "silent": False,
        "device": index if index % 2 else None,
        "commitment": NO_HASH,
    }


def _account(index: int) -> dict[str, Any]:
    zeros = dict.fromkeys(("balance_neur", "paid_in_neur", "paid_out_neur"), 0)
    limit = {"credit_limit_neur": 10**12, "eligible": True, "own_limit": False}
    return {"participant": index, **zeros, **limit}


def _order(index: int, nonce: int, covered: IntervalRange) -> dict[str, Any]:
    """The default standing order, then dated ones that follow one another."""
    standing = nonce == 1
    first = covered.first if standing else covered.first + nonce * 200
    return {
        "block": nonce,
        "log_index": index,
        "participant": index,
        "nonce": nonce,
        "standing": standing,
        "shares": True,
        "buy_limit": 750_000,
        "sell_limit": 250_000,
        "buy_cap_wh": 2**24 - 1,
        "sell_cap_wh": 2**24 - 1,
        "from_interval": first,
        "to_interval": FOREVER if standing else first + 300,
        "at": 0,
    }


def _target(index: int, period: int, month: IntervalRange) -> dict[str, Any]:
    return {
        "participant": index,
        "period": period,
        "first_interval": month.first,
        "end_interval": month.end,
        "expectation_wh": 350_000,
        "target_wh": 315_000,
        "formula_hash": NO_HASH,
        "outcome": 0 if period == 12 else 1,
        "consumption_wh": 300_000,
        "points_mpt": 50_000,
    }


def _slots(store: Store, covered: IntervalRange) -> None:
    """Local day, half-hour of the day and season (30 in winter to 100 in summer) of each interval."""
    rows = []
    for interval in covered:
        start = local_start(interval, LENGTH)
        season = 100 - abs(start.timetuple().tm_yday - 182) * 70 // 183
        slot = start.hour * 2 + start.minute // 30
        day = local_date(interval, LENGTH).toordinal()
        rows.append({"interval": interval, "day": day, "slot": slot, "season": season})
    _run(store, "CREATE TABLE bench_slots (interval BIGINT PRIMARY KEY, day BIGINT, slot BIGINT, season BIGINT)")
    with store.write(bulk=True) as connection:
        connection.execute(text("INSERT INTO bench_slots VALUES (:interval, :day, :slot, :season)"), rows)


@contextmanager
def _without_indexes(store: Store, tables: tuple[Table, ...]) -> Iterator[None]:
    """Loads the tables without their secondary indexes, and makes those afterwards."""
    made = [index for table in tables for index in table.indexes]
    with store.write(bulk=True) as connection:
        for index in made:
            index.drop(connection)
    yield
    for index in made:
        with store.write(bulk=True) as connection:
            index.create(connection)


def _add(store: Store, table: Table, rows: Any) -> None:
    with store.write(bulk=True) as connection:
        connection.execute(insert(table), list(rows))


def _run(store: Store, statement: str, **numbers: int) -> None:
    """One statement, whose numbers are this program's own."""
    began = time.monotonic()
    with store.write(bulk=True) as connection:
        connection.execute(text(statement.format(no="FALSE", yes="TRUE", feed_in=FEED_IN, retail=RETAIL, **numbers)))
    took = time.monotonic() - began
    if took > 5:
        print(f"  {statement.split('(')[0].strip()[:40]}: {took:.0f} s", flush=True)
