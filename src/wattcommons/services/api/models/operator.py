"""What operators, the metering operator, the treasurer and the issuing body see."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import LINE, LINES, Account, Freshness, Hash, Interval, Model, Neur, Unix


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

    name: str = Field(min_length=1, max_length=120, pattern=LINE)
    email: str | None = Field(default=None, max_length=254, pattern=LINE)
    language: str = Field(default="fr", pattern="^(fr|en)$")


class ProfileCommitment(Model):
    """To give to `registerMember`; then say which member it became."""

    draft: str
    commitment: Hash


class MemberOfProfile(Model):
    """Which member a profile became, once registered."""

    member: int = Field(ge=1, le=2**32 - 1)


class NewPoint(Model):
    """Data of a metering point to be enrolled: stays off the chain, a salted commitment goes on it."""

    label: str = Field(
        min_length=1, max_length=80, pattern=LINE, description="the member's word for it", examples=["House"]
    )
    prm: str | None = Field(default=None, pattern="^[0-9]{14}$", description="the network operator's number")
    address: str | None = Field(default=None, max_length=200, pattern=LINE)


class ParticipantOfPoint(Model):
    """Which participant a metering point became, once enrolled."""

    participant: int = Field(ge=1, le=2**32 - 1)


class NewEnrolment(Model):
    """An enrolment file's text, as `watt enrolment new` writes it, signed by nobody, one or both."""

    content: str = Field(min_length=2, max_length=65_536)


class EnrolmentOfCode(Model):
    """An enrolment to be made of what a gateway shows (`watt oracle code`).

    A code that names a participant replaces its key, and takes neither member nor basis nor powers nor point.
    """

    code: str = Field(min_length=1, max_length=400, pattern=LINE)
    source: str = Field(default="gateway", pattern="^(gateway|operator_file|declared)$")
    from_interval: Interval
    member: int | None = Field(default=None, ge=1, le=2**32 - 1)
    basis: str | None = Field(default=None, pattern="^(net|gross)$")
    import_w: int | None = Field(default=None, ge=0, le=2**24 - 1, description="highest power drawn, W")
    export_w: int | None = Field(default=None, ge=0, le=2**24 - 1, description="highest power fed in or produced, W")
    point: NewPoint | None = Field(default=None, description="its record, kept off the chain and committed to")


class EnrolmentSignature(Model):
    """The signature of who is signed in over an enrolment's terms (EIP-712 of MemberRegistry), 65 bytes."""

    party: str = Field(pattern="^(member|metering_operator)$")
    signature: str = Field(pattern="^0x[0-9a-fA-F]{130}$")


class NewPurpose(Model):
    """A text behind a code, as what data may be asked for.

    Its code on the chain is the hash of `text`, unless `code` gives a short one.
    """

    title: str = Field(min_length=1, max_length=120, pattern=LINE)
    text: str = Field(min_length=1, max_length=4_000, pattern=LINES)
    code: str | None = Field(default=None, pattern="^[!-~]{1,32}$")
    kind: str = Field(
        default="consent", pattern="^(consent|statement|target)$", description="what the text is for: one use"
    )


class AccountName(Model):
    """The organisation behind an account; never a member."""

    name: str = Field(min_length=1, max_length=120, pattern=LINE)


class SkippedRun(Model):
    """Signed readings that the ledger did not take, and why."""

    at: Unix
    participant: int
    label: str | None
    first_interval: Interval
    reason: str = Field(
        description="not_active, key_changed, not_ended, signature_invalid, quality_invalid, implausible"
    )
    detail: str


class SkippedRuns(Model):
    """A page, newest first."""

    items: list[SkippedRun]
    next: str | None


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
