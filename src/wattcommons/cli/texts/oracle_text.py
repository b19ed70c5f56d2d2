"""The sentences of `watt oracle check` and `status`, one set a language. Braces hold what is filled in."""

from __future__ import annotations

from dataclasses import dataclass, fields

from wattcommons.domain.formatting import Language


@dataclass(frozen=True)
class OracleText:
    """Every sentence in one language. Both languages fill in the same values (a test compares them)."""

    settings: str
    settings_ok: str
    key: str
    key_ok: str
    key_open: str
    clock: str
    clock_ok: str
    clock_off: str
    clock_unchecked: str
    journal: str
    journal_ok: str
    source: str
    listening: str
    seen: str
    seen_meter: str
    nothing_seen: str
    historic: str
    gateway: str
    running: str
    last_seen: str
    relay: str
    relay_ok: str
    node: str
    node_ok: str
    enrolled: str
    enrolled_ok: str
    enrolled_soon: str
    not_enrolled: str
    other_powers: str
    unknown_enrolment: str
    all_well: str
    not_well: str

    status_title: str
    outbox: str
    oldest: str
    participant: str
    last_reading: str
    notices: str
    notice_columns: tuple[str, ...]
    gaps_held: str
    parked: str
    parked_hint: str
    nothing_noticed: str

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


ENGLISH = OracleText(
    settings="settings",
    settings_ok="{community}; meters: {participants}, sources: {sources}",
    key="key",
    key_ok="{address}",
    key_open="{file} can be read by others: take that right away (chmod 600)",
    clock="clock",
    clock_ok="kept right by a time service, off by {offset} ms as far as it knows",
    clock_off="no time service keeps this machine's clock right: install chrony, or readings are held back",
    clock_unchecked="not checked, as the settings say",
    journal="journal",
    journal_ok="{queued} to send, {submitted} under way, {final} recorded for good, {parked} set aside",
    source="source {name}",
    listening="listening to {name} for up to {seconds} s",
    seen="{channel} {index} kWh",
    seen_meter="meter {meter}, mode {mode}: {values}",
    nothing_seen="nothing usable was heard within {seconds} s{why}",
    historic="the meter is in historique mode, which shows no production: ask your supplier for standard mode (TIC)",
    gateway="gateway",
    running="the gateway is at work and answers on port {port}",
    last_seen="last index {index} kWh ({channel}), seen {ago} ago",
    relay="relay",
    relay_ok="{url} answers",
    node="node",
    node_ok="{url}, chain {chain}, block {block}",
    enrolled="meter {participant}",
    enrolled_ok="enrolled with this gateway's key",
    enrolled_soon="enrolled with this gateway's key from {moment} on",
    not_enrolled="not enrolled with a key of this gateway: show the code of `watt oracle code` to the operator",
    other_powers="enrolled for {import_w} W drawn and {export_w} W fed, the settings say otherwise",
    unknown_enrolment="cannot be asked without a node: name one as delivery.rpc to see it here",
    all_well="All is well.",
    not_well="{count} of {all} checks failed.",
    status_title="Gateway of {community}",
    outbox="readings",
    oldest="the oldest on its way is {age} old",
    participant="meter {participant}",
    last_reading="last reading {moment}",
    notices="Noticed",
    notice_columns=("source", "what", ">times", "last", "newest"),
    gaps_held="{count} gaps are kept as one total each, {energy} kWh in all, without readings",
    parked="{count} readings are set aside; the newest:",
    parked_hint="`watt oracle retry` sends them again, once the reason is gone.",
    nothing_noticed="Nothing was noticed.",
)

FRENCH = OracleText(
    settings="réglages",
    settings_ok="{community} ; points de livraison : {participants}, sources : {sources}",
    key="clé",
    key_ok="{address}",
    key_open="{file} peut être lu par d'autres : retirez ce droit (chmod 600)",
    clock="horloge",
    clock_ok="tenue à l'heure par un service de temps, écart connu {offset} ms",
    clock_off="aucun service de temps ne tient cette horloge : installez chrony, sinon les relevés sont retenus",
    clock_unchecked="non vérifiée, comme le veulent les réglages",
    journal="journal",
    journal_ok="{queued} à envoyer, {submitted} en route, {final} enregistrés pour de bon, {parked} mis de côté",
    source="source {name}",
    listening="écoute de {name}, {seconds} s au plus",
    seen="{channel} {index} kWh",
    seen_meter="compteur {meter}, mode {mode} : {values}",
    nothing_seen="rien d'utilisable en {seconds} s{why}",
    historic="le compteur est en mode historique, sans index de production : demandez le mode standard (TIC) à votre"
    " fournisseur",
    gateway="passerelle",
    running="la passerelle est au travail et répond sur le port {port}",
    last_seen="dernier index {index} kWh ({channel}), vu il y a {ago}",
    relay="relais",
    relay_ok="{url} répond",
    node="nœud",
    node_ok="{url}, chaîne {chain}, bloc {block}",
    enrolled="point {participant}",
    enrolled_ok="inscrit avec la clé de cette passerelle",
    enrolled_soon="inscrit avec la clé de cette passerelle à partir du {moment}",
    not_enrolled="non inscrit avec une clé de cette passerelle : montrez le code de `watt oracle code` à l'opérateur",
    other_powers="inscrit pour {import_w} W soutirés et {export_w} W injectés, les réglages disent autre chose",
    unknown_enrolment="invérifiable sans nœud : nommez-en un dans delivery.rpc pour le voir ici",
    all_well="Tout va bien.",
    not_well="{count} vérifications sur {all} ont échoué.",
    status_title="Passerelle de {community}",
    outbox="relevés",
    oldest="le plus ancien en route a {age}",
    participant="point {participant}",
    last_reading="dernier relevé {moment}",
    notices="Remarqué",
    notice_columns=("source", "quoi", ">fois", "dernière", "la plus récente"),
    gaps_held="{count} lacunes gardées chacune comme un total, {energy} kWh en tout, sans relevés",
    parked="{count} relevés sont mis de côté ; les plus récents :",
    parked_hint="`watt oracle retry` les renvoie, une fois la raison disparue.",
    nothing_noticed="Rien à signaler.",
)


def oracle_text(language: Language) -> OracleText:
    """What `watt oracle` says."""
    return FRENCH if language is Language.FRENCH else ENGLISH
