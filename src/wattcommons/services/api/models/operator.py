"""What operators, the metering operator, the treasurer and the issuing body see."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Account, Freshness, Hash, Interval, Model, Neur, Unix


class MemberRow(Model):
    """A member for the operator. `name` is None once erased or never given."""

    member: int
    wallet: Account
    active: bool
    name: str | None
    email: str | None
    participants: list[int]


class ParticipantRow(Model):
    """A participant for the operator. `last_interval`: of its newest reading; `missing`: unread intervals by now."""

    participant: int
    member: int
    label: str | None
    prm: str | None
    basis: str
    source: str
    gateway: Account
    from_interval: Interval
    until_interval: Interval | None
    import_w: int
    export_w: int
    suspended: bool
    silent: bool
    device: int | None
    last_interval: Interval | None
    missing: int
    balance_neur: Neur


class Members(Model):
    """Everybody, for the operator."""

    members: list[MemberRow]
    participants: list[ParticipantRow]


class MissingSpan(Model):
    """Consecutive intervals without a reading. `deadline`: when the first of them clears without it."""

    participant: int
    label: str | None
    first_interval: Interval
    end_interval: Interval
    deadline: Unix


class OperatorOverview(Model):
    """The state of the community's machinery."""

    members: int
    participants: int
    chain_block: int
    chain_time: Unix
    index: Freshness
    first_uncleared: Interval
    uncleared: int = Field(description="ended intervals that are not final")
    oldest_deadline: Unix | None
    waiting_readings: int
    missing: list[MissingSpan]
    skipped_runs: int
    conflicts: int
    intents_waiting: int
    pool_grid_neur: Neur
    pool_network_neur: Neur
    euro_held_neur: Neur


class NewProfile(Model):
    """Personal data of a member to be registered: stays off the chain, a salted commitment goes on it."""

    name: str = Field(min_length=1, max_length=120)
    email: str | None = Field(default=None, max_length=254)
    language: str = Field(default="fr", pattern="^(fr|en)$")


class ProfileCommitment(Model):
    """To give to `registerMember`; then say which member it became."""

    draft: str
    commitment: Hash


class Enrolment(Model):
    """An enrolment under way: its file's text, who has signed."""

    id: str
    member: int
    state: str
    content: str
    signed_by_member: bool
    signed_by_metering_operator: bool
    created: Unix


class AccountLine(Model):
    """A movement of money into or out of an account."""

    at: Unix
    kind: str
    participant: int | None
    account: Account
    amount_neur: Neur
    reference: Hash | None


class Treasury(Model):
    """Deposits and payouts, newest first."""

    items: list[AccountLine]
    next: str | None
