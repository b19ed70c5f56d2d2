"""Who may read what of a member, for what, until when."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import Account, Hash, Interval, Model, Signature, Unix


class Consent(Model):
    """A consent. `state`: received, valid, rejected, revoked_by_psu, expired or terminated_by_tpp."""

    consent: int
    participant: int
    label: str | None = Field(description="the member's word for the participant, to its member only")
    grantee: Account
    grantee_name: str | None
    purpose: Hash
    purpose_title: str | None
    purpose_text: str | None
    imports: bool
    exports: bool
    granularity: str = Field(description="daily, interval, comparison or third_party, as in the contract")
    frequency: int = Field(ge=0, le=4, description="unattended reads a day")
    valid_from: Unix
    valid_until: Unix
    state: str
    reads: int
    last_read: Unix | None


class Consents(Model):
    """Consents given or asked for, and those received as a third party."""

    given: list[Consent]
    received: list[Consent]


class PurposeText(Model):
    """A purpose that the community knows. `code` is what stands on the chain."""

    code: Hash
    title: str
    text: str


class ThirdParty(Model):
    """An account that the community has admitted to ask for consents."""

    account: Account
    name: str | None


class ConsentChoices(Model):
    """What a consent may be given for, and to whom; a member may also name others."""

    purposes: list[PurposeText]
    third_parties: list[ThirdParty]


class ConsentLine(Model):
    """One line of a consent's log: an event of its life, or a read under it."""

    at: Unix
    kind: str = Field(description="requested, granted, rejected, revoked, terminated or read")
    account: Account | None
    first_interval: Interval | None
    end_interval: Interval | None


class ConsentLog(Model):
    """Everything that happened under a consent, newest first."""

    consent: Consent
    lines: list[ConsentLine]


class ConsentGrant(Model):
    """A signed grant (EIP-712 of ConsentRegistry)."""

    participant: int = Field(ge=1, le=2**32 - 1)
    grantee: Account
    purpose: Hash
    imports: bool
    exports: bool
    granularity: str
    frequency: int = Field(ge=1, le=4)
    valid_from: Unix
    valid_until: Unix
    request: int = Field(default=0, ge=0, description="the request it answers, 0 for none")
    nonce: int = Field(ge=0)
    deadline: int = Field(ge=0, le=2**53)
    signature: Signature


class ConsentEnd(Model):
    """A signed revocation or rejection: no nonce, because either can be done to a consent only once."""

    consent: int = Field(ge=1)
    deadline: int = Field(ge=0, le=2**53)
    signature: Signature


class SharedInterval(Model):
    """One value a third party may read; None for a direction it has no consent for, or an absent reading."""

    start: Unix
    end: Unix
    consumption_wh: int | None
    production_wh: int | None
    quality: str = Field(description="absent, measured, estimated or corrected; of a day the weakest, or incomplete")


class SharedEnergy(Model):
    """A member's data under a consent, at its granularity and in its directions only."""

    consent: int
    participant: int
    granularity: str
    items: list[SharedInterval]
    next: str | None


class Erasure(Model):
    """What was erased of a member: rows off the chain. `stays` says what cannot be, `kept` the same in codes."""

    erased: list[str]
    stays: str
    kept: list[str] = Field(description="chain, statement_numbers, erasure_day")
