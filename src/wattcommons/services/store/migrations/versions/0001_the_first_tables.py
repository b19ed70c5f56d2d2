"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """From the version before to this one."""
    op.create_table(
        "account_lines",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("amount_neur", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=66), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_index("lines_of_participant", "account_lines", ["participant", "block"], unique=False)
    op.create_table(
        "account_names",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "accounts",
        sa.Column("participant", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("balance_neur", sa.BigInteger(), nullable=False),
        sa.Column("paid_in_neur", sa.BigInteger(), nullable=False),
        sa.Column("paid_out_neur", sa.BigInteger(), nullable=False),
        sa.Column("credit_limit_neur", sa.BigInteger(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("own_limit", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("participant"),
    )
    op.create_table(
        "band_codes",
        sa.Column("interval", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("interval"),
    )
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("retail", sa.BigInteger(), nullable=False),
        sa.Column("feed_in", sa.BigInteger(), nullable=False),
        sa.Column("network_fee", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("band"),
    )
    op.create_table(
        "certificate_events",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=42), nullable=True),
        sa.Column("target", sa.String(length=42), nullable=True),
        sa.Column("wh", sa.BigInteger(), nullable=False),
        sa.Column("statement", sa.BigInteger(), nullable=True),
        sa.Column("export_group", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=66), nullable=True),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index", "part"),
    )
    op.create_index("events_of_certificate", "certificate_events", ["id", "block", "log_index"], unique=False)
    op.create_index("events_of_statement", "certificate_events", ["statement"], unique=False)
    op.create_index(
        "withdrawals_from",
        "certificate_events",
        ["source"],
        unique=False,
        sqlite_where=sa.text("kind = 'withdrawn'"),
        postgresql_where=sa.text("kind = 'withdrawn'"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.Column("interval", sa.BigInteger(), nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("own_use_wh", sa.BigInteger(), nullable=False),
        sa.Column("sold_wh", sa.BigInteger(), nullable=False),
        sa.Column("minted_wh", sa.BigInteger(), nullable=False),
        sa.Column("more_wh", sa.BigInteger(), nullable=False),
        sa.Column("claimable_wh", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_wh", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_wh", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("certificates_of_participant", "certificates", ["participant", "interval"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("interval", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.String(length=80), nullable=False),
        sa.Column("given", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_table(
        "consent_events",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_index("events_of_consent", "consent_events", ["consent", "block"], unique=False)
    op.create_table(
        "consent_reads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("consent", sa.BigInteger(), nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("grantee", sa.String(length=42), nullable=False),
        sa.Column("first_interval", sa.BigInteger(), nullable=False),
        sa.Column("end_interval", sa.BigInteger(), nullable=False),
        sa.Column("granularity", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reads_of_consent", "consent_reads", ["consent", "at"], unique=False)
    op.create_index("reads_of_participant", "consent_reads", ["participant", "at"], unique=False)
    op.create_table(
        "consents",
        sa.Column("consent", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("grantee", sa.String(length=42), nullable=False),
        sa.Column("purpose", sa.String(length=66), nullable=False),
        sa.Column("directions", sa.BigInteger(), nullable=False),
        sa.Column("granularity", sa.BigInteger(), nullable=False),
        sa.Column("frequency", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.BigInteger(), nullable=False),
        sa.Column("ended_block", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consent"),
    )
    op.create_index("consents_of_grantee", "consents", ["grantee", "consent"], unique=False)
    op.create_index("consents_of_participant", "consents", ["participant", "consent"], unique=False)
    op.create_table(
        "days",
        sa.Column("participant", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("intervals", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.BigInteger(), nullable=False),
        sa.Column("production_wh", sa.BigInteger(), nullable=False),
        sa.Column("consumption_wh", sa.BigInteger(), nullable=False),
        sa.Column("own_use_wh", sa.BigInteger(), nullable=False),
        sa.Column("bought_wh", sa.BigInteger(), nullable=False),
        sa.Column("sold_wh", sa.BigInteger(), nullable=False),
        sa.Column("grid_import_wh", sa.BigInteger(), nullable=False),
        sa.Column("grid_export_wh", sa.BigInteger(), nullable=False),
        sa.Column("local_neur", sa.BigInteger(), nullable=False),
        sa.Column("fee_neur", sa.BigInteger(), nullable=False),
        sa.Column("grid_neur", sa.BigInteger(), nullable=False),
        sa.Column("grid_only_neur", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant", "day"),
    )
    op.create_table(
        "default_bands",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.Column("from_interval", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_table(
        "devices",
        sa.Column("device", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("technology", sa.String(length=7), nullable=False),
        sa.Column("fuel", sa.String(length=9), nullable=False),
        sa.Column("capacity_w", sa.BigInteger(), nullable=False),
        sa.Column("commissioned_at", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("scheme", sa.BigInteger(), nullable=False),
        sa.Column("scheme_allows", sa.Boolean(), nullable=False),
        sa.Column("storage", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=True),
        sa.Column("debt_wh", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("device"),
    )
    op.create_table(
        "enrolment_drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("drafts_of_member", "enrolment_drafts", ["member"], unique=False)
    op.create_table(
        "erasures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "euro_holdings",
        sa.Column("wallet", sa.String(length=42), nullable=False),
        sa.Column("amount_neur", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wallet"),
    )
    op.create_table(
        "export_group_wh",
        sa.Column("export_group", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wh", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("export_group", "id"),
    )
    op.create_table(
        "export_groups",
        sa.Column("export_group", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("first_interval", sa.BigInteger(), nullable=False),
        sa.Column("last_interval", sa.BigInteger(), nullable=False),
        sa.Column("wh", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=66), nullable=True),
        sa.Column("reason", sa.String(length=66), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("export_group"),
    )
    op.create_index("export_groups_of_member", "export_groups", ["member", "export_group"], unique=False)
    op.create_index("export_groups_of_state", "export_groups", ["state", "export_group"], unique=False)
    op.create_table(
        "frozen_intervals",
        sa.Column("interval", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("present", sa.BigInteger(), nullable=False),
        sa.Column("waited", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("interval"),
    )
    op.create_table(
        "holdings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=42), nullable=False),
        sa.Column("wh", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", "holder"),
    )
    # ### end Alembic commands ###
