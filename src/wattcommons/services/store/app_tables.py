"""Tables of what is not on the chain: sessions, what members wrote of themselves, what was asked of the API.

They are never derived and never rebuilt. `private_*` is personal data: erasing a member deletes its rows, salts
included, and with them the only way from the chain's pseudonyms to a person. Times in Unix seconds.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

APP: Final = MetaData()

_ACCOUNT: Final = String(42)
_ID: Final = BigInteger().with_variant(Integer, "sqlite")

sign_in_nonces = Table(  # each good for one sign-in
    "sign_in_nonces",
    APP,
    Column("nonce", String(32), primary_key=True),
    Column("expires", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    APP,
    Column("token_hash", LargeBinary(32), primary_key=True),  # the token itself is nowhere
    Column("wallet", _ACCOUNT, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("bearer", Boolean, nullable=False),  # handed out as a bearer token, not as a cookie
    Index("sessions_of_wallet", "wallet"),
)

private_members = Table(
    "private_members",
    APP,
    Column("member", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String(120), nullable=False),
    Column("email", String(254), nullable=True),
    Column("language", String(2), nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("created", BigInteger, nullable=False),
)

private_participants = Table(
    "private_participants",
    APP,
    Column("participant", BigInteger, primary_key=True, autoincrement=False),
    Column("label", String(80), nullable=False),  # as the member calls it: "House", "Roof"
    Column("prm", String(14), nullable=True),  # the network operator's number of the metering point
    Column("address", String(200), nullable=True),
    Column("salt", LargeBinary(32), nullable=False),
    Column("created", BigInteger, nullable=False),
)

private_drafts = Table(  # records whose commitment is not on the chain yet: then they become one of the two above
    "private_drafts",
    APP,
    Column("id", String(32), primary_key=True),
    Column("kind", String(12), nullable=False),  # member participant
    Column("content", Text, nullable=False),  # JSON, as committed to
    Column("salt", LargeBinary(32), nullable=False),
    Column("commitment", String(66), nullable=False),
    Column("created", BigInteger, nullable=False),
)

account_names = Table(  # how third parties and partners are called: organisations, never members
    "account_names",
    APP,
    Column("account", _ACCOUNT, primary_key=True),
    Column("name", String(120), nullable=False),
)

purposes = Table(  # texts behind the codes and hashes that stand on the chain, each for one use
    "purposes",
    APP,
    Column("code", String(66), primary_key=True),
    Column("kind", String(12), primary_key=True),  # consent statement offer target
    Column("title", String(120), nullable=False),
    Column("text", Text, nullable=False),
    Column("author", _ACCOUNT, nullable=True),  # the partner of an offer's; NULL: the operator
    Column("created", BigInteger, nullable=False),
)

intents = Table(  # what members signed and this service sent for them, and what became of it
    "intents",
    APP,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),  # order order_end cancellation redemption consent consent_end
    Column("wallet", _ACCOUNT, nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # the same message twice is one intent
    Column("state", String(12), nullable=False),  # waiting sent done refused
    Column("payload", Text, nullable=False),  # JSON: call and arguments
    Column("tx_hash", String(66), nullable=True),
    Column("refusal", Text, nullable=True),  # JSON: code, detail
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("intents_of_wallet", "wallet", "created"),
    Index("intents_in_state", "state"),
)

enrolment_drafts = Table(
    "enrolment_drafts",
    APP,
    Column("id", String(32), primary_key=True),
    Column("member", BigInteger, nullable=False),
    Column("content", Text, nullable=False),  # the enrolment file, see chain/enrolment_file.py
    Column("state", String(12), nullable=False),  # open submitted dropped
    Column("created", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index("drafts_of_member", "member"),
)

consent_reads = Table(  # who read whose data under which consent: shown to the member
    "consent_reads",
    APP,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("consent", BigInteger, nullable=False),
    Column("participant", BigInteger, nullable=False),
    Column("grantee", _ACCOUNT, nullable=False),
    Column("first_interval", BigInteger, nullable=False),
    Column("end_interval", BigInteger, nullable=False),
    Column("granularity", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("reads_of_consent", "consent", "at"),
    Index("reads_of_participant", "participant", "at"),
)

statement_numbers = Table(  # running numbers of monthly statements: one a participant and month, for ever the same
    "statement_numbers",
    APP,
    Column("number", _ID, primary_key=True, autoincrement=True),
    Column("participant", BigInteger, nullable=False),
    Column("month", String(7), nullable=False),  # 2026-04
    Column("created", BigInteger, nullable=False),
    Index("number_of_month", "participant", "month", unique=True),
)

erasures = Table(  # that something was erased, and when; never what
    "erasures",
    APP,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("member", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
)

registry_reservations = Table(  # Wh that a holder keeps back for a while; the chain knows nothing of it
    "registry_reservations",
    APP,
    Column("id", String(32), primary_key=True),
    Column("wallet", _ACCOUNT, nullable=False),
    Column("items", Text, nullable=False),  # JSON: [certificate, Wh] each
    Column("expires", BigInteger, nullable=False),  # the chain's time
    Column("created", BigInteger, nullable=False),
    Index("reservations_of_wallet", "wallet", "expires"),
)

registry_whitelists = Table(  # from whom an account wants certificates; the chain knows nothing of it
    "registry_whitelists",
    APP,
    Column("account", _ACCOUNT, primary_key=True),
    Column("only_listed", Boolean, nullable=False),
    Column("accounts", Text, nullable=False),  # JSON
    Column("changed", BigInteger, nullable=False),
)

registry_requests = Table(  # answers to requests that carried an Idempotency-Key
    "registry_requests",
    APP,
    Column("wallet", _ACCOUNT, primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),  # of the route and its body
    Column("answer", Text, nullable=False),  # JSON
    Column("created", BigInteger, nullable=False),
    Index("requests_by_age", "created"),
)
