"""What a living village's operator keeps beside the chain: names, and the texts behind hashes. All are invented."""

from __future__ import annotations

from wattcommons.chain.roles import Role
from wattcommons.scenarios.living import Living
from wattcommons.scenarios.living_people import profiles, role_name
from wattcommons.scenarios.village_texts import TEXTS
from wattcommons.services.store.app.private import (
    Draft,
    keep_point,
    keep_profile,
    name_account,
)
from wattcommons.services.store.app.texts import Purpose, TextKind, add_text
from wattcommons.services.store.engine import Store

_NAMED = (Role.PARTNER, Role.THIRD_PARTY)


def keep_records(store: Store, living: Living, language: str = "en") -> None:
    """Members' and metering points' records, organisations' names, texts. Raises StoreError."""
    demo, now = living.demo, living.now
    with store.write() as connection:
        for one in profiles(demo, language):
            person = {"name": one.name, "email": None, "language": language}
            keep_profile(connection, Draft("", "member", person, one.salt, "", now), one.member, now)
            point = {"label": one.label, "prm": None, "address": None}
            keep_point(connection, Draft("", "participant", point, one.salt, "", now), one.participant, now)
        for role in _NAMED:
            name_account(connection, demo.sender(role).address, role_name(role, language))
        for kind, texts in TEXTS.items():
            for text in texts:
                add_text(connection, TextKind(kind), Purpose(_code(text.code), text.title, text.text), now)
    keep_formulas(store, living)


def keep_formulas(store: Store, living: Living) -> None:
    """The formulas of all targets set so far, by their hashes. Raises StoreError."""
    with store.write() as connection:
        for code, formula in living.formulas.items():
            add_text(connection, TextKind.TARGET, Purpose(_code(code), "target", formula), living.now)


def _code(code: bytes) -> str:
    return "0x" + code.hex()
