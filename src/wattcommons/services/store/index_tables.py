"""Tables of the index: raw logs as the chain gave them, and the projections that are derived from them alone.

Every projection can be thrown away and made again from `raw_logs`; nothing else may be written there. Energy in Wh,
prices in µ€/kWh, money in n€, points in mPt, times in Unix seconds, intervals as indices: all whole numbers. Accounts
are checksummed addresses. SQLite and PostgreSQL hold the same tables.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text, text

from wattcommons.services.store.index_columns import HASH, INDEX, account, account_key, flag, key, place, whole

# ---------------------------------------------------------------------------- the chain as it was read

raw_logs = Table(
    "raw_logs",
    INDEX,
    Column("block_hash", LargeBinary(32), primary_key=True),
    Column("tx_hash", LargeBinary(32), primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    whole("block"),
    Column("address", LargeBinary(20), nullable=False),
    Column("topics", LargeBinary, nullable=False),  # one after the other, 32 bytes each
    Column("data", LargeBinary, nullable=False),
    whole("at"),  # the block's time
    Index("raw_logs_in_order", "block", "log_index"),
)

index_blocks = Table(  # the last final block and every block above it: what a reorganisation is found by
    "index_blocks",
    INDEX,
    key("block"),
    Column("hash", LargeBinary(32), nullable=False),
    Column("parent", LargeBinary(32), nullable=False),
    whole("at"),
)

index_state = Table(  # one row
    "index_state",
    INDEX,
    key("one"),
    Column("deployment", String(64), nullable=False),  # fingerprint of chain, first block and addresses
    Column("projections", Integer, nullable=False),  # version of the projections' code
    Column("zone", String(64), nullable=False),  # whose days `days` counts
    whole("next_block"),
    whole("final_block"),
    whole("at"),  # time of the newest block taken in, 0 before the first
)

undo = Table(  # what a row was before a block that may still be replaced; gone once the block is final
    "undo",
    INDEX,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    whole("block"),
    Column("table_name", String(32), nullable=False),
    Column("key", Text, nullable=False),  # JSON
    Column("before", Text, nullable=True),  # JSON of the row, NULL where there was none
    Index("undo_in_order", "block", "id"),
)

# ---------------------------------------------------------------------------- who takes part

members = Table(
    "members",
    INDEX,
    key("member"),
    account("wallet"),
    flag("active"),
    Column("commitment", HASH, nullable=False),
    whole("since"),
    Index("members_by_wallet", "wallet"),
)

roles = Table(  # held in the AccessManager: `role` as in chain/roles.py, counting from `since`
    "roles",
    INDEX,
    key("role"),
    account_key("account"),
    whole("since"),
)

participants = Table(  # the newest terms known, dated ones included; `participant_changes` says from when
    "participants",
    INDEX,
    key("participant"),
    whole("member"),
    whole("basis"),  # 0 net, 1 gross, as in chain/enrolment_terms.py
    whole("source"),
    whole("import_w"),
    whole("export_w"),
    account("gateway"),
    whole("from_interval"),
    whole("until_interval", optional=True),  # first interval it no longer takes part in
    flag("suspended"),
    flag("silent"),
    whole("device", optional=True),
    Column("commitment", HASH, nullable=False),
    Index("participants_of_member", "member"),
)

participant_changes = Table(
    "participant_changes",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant"),
    Column(
        "kind", String(16), nullable=False
    ),  # enrolled gateway limits suspension silence closed device credit correction
    whole("from_interval"),
    Column("detail", Text, nullable=False),  # JSON of the event's own arguments
    whole("at"),
    Index("changes_of_participant", "participant", "block"),
)

devices = Table(
    "devices",
    INDEX,
    key("device"),
    Column("technology", String(7), nullable=False),
    Column("fuel", String(9), nullable=False),
    whole("capacity_w"),
    whole("commissioned_at"),
    Column("country", String(2), nullable=False),
    whole("scheme"),
    flag("scheme_allows"),
    flag("storage"),
    flag("suspended"),
    whole("valid_until"),
    whole("participant", optional=True),
    whole("debt_wh"),  # issued beyond what it made, and not to be taken back: its next issues pay
    Column("commitment", HASH, nullable=False),
)

# ---------------------------------------------------------------------------- readings, prices, the market

readings = Table(
    "readings",
    INDEX,
    key("interval"),
    key("participant"),
    whole("production_wh"),
    whole("consumption_wh"),
    Column("quality", Integer, nullable=False),  # 1 measured, 2 estimated, 3 corrected
    flag("late"),  # recorded after its interval was frozen
    whole("at"),
    place("block"),
    Index("readings_of_participant", "participant", "interval"),
)

frozen_intervals = Table(  # readings of these are late from then on
    "frozen_intervals",
    INDEX,
    key("interval"),
    whole("present"),
    whole("waited"),
    whole("at"),
)

skipped_runs = Table(
    "skipped_runs",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant"),
    whole("first_interval"),
    whole("reason"),
    Column("detail", String(80), nullable=False),
    whole("at"),
    Index("skipped_of_participant", "participant", "block"),
)

conflicts = Table(
    "conflicts",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant"),
    whole("interval"),
    Column("recorded", String(80), nullable=False),
    Column("given", String(80), nullable=False),
    whole("at"),
)

orders = Table(  # every order that landed; what is in force follows by domain/order_trace.py
    "orders",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant"),
    whole("nonce"),
    flag("standing"),
    flag("shares"),
    whole("buy_limit"),
    whole("sell_limit"),
    whole("buy_cap_wh"),
    whole("sell_cap_wh"),
    whole("from_interval"),
    whole("to_interval"),
    whole("at"),
    Index("orders_of_participant", "participant", "nonce"),
)

order_ends = Table(  # cancellations
    "order_ends",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant"),
    whole("nonce"),
    flag("standing"),
    whole("from_interval"),
    whole("at"),
    Index("ends_of_participant", "participant", "nonce"),
)

bands = Table("bands", INDEX, key("band"), whole("retail"), whole("feed_in"), whole("network_fee"))
default_bands = Table("default_bands", INDEX, key("block"), key("log_index"), whole("band"), whole("from_interval"))
band_codes = Table("band_codes", INDEX, key("interval"), whole("band"))  # 0: the default band again

intervals = Table(  # one a cleared interval; sums are over who was settled in time: late ones would be told apart
    "intervals",
    INDEX,
    key("interval"),
    whole("price", optional=True),
    whole("lo"),
    whole("hi"),
    whole("matched_wh"),
    flag("left_out"),
    flag("settled"),
    whole("retail"),
    whole("feed_in"),
    whole("network_fee"),
    whole("participants"),
    whole("production_wh"),
    whole("consumption_wh"),
    whole("own_use_wh"),
    whole("grid_import_wh"),
    whole("grid_export_wh"),
    whole("saved_neur"),
    whole("at"),  # cleared
    place("cleared_block"),
    place("settled_block"),  # 0 before
)

open_fills = Table(  # fills of intervals that are settled in part: gone with the last
    "open_fills",
    INDEX,
    key("interval"),
    key("chunk"),
    Column("fills", Text, nullable=False),  # hex
)

_SOLD: Final = text("sold_wh > 0")
_BOUGHT: Final = text("bought_wh > 0")

settlements = Table(  # domain/settlement.py `Legs` of one participant in one interval, late readings included
    "settlements",
    INDEX,
    key("interval"),
    key("participant"),
    Column("quality", Integer, nullable=False),
    flag("late"),
    whole("production_wh"),
    whole("consumption_wh"),
    whole("own_use_wh"),
    whole("bought_wh"),
    whole("sold_wh"),
    whole("offset_wh", optional=True),  # of the fill on the line [0, matched Wh]; NULL without a trade
    whole("grid_import_wh"),
    whole("grid_export_wh"),
    whole("local_neur"),
    whole("fee_neur"),
    whole("grid_neur"),
    whole("grid_only_neur"),
    Index("settlements_of_participant", "participant", "interval"),
    Index("late_settlements", "interval", sqlite_where=text("late = 1"), postgresql_where=text("late")),
    # Each side's fills in the order of their line: who supplied whom is found without reading the whole interval.
    Index("sales_in_line", "interval", "offset_wh", sqlite_where=_SOLD, postgresql_where=_SOLD),
    Index("purchases_in_line", "interval", "offset_wh", sqlite_where=_BOUGHT, postgresql_where=_BOUGHT),
)

days = Table(  # sums of `settlements` over local days, `day` as in date.toordinal()
    "days",
    INDEX,
    key("participant"),
    key("day"),
    whole("intervals"),
    whole("estimated"),  # of them, with an estimated reading
    whole("production_wh"),
    whole("consumption_wh"),
    whole("own_use_wh"),
    whole("bought_wh"),
    whole("sold_wh"),
    whole("grid_import_wh"),
    whole("grid_export_wh"),
    whole("local_neur"),
    whole("fee_neur"),
    whole("grid_neur"),
    whole("grid_only_neur"),
)
