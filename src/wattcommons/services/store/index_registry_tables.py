"""Tables of the index, continued: money, certificates, export groups, points, consents. See `index_tables.py`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table, text

from wattcommons.services.store.index_columns import HASH, INDEX, account, account_key, flag, key, whole

# ---------------------------------------------------------------------------- money

accounts = Table(
    "accounts",
    INDEX,
    key("participant"),
    whole("balance_neur"),
    whole("paid_in_neur"),
    whole("paid_out_neur"),
    whole("credit_limit_neur"),
    flag("eligible"),
    Column("own_limit", Boolean, nullable=False, default=False),  # not the community's, which may change
)

pools = Table(  # one row: what belongs to no participant
    "pools",
    INDEX,
    key("one"),
    whole("credit_limit_neur"),  # of everybody without an own one
    whole("grid_neur"),  # owed to the grid, 0 where only valued
    whole("network_neur"),
)

account_lines = Table(
    "account_lines",
    INDEX,
    key("block"),
    key("log_index"),
    whole("participant", optional=True),  # NULL: a wallet's own euro, or the pooled accounts
    Column("kind", String(16), nullable=False),  # deposited withdrawn minted redeemed pooled
    account("account"),
    whole("amount_neur"),
    Column("reference", HASH, nullable=True),
    whole("at"),
    Index("lines_of_participant", "participant", "block"),
)

euro_holdings = Table("euro_holdings", INDEX, account_key("wallet"), whole("amount_neur"))

# ---------------------------------------------------------------------------- guarantees of origin

certificates = Table(
    "certificates",
    INDEX,
    key("id"),  # device << 32 | interval
    whole("device"),
    whole("interval"),
    whole("participant"),
    whole("own_use_wh"),
    whole("sold_wh"),
    whole("minted_wh"),
    whole("more_wh"),  # issued to the producer by corrections
    whole("claimable_wh"),
    whole("cancelled_wh"),  # by statements; what was used or sold at issue is not counted here
    whole("withdrawn_wh"),
    whole("at"),
    Index("certificates_of_participant", "participant", "interval"),
)

holdings = Table(
    "holdings",
    INDEX,
    key("id"),
    account_key("holder"),
    whole("wh"),
    Index("holdings_of_holder", "holder", "id"),
)

certificate_events = Table(
    "certificate_events",
    INDEX,
    key("block"),
    key("log_index"),
    key("part"),  # a batch moves several ids in one log
    whole("id"),
    # issued claimed transferred cancelled withdrawn recovered locked released exported
    Column("kind", String(12), nullable=False),
    account("source", optional=True),
    account("target", optional=True),
    whole("wh"),
    whole("statement", optional=True),
    whole("export_group", optional=True),
    Column("reason", HASH, nullable=True),
    Column("tx_hash", HASH, nullable=False),
    whole("at"),
    Index("events_of_certificate", "id", "block", "log_index"),
    Index("events_of_statement", "statement"),
    Index(  # few: an account's own without a look at all events
        "withdrawals_from",
        "source",
        sqlite_where=text("kind = 'withdrawn'"),
        postgresql_where=text("kind = 'withdrawn'"),
    ),
)

statements = Table(
    "statements",
    INDEX,
    key("statement"),
    account("holder"),
    Column("beneficiary", HASH, nullable=False),
    Column("purpose", HASH, nullable=False),
    whole("period_from"),
    whole("period_to"),
    Column("country", String(2), nullable=False),
    Column("statement_hash", HASH, nullable=False),
    whole("total_wh"),
    whole("at"),
    Index("statements_of_holder", "holder", "statement"),
)

export_groups = Table(  # intervals as the contract keeps them: of all Wh since it was last empty
    "export_groups",
    INDEX,
    key("export_group"),
    whole("device"),
    whole("member"),
    whole("first_interval"),
    whole("last_interval"),
    whole("wh"),
    whole("state"),  # 1 open, 2 complete, 3 exported
    Column("reference", HASH, nullable=True),  # the national one
    Column("reason", HASH, nullable=True),  # why it was declined last
    whole("at"),
    whole("exported_at", optional=True),
    Index("export_groups_of_member", "member", "export_group"),
    Index("export_groups_of_state", "state", "export_group"),
)

export_group_wh = Table(
    "export_group_wh",
    INDEX,
    key("export_group"),
    key("id"),
    whole("wh"),
)

# ---------------------------------------------------------------------------- points and targets

points = Table("points", INDEX, account_key("account"), whole("balance_mpt"), whole("awarded_mpt"))

point_events = Table(
    "point_events",
    INDEX,
    key("block"),
    key("log_index"),
    Column("kind", String(12), nullable=False),  # awarded moved
    account("source", optional=True),
    account("target"),
    whole("amount_mpt"),
    whole("at"),
    Index("point_events_to", "target", "block"),
)

offers = Table(
    "offers",
    INDEX,
    key("offer"),
    account("partner"),
    whole("price_mpt"),
    whole("stock"),
    whole("issued"),
    whole("valid_until"),
    flag("closed"),
    Column("terms_hash", HASH, nullable=False),
)

vouchers = Table(
    "vouchers",
    INDEX,
    key("voucher"),
    whole("offer"),
    whole("member"),  # by index: it stays the member's when the wallet is replaced
    whole("used_at", optional=True),
    whole("at"),
    Index("vouchers_of_member", "member", "voucher"),
    Index("vouchers_of_offer", "offer"),
)

targets = Table(
    "targets",
    INDEX,
    key("participant"),
    key("period"),
    whole("first_interval"),
    whole("end_interval"),
    whole("expectation_wh"),
    whole("target_wh"),
    Column("formula_hash", HASH, nullable=False),
    whole("outcome"),  # 0 none yet, 1 award, 2 miss, 3 no data, 4 account closed
    whole("consumption_wh"),
    whole("points_mpt"),
)

# ---------------------------------------------------------------------------- consents

consents = Table(  # `state` as stored by the contract; that one has expired follows from time
    "consents",
    INDEX,
    key("consent"),
    whole("participant"),
    account("grantee"),
    Column("purpose", HASH, nullable=False),
    whole("directions"),
    whole("granularity"),
    whole("frequency"),
    whole("valid_from"),
    whole("valid_until"),
    whole("state"),
    whole("ended_block", optional=True),  # from this block on no read is allowed
    whole("at"),
    Index("consents_of_participant", "participant", "consent"),
    Index("consents_of_grantee", "grantee", "consent"),
)

consent_events = Table(
    "consent_events",
    INDEX,
    key("block"),
    key("log_index"),
    whole("consent"),
    Column("kind", String(12), nullable=False),  # requested granted rejected revoked terminated
    account("account", optional=True),
    whole("at"),
    Index("events_of_consent", "consent", "block"),
)
