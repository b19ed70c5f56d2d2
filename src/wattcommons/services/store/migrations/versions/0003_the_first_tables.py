"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From the version before to this one."""
    op.create_index("readings_of_participant", "readings", ["participant", "interval"], unique=False)
    op.create_table(
        "registry_requests",
        sa.Column("wallet", sa.String(length=42), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wallet", "key"),
    )
    op.create_index("requests_by_age", "registry_requests", ["created"], unique=False)
    op.create_table(
        "registry_reservations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("wallet", sa.String(length=42), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reservations_of_wallet", "registry_reservations", ["wallet", "expires"], unique=False)
    op.create_table(
        "registry_whitelists",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("only_listed", sa.Boolean(), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "roles",
        sa.Column("role", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("role", "account"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wallet", sa.String(length=42), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("bearer", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("sessions_of_wallet", "sessions", ["wallet"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("interval", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quality", sa.Integer(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("production_wh", sa.BigInteger(), nullable=False),
        sa.Column("consumption_wh", sa.BigInteger(), nullable=False),
        sa.Column("own_use_wh", sa.BigInteger(), nullable=False),
        sa.Column("bought_wh", sa.BigInteger(), nullable=False),
        sa.Column("sold_wh", sa.BigInteger(), nullable=False),
        sa.Column("offset_wh", sa.BigInteger(), nullable=True),
        sa.Column("grid_import_wh", sa.BigInteger(), nullable=False),
        sa.Column("grid_export_wh", sa.BigInteger(), nullable=False),
        sa.Column("local_neur", sa.BigInteger(), nullable=False),
        sa.Column("fee_neur", sa.BigInteger(), nullable=False),
        sa.Column("grid_neur", sa.BigInteger(), nullable=False),
        sa.Column("grid_only_neur", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("interval", "participant"),
    )
    op.create_index(
        "late_settlements",
        "settlements",
        ["interval"],
        unique=False,
        sqlite_where=sa.text("late = 1"),
        postgresql_where=sa.text("late"),
    )
    op.create_index(
        "purchases_in_line",
        "settlements",
        ["interval", "offset_wh"],
        unique=False,
        sqlite_where=sa.text("bought_wh > 0"),
        postgresql_where=sa.text("bought_wh > 0"),
    )
    op.create_index(
        "sales_in_line",
        "settlements",
        ["interval", "offset_wh"],
        unique=False,
        sqlite_where=sa.text("sold_wh > 0"),
        postgresql_where=sa.text("sold_wh > 0"),
    )
    op.create_index("settlements_of_participant", "settlements", ["participant", "interval"], unique=False)
    op.create_table(
        "sign_in_nonces",
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_table(
        "skipped_runs",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("first_interval", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_index("skipped_of_participant", "skipped_runs", ["participant", "block"], unique=False)
    op.create_table(
        "statement_numbers",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("participant", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("number_of_month", "statement_numbers", ["participant", "month"], unique=True)
    op.create_table(
        "statements",
        sa.Column("statement", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.String(length=42), nullable=False),
        sa.Column("beneficiary", sa.String(length=66), nullable=False),
        sa.Column("purpose", sa.String(length=66), nullable=False),
        sa.Column("period_from", sa.BigInteger(), nullable=False),
        sa.Column("period_to", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("statement_hash", sa.String(length=66), nullable=False),
        sa.Column("total_wh", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("statement"),
    )
    op.create_index("statements_of_holder", "statements", ["holder", "statement"], unique=False)
    op.create_table(
        "targets",
        sa.Column("participant", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_interval", sa.BigInteger(), nullable=False),
        sa.Column("end_interval", sa.BigInteger(), nullable=False),
        sa.Column("expectation_wh", sa.BigInteger(), nullable=False),
        sa.Column("target_wh", sa.BigInteger(), nullable=False),
        sa.Column("formula_hash", sa.String(length=66), nullable=False),
        sa.Column("outcome", sa.BigInteger(), nullable=False),
        sa.Column("consumption_wh", sa.BigInteger(), nullable=False),
        sa.Column("points_mpt", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("participant", "period"),
    )
    op.create_table(
        "undo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("undo_in_order", "undo", ["block", "id"], unique=False)
    op.create_table(
        "vouchers",
        sa.Column("voucher", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("voucher"),
    )
    op.create_index("vouchers_of_member", "vouchers", ["member", "voucher"], unique=False)
    op.create_index("vouchers_of_offer", "vouchers", ["offer"], unique=False)
    # ### end Alembic commands ###
