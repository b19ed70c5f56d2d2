"""The sentences of `watt export`, one set a language. Braces hold what is filled in."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wattcommons.domain.formatting import Language


@dataclass(frozen=True)
class ExportText:
    """Every sentence in one language. Both languages fill in the same values (a test compares them)."""

    nothing_held: str
    device: str
    groups: str
    group_columns: tuple[str, ...]
    new: str
    carried_over: str
    too_late: str
    stale: str
    group_one: str
    group_with: str

    list_columns: tuple[str, ...]
    known_as: str
    no_groups: str
    one_certificate: str
    certificates: str
    sent_back: str
    states: tuple[str, ...]
    """Open, complete, exported."""

    fills: str
    opens: str
    releases: str
    accepts: str
    declines: str
    final: str
    ask: str
    yes: tuple[str, ...]
    nothing_sent: str
    nothing_to_do: str

    locked: str
    full: str
    released: str
    accepted: str
    declined: str
    reason_kept: str
    written: str
    file_of: str

    def field_texts(self) -> dict[str, str]:
        """Every single sentence by its name."""
        found: dict[str, str] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                found[field.name] = value
            else:
                found |= {f"{field.name}.{number}": text for number, text in enumerate(value)}
        return found


ENGLISH = ExportText(
    nothing_held="{account} holds no certificates and has no open group.",
    device="Device {device}: {technology} {fuel}, {capacity} W, {country}",
    groups="groups of 1 MWh that can be made: {count}",
    group_columns=("group", "produced from (UTC)", "to", ">certificates", ">kWh to add"),
    new="new",
    carried_over="carried over: {energy} of {certificates} stay with the holder until there is 1 MWh",
    too_late="{energy} of {certificates} are older than 12 months and cannot change owner any more",
    stale="group {group} ({energy}) is too old to be exported: take its Wh back with",
    group_one="Make them, with the key of the holder's wallet:",
    group_with="Make one at a time with --most 1.",
    list_columns=(">group", "state", ">device", ">member", "produced from (UTC)", "to", ">kWh"),
    known_as="in the national registry group {group} is {reference}",
    no_groups="There are no such groups.",
    one_certificate="1 certificate",
    certificates="{count} certificates",
    sent_back="sent back",
    states=("open", "complete", "exported"),
    fills="group {group} of device {device} gets {energy} of {certificates} and is then full (1 MWh)",
    opens="a new group of device {device} gets {energy} of {certificates} and is then full (1 MWh)",
    releases="group {group} gives {energy} of {certificates} back to {account}",
    accepts="group {group} of device {device}, 1 MWh made from {first} to {last}, is exported as {reference}",
    declines="group {group} of device {device}, 1 MWh made from {first} to {last}, goes back to its member",
    final="This is final: its Wh live on in the national registry alone.",
    ask="Send it?",
    yes=("y", "yes"),
    nothing_sent="Nothing was sent.",
    nothing_to_do="Nothing makes a whole group yet: see `watt export plan`.",
    locked="group {group}: {energy} of {certificates} locked, {total} in it",
    full="group {group} is complete: 1 MWh, for the issuing body to decide on",
    released="group {group}: {energy} of {certificates} released, {total} left in it",
    accepted="group {group} is exported as {reference}",
    declined="group {group} was sent back; it is open again",
    reason_kept="On the chain stands {reason}. Tell the member the reason itself.",
    written="{file}: group {group}, 1 MWh of {certificates}, made from {first} to {last}.",
    file_of="The file for the national registry:",
)

FRENCH = ExportText(
    nothing_held="{account} ne détient aucun certificat et n'a aucun lot ouvert.",
    device="Installation {device} : {technology} {fuel}, {capacity} W, {country}",
    groups="lots de 1 MWh possibles : {count}",
    group_columns=("lot", "produits du (UTC)", "au", ">certificats", ">kWh à ajouter"),
    new="nouveau",
    carried_over="reportés : {energy} de {certificates} restent au détenteur jusqu'à former 1 MWh",
    too_late="{energy} de {certificates} ont plus de 12 mois et ne peuvent plus changer de mains",
    stale="le lot {group} ({energy}) est trop ancien pour être exporté : reprenez ses Wh avec",
    group_one="Formez-les, avec la clé du portefeuille du détenteur :",
    group_with="Un seul à la fois : --most 1.",
    list_columns=(">lot", "état", ">installation", ">adhérent", "produit du (UTC)", "au", ">kWh"),
    known_as="dans le registre national, le lot {group} est {reference}",
    no_groups="Il n'y a pas de tels lots.",
    one_certificate="1 certificat",
    certificates="{count} certificats",
    sent_back="renvoyé",
    states=("ouvert", "complet", "exporté"),
    fills="le lot {group} de l'installation {device} reçoit {energy} ({certificates}) et est plein (1 MWh)",
    opens="un nouveau lot de l'installation {device} reçoit {energy} ({certificates}) et est plein (1 MWh)",
    releases="le lot {group} rend {energy} de {certificates} à {account}",
    accepts="le lot {group} de l'installation {device}, 1 MWh produit du {first} au {last}, devient {reference}",
    declines="le lot {group} de l'installation {device}, 1 MWh produit du {first} au {last}, revient à son adhérent",
    final="C'est définitif : ses Wh ne vivent plus que dans le registre national.",
    ask="Envoyer ?",
    yes=("o", "oui"),
    nothing_sent="Rien n'a été envoyé.",
    nothing_to_do="Rien ne forme encore un lot entier : voir `watt export plan`.",
    locked="lot {group} : {energy} de {certificates} verrouillés, {total} dedans",
    full="le lot {group} est complet : 1 MWh, à l'organisme émetteur de décider",
    released="lot {group} : {energy} de {certificates} libérés, {total} y restent",
    accepted="le lot {group} est exporté sous {reference}",
    declined="le lot {group} a été renvoyé ; il est de nouveau ouvert",
    reason_kept="La chaîne porte {reason}. Dites la raison elle-même à l'adhérent.",
    written="{file} : lot {group}, 1 MWh de {certificates}, produits du {first} au {last}.",
    file_of="Le fichier pour le registre national :",
)


def export_text(language: Language) -> ExportText:
    """What `watt export` says."""
    return FRENCH if language is Language.FRENCH else ENGLISH
