"""tests/vectors/eip712.json: its messages through the package, and signing the file anew.

    python tests/support/eip712.py     fill in digests and signatures after a message was changed by hand

Each case names its type, its domain and its fields; whole numbers wider than 48 bits are written as text.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import SignableMessage
from eth_account.signers.local import LocalAccount

from wattcommons.chain import typed_data
from wattcommons.chain.signing import digest_of, sign, sign_compact
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.consents import ConsentTerms, Directions, Granularity
from wattcommons.domain.orders import LimitKind, Order
from wattcommons.domain.packing import unpack_readings
from wattcommons.domain.readings import Run

FILE = Path(__file__).parents[1] / "vectors" / "eip712.json"


def load() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def types_of(text: str) -> dict[str, list[dict[str, str]]]:
    """`A(uint8 x,B y)B(bool z)` as EIP-712 types, the primary one first."""
    return {
        name: [dict(zip(("type", "name"), field.split(" "), strict=True)) for field in fields.split(",")]
        for name, fields in re.findall(r"(\w+)\(([^)]*)\)", text)
    }


def primary_of(case: dict[str, Any]) -> str:
    return str(case["type"]).partition("(")[0]


def fields_of(case: dict[str, Any]) -> dict[str, Any]:
    """A case's message, with numbers and bytes as such."""
    types = types_of(case["type"])
    return _struct(types, primary_of(case), case["message"])


def signer_of(document: dict[str, Any], case: dict[str, Any]) -> LocalAccount:
    account: LocalAccount = Account.from_key(document["keys"][case["signer"]])
    return account


def message_of(case: dict[str, Any]) -> SignableMessage:
    """A case's message as `chain.typed_data` makes it from what a caller hands in."""
    domain = SigningDomain(case["domain"]["name"], case["domain"]["chainId"], case["domain"]["verifyingContract"])
    values = list(fields_of(case).values())
    match primary_of(case):
        case "Run":
            participant, first, readings = values
            return typed_data.run_message(domain, Run(participant, first, unpack_readings(readings)))
        case "Order" | "SpreadOrder" as primary:
            kind = LimitKind.SHARE if primary == "SpreadOrder" else LimitKind.FIXED
            return typed_data.order_message(domain, Order(values[0], kind, *values[1:]))
        case "Enrolment":
            return typed_data.enrolment_message(domain, values)
        case "Rotation":
            return typed_data.rotation_message(domain, values)
        case "Cancellation":
            holder, ids, amounts, terms, nonce, deadline = values
            statement = list(terms.values())
            return typed_data.cancellation_message(domain, holder, ids, amounts, statement, nonce, deadline)
        case "Cancel":
            participant, standing, nonce, deadline = values
            return typed_data.cancel_message(domain, participant, standing=standing, nonce=nonce, deadline=deadline)
        case "Consent":
            request, participant, grantee, directions, granularity, *rest, nonce, deadline = values
            what = Directions(directions), Granularity(granularity)
            consented = ConsentTerms(participant, grantee, *what, *rest)
            return typed_data.consent_message(domain, request, consented, nonce, deadline)
        case other:
            message: SignableMessage = getattr(typed_data, f"{other.lower()}_message")(domain, *values)
            return message


def signed(document: dict[str, Any], case: dict[str, Any]) -> dict[str, str]:
    """What the package makes of a case: digest and signature, of a run the compact one too."""
    message, account = message_of(case), signer_of(document, case)
    made = {"digest": digest_of(message), "signature": sign(account, message)}
    if primary_of(case) == "Run":
        made["compact"] = sign_compact(account, message)
    return {name: f"0x{value.hex()}" for name, value in made.items()}


def _struct(types: dict[str, list[dict[str, str]]], name: str, values: dict[str, Any]) -> dict[str, Any]:
    fields = types[name]
    assert [field["name"] for field in fields] == list(values)
    return {field["name"]: _value(types, field["type"], values[field["name"]]) for field in fields}


def _value(types: dict[str, list[dict[str, str]]], kind: str, value: Any) -> Any:
    if kind.endswith("[]"):
        return [_value(types, kind[:-2], item) for item in value]
    if kind in types:
        return _struct(types, kind, value)
    if kind.startswith(("uint", "int")):
        return int(value)
    return bytes.fromhex(value[2:]) if kind.startswith("bytes") else value


def main() -> None:
    document = load()
    for case in document["cases"]:
        case.update(signed(document, case))
    FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
