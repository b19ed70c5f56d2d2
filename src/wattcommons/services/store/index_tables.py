"""Tables of the index: raw logs as the chain gave them, and the projections that are derived from them alone.

Every projection can be thrown away and made again from `raw_logs`; nothing else may be written there. Energy in Wh,
prices in µ€/kWh, money in n€, points in mPt, times in Unix seconds, intervals as indices: all whole numbers. Accounts
are checksummed addresses. SQLite and PostgreSQL hold the same tables.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

INDEX: Final = MetaData()

_ACCOUNT: Final = String(42)
_HASH: Final = String(66)


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def _whole(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _flag(name: str, *, optional: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=optional)


def _account(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, _ACCOUNT, nullable=optional)


def _account_key(name: str) -> Column[str]:
    return Column(name, _ACCOUNT, primary_key=True)


# ---------------------------------------------------------------------------- the chain as it was read

raw_logs = Table(
    "raw_logs",
    INDEX,
    Column("block_hash", LargeBinary(32), primary_key=True),
    Column("tx_hash", LargeBinary(32), primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    _whole("block"),
    Column("address", LargeBinary(20), nullable=False),
    Column("topics", LargeBinary, nullable=False),  # one after the other, 32 bytes each
    Column("data", LargeBinary, nullable=False),
    _whole("at"),  # the block's time
    Index("raw_logs_in_order", "block", "log_index"),
)

index_blocks = Table(  # the last final block and every block above it: what a reorganisation is found by
    "index_blocks",
    INDEX,
    _key("block"),
    Column("hash", LargeBinary(32), nullable=False),
    Column("parent", LargeBinary(32), nullable=False),
    _whole("at"),
)

index_state = Table(  # one row
    "index_state",
    INDEX,
    _key("one"),
    Column("deployment", String(64), nullable=False),  # fingerprint of chain, first block and addresses
    Column("projections", Integer, nullable=False),  # version of the projections' code
    Column("zone", String(64), nullable=False),  # whose days `days` counts
    _whole("next_block"),
    _whole("final_block"),
    _whole("at"),  # time of the newest block taken in, 0 before the first
)

undo = Table(  # what a row was before a block that may still be replaced; gone once the block is final
    "undo",
    INDEX,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _whole("block"),
    Column("table_name", String(32), nullable=False),
    Column("key", Text, nullable=False),  # JSON
    Column("before", Text, nullable=True),  # JSON of the row, NULL where there was none
    Index("undo_in_order", "block", "id"),
)

# ---------------------------------------------------------------------------- who takes part

members = Table(
    "members",
    INDEX,
    _key("member"),
    _account("wallet"),
    _flag("active"),
    Column("commitment", _HASH, nullable=False),
    _whole("since"),
    Index("members_by_wallet", "wallet"),
)

roles = Table(  # held in the AccessManager: `role` as in chain/roles.py, counting from `since`
    "roles",
    INDEX,
    _key("role"),
    _account_key("account"),
    _whole("since"),
)

participants = Table(  # the newest terms known, dated ones included; `participant_changes` says from when
    "participants",
    INDEX,
    _key("participant"),
    _whole("member"),
    _whole("basis"),  # 0 net, 1 gross, as in chain/enrolment_terms.py
    _whole("source"),
    _whole("import_w"),
    _whole("export_w"),
    _account("gateway"),
    _whole("from_interval"),
    _whole("until_interval", optional=True),  # first interval it no longer takes part in
    _flag("suspended"),
    _flag("silent"),
    _whole("device", optional=True),
    Column("commitment", _HASH, nullable=False),
    Index("participants_of_member", "member"),
)

participant_changes = Table(
    "participant_changes",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant"),
    Column("kind", String(16), nullable=False),  # enrolled gateway limits suspension silence closed device
    _whole("from_interval"),
    Column("detail", Text, nullable=False),  # JSON of the event's own arguments
    _whole("at"),
    Index("changes_of_participant", "participant", "block"),
)

devices = Table(
    "devices",
    INDEX,
    _key("device"),
    Column("technology", String(7), nullable=False),
    Column("fuel", String(9), nullable=False),
    _whole("capacity_w"),
    _whole("commissioned_at"),
    Column("country", String(2), nullable=False),
    _whole("scheme"),
    _flag("scheme_allows"),
    _flag("storage"),
    _flag("suspended"),
    _whole("valid_until"),
    _whole("participant", optional=True),
    Column("commitment", _HASH, nullable=False),
)

# ---------------------------------------------------------------------------- readings, prices, the market

readings = Table(
    "readings",
    INDEX,
    _key("interval"),
    _key("participant"),
    _whole("production_wh"),
    _whole("consumption_wh"),
    Column("quality", Integer, nullable=False),  # 1 measured, 2 estimated, 3 corrected
    _flag("late"),  # recorded after its interval was frozen
    _whole("at"),
    Index("readings_of_participant", "participant", "interval"),
)

skipped_runs = Table(
    "skipped_runs",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant"),
    _whole("first_interval"),
    _whole("reason"),
    Column("detail", String(80), nullable=False),
    _whole("at"),
    Index("skipped_of_participant", "participant", "block"),
)

conflicts = Table(
    "conflicts",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant"),
    _whole("interval"),
    Column("recorded", String(80), nullable=False),
    Column("given", String(80), nullable=False),
    _whole("at"),
)

orders = Table(  # every order that landed; what is in force follows by domain/order_trace.py
    "orders",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant"),
    _whole("nonce"),
    _flag("standing"),
    _flag("shares"),
    _whole("buy_limit"),
    _whole("sell_limit"),
    _whole("buy_cap_wh"),
    _whole("sell_cap_wh"),
    _whole("from_interval"),
    _whole("to_interval"),
    _whole("at"),
    Index("orders_of_participant", "participant", "nonce"),
)

order_ends = Table(  # cancellations
    "order_ends",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant"),
    _whole("nonce"),
    _flag("standing"),
    _whole("from_interval"),
    _whole("at"),
    Index("ends_of_participant", "participant", "nonce"),
)

bands = Table("bands", INDEX, _key("band"), _whole("retail"), _whole("feed_in"), _whole("network_fee"))
default_bands = Table("default_bands", INDEX, _key("block"), _key("log_index"), _whole("band"), _whole("from_interval"))
band_codes = Table("band_codes", INDEX, _key("interval"), _whole("band"))  # 0: the default band again

intervals = Table(  # one a cleared interval; sums are over the participants that are settled
    "intervals",
    INDEX,
    _key("interval"),
    _whole("price", optional=True),
    _whole("lo"),
    _whole("hi"),
    _whole("matched_wh"),
    _flag("left_out"),
    _flag("settled"),
    _whole("retail"),
    _whole("feed_in"),
    _whole("network_fee"),
    _whole("participants"),
    _whole("production_wh"),
    _whole("consumption_wh"),
    _whole("own_use_wh"),
    _whole("grid_import_wh"),
    _whole("grid_export_wh"),
    _whole("saved_neur"),
    _whole("at"),  # cleared
)

settlements = Table(  # domain/settlement.py `Legs` of one participant in one interval, late readings included
    "settlements",
    INDEX,
    _key("interval"),
    _key("participant"),
    Column("quality", Integer, nullable=False),
    _flag("late"),
    _whole("production_wh"),
    _whole("consumption_wh"),
    _whole("own_use_wh"),
    _whole("bought_wh"),
    _whole("sold_wh"),
    _whole("offset_wh", optional=True),  # of the fill on the line [0, matched Wh]; NULL without a trade
    _whole("grid_import_wh"),
    _whole("grid_export_wh"),
    _whole("local_neur"),
    _whole("fee_neur"),
    _whole("grid_neur"),
    _whole("grid_only_neur"),
    Index("settlements_of_participant", "participant", "interval"),
)

days = Table(  # sums of `settlements` over local days, `day` as in date.toordinal()
    "days",
    INDEX,
    _key("participant"),
    _key("day"),
    _whole("intervals"),
    _whole("estimated"),  # of them, with an estimated reading
    _whole("production_wh"),
    _whole("consumption_wh"),
    _whole("own_use_wh"),
    _whole("bought_wh"),
    _whole("sold_wh"),
    _whole("grid_import_wh"),
    _whole("grid_export_wh"),
    _whole("local_neur"),
    _whole("fee_neur"),
    _whole("grid_neur"),
    _whole("grid_only_neur"),
)

# ---------------------------------------------------------------------------- money

accounts = Table(
    "accounts",
    INDEX,
    _key("participant"),
    _whole("balance_neur"),
    _whole("paid_in_neur"),
    _whole("paid_out_neur"),
    _whole("credit_limit_neur"),
    _flag("eligible"),
)

account_lines = Table(
    "account_lines",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("participant", optional=True),  # NULL: a wallet's own euro, or the pooled accounts
    Column("kind", String(16), nullable=False),  # deposited withdrawn minted redeemed pooled
    _account("account"),
    _whole("amount_neur"),
    Column("reference", _HASH, nullable=True),
    _whole("at"),
    Index("lines_of_participant", "participant", "block"),
)

euro_holdings = Table("euro_holdings", INDEX, _account_key("wallet"), _whole("amount_neur"))

# ---------------------------------------------------------------------------- guarantees of origin

certificates = Table(
    "certificates",
    INDEX,
    _key("id"),  # device << 32 | interval
    _whole("device"),
    _whole("interval"),
    _whole("participant"),
    _whole("own_use_wh"),
    _whole("sold_wh"),
    _whole("minted_wh"),
    _whole("claimable_wh"),
    _whole("cancelled_wh"),  # by statements; what was used or sold at issue is not counted here
    _whole("withdrawn_wh"),
    _whole("at"),
    Index("certificates_of_participant", "participant", "interval"),
)

holdings = Table(
    "holdings",
    INDEX,
    _key("id"),
    _account_key("holder"),
    _whole("wh"),
    Index("holdings_of_holder", "holder", "id"),
)

certificate_events = Table(
    "certificate_events",
    INDEX,
    _key("block"),
    _key("log_index"),
    _key("part"),  # a batch moves several ids in one log
    _whole("id"),
    Column("kind", String(12), nullable=False),  # issued claimed transferred cancelled withdrawn recovered
    _account("source", optional=True),
    _account("target", optional=True),
    _whole("wh"),
    _whole("statement", optional=True),
    Column("reason", _HASH, nullable=True),
    Column("tx_hash", _HASH, nullable=False),
    _whole("at"),
    Index("events_of_certificate", "id", "block", "log_index"),
)

statements = Table(
    "statements",
    INDEX,
    _key("statement"),
    _account("holder"),
    Column("beneficiary", _HASH, nullable=False),
    Column("purpose", _HASH, nullable=False),
    _whole("period_from"),
    _whole("period_to"),
    Column("country", String(2), nullable=False),
    Column("statement_hash", _HASH, nullable=False),
    _whole("total_wh"),
    _whole("at"),
    Index("statements_of_holder", "holder", "statement"),
)

# ---------------------------------------------------------------------------- points and targets

points = Table("points", INDEX, _account_key("account"), _whole("balance_mpt"), _whole("awarded_mpt"))

point_events = Table(
    "point_events",
    INDEX,
    _key("block"),
    _key("log_index"),
    Column("kind", String(12), nullable=False),  # awarded moved
    _account("source", optional=True),
    _account("target"),
    _whole("amount_mpt"),
    _whole("at"),
    Index("point_events_to", "target", "block"),
)

offers = Table(
    "offers",
    INDEX,
    _key("offer"),
    _account("partner"),
    _whole("price_mpt"),
    _whole("stock"),
    _whole("issued"),
    _whole("valid_until"),
    _flag("closed"),
    Column("terms_hash", _HASH, nullable=False),
)

vouchers = Table(
    "vouchers",
    INDEX,
    _key("voucher"),
    _whole("offer"),
    _account("member"),
    _whole("used_at", optional=True),
    _whole("at"),
    Index("vouchers_of_member", "member", "voucher"),
)

targets = Table(
    "targets",
    INDEX,
    _key("participant"),
    _key("period"),
    _whole("first_interval"),
    _whole("end_interval"),
    _whole("expectation_wh"),
    _whole("target_wh"),
    Column("formula_hash", _HASH, nullable=False),
    _whole("outcome"),  # 0 none yet, 1 award, 2 miss, 3 no data, 4 account closed
    _whole("consumption_wh"),
    _whole("points_mpt"),
)

# ---------------------------------------------------------------------------- consents

consents = Table(  # `state` as stored by the contract; that one has expired follows from time
    "consents",
    INDEX,
    _key("consent"),
    _whole("participant"),
    _account("grantee"),
    Column("purpose", _HASH, nullable=False),
    _whole("directions"),
    _whole("granularity"),
    _whole("frequency"),
    _whole("valid_from"),
    _whole("valid_until"),
    _whole("state"),
    _whole("ended_block", optional=True),  # from this block on no read is allowed
    _whole("at"),
    Index("consents_of_participant", "participant", "consent"),
    Index("consents_of_grantee", "grantee", "consent"),
)

consent_events = Table(
    "consent_events",
    INDEX,
    _key("block"),
    _key("log_index"),
    _whole("consent"),
    Column("kind", String(12), nullable=False),  # requested granted rejected revoked terminated
    _account("account", optional=True),
    _whole("at"),
    Index("events_of_consent", "consent", "block"),
)
