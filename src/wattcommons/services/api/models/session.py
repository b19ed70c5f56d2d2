"""Signing in with a wallet (EIP-4361), and who one is then."""

from __future__ import annotations

from pydantic import Field

from wattcommons.services.api.models.common import LINE, Account, Interval, Model, Neur, Signature, Unix


class SignInChallenge(Model):
    """What the wallet is to sign: `message` is the whole EIP-4361 text for the account asked with."""

    nonce: str
    message: str
    expires: Unix


class SignIn(Model):
    """The text as it was signed, and its signature. `bearer`: answer a token instead of a cookie."""

    message: str = Field(max_length=4000)
    signature: Signature
    bearer: bool = False


class Session(Model):
    """A session. `token` only where a bearer token was asked for, and only once."""

    wallet: Account
    expires: Unix
    token: str | None = None


class NodeAddress(Model):
    """Where the member's wallet reaches the node, below this site's address: secret, good as long as the session."""

    path: str = Field(examples=["/rpc/3q2-7w…"])
    expires: Unix


class Device(Model):
    """A production installation. `kind`: solar, hydro, wind or other, from its EECS fuel code."""

    device: int
    kind: str
    capacity_w: int
    technology: str
    fuel: str
    suspended: bool
    valid_until: Unix
    storage: bool


class Participant(Model):
    """One of the member's own metering points. `label` is the member's own word for it."""

    participant: int
    label: str
    basis: str = Field(description="net or gross")
    source: str = Field(description="what stands behind its signatures: gateway, operator_file or declared")
    from_interval: Interval
    until_interval: Interval | None
    import_w: int
    export_w: int
    suspended: bool
    silent: bool
    device: Device | None
    balance_neur: Neur
    credit_limit_neur: Neur
    eligible: bool


class PointLabel(Model):
    """What a member calls a metering point from now on."""

    label: str = Field(min_length=1, max_length=80, pattern=LINE, examples=["House"])


class Me(Model):
    """Who is signed in. `member` is None for a wallet that is no member's: a third party, an operator."""

    wallet: Account
    member: int | None
    active: bool
    name: str | None
    roles: list[str] = Field(
        description="operator, metering_operator, issuing_body, treasurer, coach, partner, auditor …"
    )
    participants: list[Participant]
    balance_points_mpt: Neur
    euro_neur: Neur


class DevnetWallet(Model):
    """A development wallet whose key everybody knows. Never offered on a real chain."""

    name: str
    role: str = Field(description="member, operator, issuing_body, …")
    account: Account
    private_key: str
