"""Personal records of the people of a village, and consents that they give: what the API's tests of privacy need."""

from __future__ import annotations

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from tests.support.community import KEYS, Community, member_key
from wattcommons.chain.commitments import commitment_of, new_salt
from wattcommons.chain.typed_data import consent_struct
from wattcommons.domain.accounts import Account
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity, purpose_code
from wattcommons.domain.units import ParticipantIndex
from wattcommons.services.store.app.private import Draft, add_draft, keep_point, keep_profile
from wattcommons.services.store.engine import Store

THIRD_PARTY = KEYS.service("energy adviser")
OTHER_PARTY = KEYS.service("another adviser")
PURPOSE = purpose_code("advice")
PURPOSE_HEX = f"0x{PURPOSE.hex()}"


@dataclass(frozen=True)
class Person:
    """Somebody with a name that stands nowhere else."""

    number: int

    @property
    def name(self) -> str:
        return f"Zoé Xylander-{self.number:03d}"

    @property
    def email(self) -> str:
        return f"zoe.xylander.{self.number:03d}@example.org"

    @property
    def label(self) -> str:
        return f"Maison Xylander-{self.number:03d}"

    @property
    def prm(self) -> str:
        return f"{90_000_000_000_000 + self.number}"

    @property
    def address(self) -> str:
        return f"{self.number} chemin des Xylandres"

    @property
    def marks(self) -> tuple[str, ...]:
        """Texts by which the person is found anywhere."""
        return (self.name, self.email, self.label, self.prm, self.address, f"xylander.{self.number:03d}")


def keep_person(store: Store, number: int, at: int = 1) -> Person:
    """Member `number` and the participant of that number get a record each."""
    person = Person(number)
    profile = {"name": person.name, "email": person.email, "language": "fr"}
    point = {"label": person.label, "prm": person.prm, "address": person.address}
    with store.write() as connection:
        for kind, content in (("member", profile), ("participant", point)):
            salt = new_salt()
            draft = Draft(
                f"{number:031x}{len(kind) % 16:x}", kind, content, salt, "0x" + commitment_of(content, salt).hex(), at
            )
            add_draft(connection, draft)
            (keep_profile if kind == "member" else keep_point)(connection, draft, number, at)
    return person


def consent_terms(village: Community, participant: int, **changes: object) -> ConsentTerms:
    """A consent to the energy adviser to read intervals, both ways, from the first interval on for a year."""
    begin = village.first * village.length_s
    values: dict[str, object] = {
        "participant": ParticipantIndex(participant),
        "grantee": Account(THIRD_PARTY.address),
        "directions": Directions.IMPORT | Directions.EXPORT,
        "granularity": Granularity.INTERVAL,
        "reads_per_day": 4,
        "purpose": PURPOSE,
        "valid_from": begin,
        "valid_until": begin + 365 * 86_400,
    }
    assert changes.keys() <= values.keys()
    return ConsentTerms(**(values | changes))  # type: ignore[arg-type]


def grant(village: Community, participant: int, by: LocalAccount | None = None, **changes: object) -> int:
    """Give a consent; its number."""
    terms = consent_terms(village, participant, **changes)
    sent = village.do("ConsentRegistry.grant", 0, consent_struct(terms), by=by or member_key(participant))
    [event] = village.events(sent, "ConsentRegistry.ConsentGranted")
    return int(event["consent"])
