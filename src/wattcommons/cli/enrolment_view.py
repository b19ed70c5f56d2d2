"""An enrolment in plain words: what it says, who has signed, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wattcommons.chain.enrolment import Enrolment, Kind, Party, Submitted
from wattcommons.chain.enrolment_refusals import interval_text, second_text
from wattcommons.chain.enrolment_terms import Basis, EnrolmentTerms, Source
from wattcommons.cli.console import Screen
from wattcommons.errors import WattError

_BASIS: Final = {
    Basis.NET: "net: what flows into the grid and out of it, at the connection",
    Basis.GROSS: "gross: all that is produced and all that is used, own use included",
}
_SOURCE: Final = {
    Source.GATEWAY: "a gateway at the meter",
    Source.OPERATOR_FILE: "files of the network operator",
    Source.DECLARED: "the member's own word",
}


def show_terms(screen: Screen, enrolment: Enrolment, community: str | None) -> None:
    """What is signed, with units. `community`: its name in the deployment file, None when that was not looked at."""
    terms, code = enrolment.terms, enrolment.code
    begin = interval_text(terms.from_interval, enrolment.length)
    if isinstance(terms, EnrolmentTerms):
        screen.line(f"A metering point of member {enrolment.member} joins, and this key signs its readings.", "bold")
    else:
        screen.line(f"The readings of participant {terms.participant} are signed by another key.", "bold")
    facts = [
        ("community", f"{community or 'not looked up'} (chain {code.chain_id}, registry {code.registry})"),
        ("key", f"{terms.gateway}, which has shown that it can sign"),
        ("from", f"{begin} (interval {terms.from_interval}, of {enrolment.length.minutes} minutes)"),
        ("member", f"{enrolment.member}, wallet {enrolment.wallet}"),
        ("source", _SOURCE[terms.source]),
    ]
    if isinstance(terms, EnrolmentTerms):
        facts += [
            ("measured", _BASIS[terms.basis]),
            ("draws", f"{terms.import_w:,} W at most"),
            ("feeds in", f"{terms.export_w:,} W at most"),
            ("record", f"0x{terms.commitment.hex()}"),
        ]
    else:
        facts.append(("rotations", str(terms.nonce)))
    facts.append(("void after", second_text(terms.deadline)))
    screen.facts(facts)


def show_signatures(screen: Screen, enrolment: Enrolment) -> None:
    """Who has signed, and whether each signature is over these very terms."""
    for party in Party:
        found = enrolment.signatures.get(party)
        if found is None:
            screen.mark(False, f"the {party.spoken} did not sign yet")
        elif enrolment.holds(party):
            screen.mark(True, f"the {party.spoken} signed: {found.signer}")
        else:
            screen.mark(False, f"the {party.spoken}'s signature does not fit: the file was changed after it")


def show_obstacles(screen: Screen, obstacles: Sequence[WattError]) -> None:
    """Why the registry would refuse it now."""
    for one in obstacles:
        screen.mark(False, one.message, one.hint)


def show_next(screen: Screen, enrolment: Enrolment, path: Path) -> None:
    """The command that comes next."""
    if enrolment.missing:
        who = " and the ".join(party.spoken for party in enrolment.missing)
        screen.line(f"The {who} {'sign' if len(enrolment.missing) > 1 else 'signs'} it next:")
        for party in enrolment.missing:
            screen.command(f"enrolment sign {path} --as {party.value} --keystore KEY --password-file FILE")
        return
    whose = "an operator's" if enrolment.kind is Kind.ENROLMENT else "any"
    screen.line(f"Both have signed. It is submitted with {whose} key:")
    screen.command(f"enrolment submit {path} --keystore KEY --password-file FILE")


def show_submitted(screen: Screen, enrolment: Enrolment, done: Submitted) -> None:
    """What the chain now says, and what the gateway has to be told."""
    terms = enrolment.terms
    begin = interval_text(terms.from_interval, enrolment.length)
    screen.mark(True, f"{terms.gateway} signs for participant {done.participant} from {begin} on", indent=0)
    screen.facts([("sent as", done.tx_hash), ("block", str(done.block))])
    if isinstance(terms, EnrolmentTerms):
        screen.line("In the gateway's settings, under [[participant]]:")
        for setting in (f"index = {done.participant}", f"import_w = {terms.import_w}", f"export_w = {terms.export_w}"):
            screen.line(setting, indent=2)
    else:
        screen.line("The key before it signs until then: keep both in the gateway's settings till all is confirmed.")
