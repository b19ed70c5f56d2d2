"""Who lives in a living village, by name, and the wallets that the pages of a development chain offer for trying out.

The names are invented. The keys derive from a public word, so that anybody may act as anybody: never on a real chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.roles import Role
from wattcommons.scenarios.demo import Demo
from wattcommons.simulation.people import Kind, Participant

_FIRST_NAMES: Final = (
    "Jeanne", "Marc", "Aïcha", "Lucien", "Rosa", "Karim", "Élise", "Pere", "Nadia", "Hugo", "Manon", "Joan",
)  # fmt: skip
_LAST_NAMES: Final = ("Puig", "Coste", "Batlle", "Sola", "Vidal", "Ferrer", "Roca", "Serra", "Mas", "Pujol", "Camps")
_MOST_MEMBERS: Final = 24
_ROLES: Final = {
    Role.OPERATOR: ("Operator", "Opérateur"),
    Role.METERING_OPERATOR: ("Metering operator", "Gestionnaire des compteurs"),
    Role.ISSUING_BODY: ("Issuing body", "Organisme d'émission"),
    Role.TREASURER: ("Treasurer", "Trésorier"),
    Role.COACH: ("Green Coach", "Green Coach"),
    Role.PARTNER: ("Spa and bakery", "Thermes et boulangerie"),
    Role.THIRD_PARTY: ("Energy adviser", "Conseiller énergie"),
}


@dataclass(frozen=True)
class PublicWallet:
    """A wallet whose key everybody knows. `role`: `member`, or the role's name in small letters."""

    name: str
    role: str
    account: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Profile:
    """What the operator knows of a member beside the chain. `label`: the member's word for its metering point."""

    member: int
    participant: int
    name: str
    label: str
    salt: bytes = field(repr=False)


def public_wallets(demo: Demo, language: str = "en") -> list[PublicWallet]:
    """Members first (a few dozen at most), then the community's roles; names in `en` or `fr`."""
    keys = demo.community.keys
    members = sorted(demo.scene.village.participants, key=lambda one: (_ORDER.index(one.kind), one.number))
    found = [_wallet(one.name(language), "member", keys.member(one.meter_id)) for one in members[:_MOST_MEMBERS]]
    return found + [_wallet(role_name(role, language), role.name.lower(), keys.role(role)) for role in _ROLES]


def role_name(role: Role, language: str = "en") -> str:
    """Who holds a role, in `en` or `fr`."""
    return _ROLES[role][language == "fr"]


def profiles(demo: Demo, language: str = "en") -> list[Profile]:
    """Everybody's, in the order of their members."""
    community = demo.community
    return [
        Profile(
            member=community.members[person.meter_id],
            participant=demo.participant(person),
            name=_name_of(person),
            label=person.name(language),
            salt=community.keys.commitment(f"salt {person.meter_id}"),
        )
        for person in sorted(demo.scene.village.participants, key=lambda one: community.members[one.meter_id])
    ]


_ORDER: Final = (Kind.FLAT, Kind.ROOF, Kind.MILL, Kind.SPA)


def _name_of(person: Participant) -> str:
    at = person.index - 1
    return f"{_FIRST_NAMES[at % len(_FIRST_NAMES)]} {_LAST_NAMES[at % len(_LAST_NAMES)]}"


def _wallet(name: str, role: str, account: SigningAccount) -> PublicWallet:
    return PublicWallet(name, role, str(account.address), "0x" + bytes(account.key).hex())
