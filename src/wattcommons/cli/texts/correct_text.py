"""The sentences of `watt correct`, one set a language. Braces hold what is filled in."""

from __future__ import annotations

from dataclasses import dataclass

from wattcommons.chain.correction_plan import Verdict
from wattcommons.domain.formatting import Language
from wattcommons.domain.readings import Quality


@dataclass(frozen=True)
class CorrectText:
    """Every sentence in one language. Both languages fill in the same values (a test compares them)."""

    title: str
    head: str
    line: str
    made: str
    used: str
    change: str
    unchanged: str
    money: str
    booked: str
    valued: str
    certificate: str
    no_certificate: str
    untouched: str
    issued: str
    more: str
    paid: str
    taken: str
    owed: str
    window: str
    until: str
    reason: str
    sum: str
    dry: str
    nothing_to_send: str
    sent: str
    failed: str
    all_sent: str
    refused: str
    refused_hint: str
    qualities: dict[Quality, str]
    verdicts: dict[Verdict, str]
    advice: dict[Verdict, str]


ENGLISH = CorrectText(
    title="Corrections of settled readings: {community}",
    head="participant {participant}, {moment}",
    line="{head}, line {line}",
    made="made",
    used="used",
    change="{old} → {new} ({difference})",
    unchanged="{old}, as it was",
    money="money",
    booked="{amount} to the participant, booked at once",
    valued="{amount} to the participant, told only: the grid is billed apart",
    certificate="certificate",
    no_certificate="none: no device that earns them",
    untouched="{number}, as it was",
    issued="{number}: {energy} issued for the first time",
    more="{number}: {energy} issued more, to the producer",
    paid="of it {energy} at once for what the device owes",
    taken="{number}: {energy} taken back from the producer",
    owed="{energy} were given away or used already: the device owes them",
    window="window",
    until="open until {moment}",
    reason="reason",
    sum="{ready} to be sent, {done} done already, {refused} refused.",
    dry="Nothing was sent. With --send it is, signed by the metering operator's key:",
    nothing_to_send="Nothing is left to send.",
    sent="participant {participant}, {moment}: corrected",
    failed="participant {participant}, {moment}: refused by the contracts: {error}",
    all_sent="{count} readings are corrected.",
    refused="{count} of {all} corrections cannot be made: {first}",
    refused_hint="nothing was sent; {advice}",
    qualities={
        Quality.ABSENT: "absent",
        Quality.MEASURED: "measured",
        Quality.ESTIMATED: "estimated",
        Quality.CORRECTED: "corrected",
    },
    verdicts={
        Verdict.READY: "can be corrected",
        Verdict.DONE: "is corrected to these values already",
        Verdict.UNKNOWN: "there is no such participant",
        Verdict.NO_READING: "there is no reading to correct",
        Verdict.NOT_SETTLED: "the reading is not settled yet",
        Verdict.WINDOW_CLOSED: "it could be corrected until {limit}",
        Verdict.SAYS_SO: "the reading says so already",
        Verdict.TOO_MUCH_MADE: "the power fed in allows {limit} in an interval, made at most",
        Verdict.TOO_MUCH_USED: "the power drawn allows {limit} in an interval, used at most",
    },
    advice={
        Verdict.UNKNOWN: "check its number",
        Verdict.NO_READING: "let the gateway send it first",
        Verdict.NOT_SETTLED: "wait until it is settled, or let the keeper settle it",
        Verdict.WINDOW_CLOSED: "leave it as it is",
        Verdict.SAYS_SO: "leave it out",
        Verdict.TOO_MUCH_MADE: "correct the energy; limits of the past cannot be changed",
        Verdict.TOO_MUCH_USED: "correct the energy; limits of the past cannot be changed",
    },
)

FRENCH = CorrectText(
    title="Rectification de relevés réglés : {community}",
    head="point {participant}, {moment}",
    line="{head}, ligne {line}",
    made="produit",
    used="consommé",
    change="{old} → {new} ({difference})",
    unchanged="{old}, inchangé",
    money="argent",
    booked="{amount} au participant, portés au compte aussitôt",
    valued="{amount} au participant, à titre indicatif : le réseau est facturé à part",
    certificate="certificat",
    no_certificate="aucun : pas d'installation qui y donne droit",
    untouched="{number}, inchangé",
    issued="{number} : {energy} émis pour la première fois",
    more="{number} : {energy} émis en plus, au producteur",
    paid="dont {energy} aussitôt pour ce que doit l'installation",
    taken="{number} : {energy} repris au producteur",
    owed="{energy} étaient déjà cédés ou utilisés : l'installation les doit",
    window="délai",
    until="ouvert jusqu'au {moment}",
    reason="motif",
    sum="{ready} à envoyer, {done} déjà faites, {refused} refusées.",
    dry="Rien n'a été envoyé. Avec --send, c'est fait, signé par la clé du gestionnaire des compteurs :",
    nothing_to_send="Il ne reste rien à envoyer.",
    sent="point {participant}, {moment} : rectifié",
    failed="point {participant}, {moment} : refusé par les contrats : {error}",
    all_sent="Relevés rectifiés : {count}.",
    refused="{count} rectifications sur {all} sont impossibles : {first}",
    refused_hint="rien n'a été envoyé ; {advice}",
    qualities={
        Quality.ABSENT: "absent",
        Quality.MEASURED: "mesuré",
        Quality.ESTIMATED: "estimé",
        Quality.CORRECTED: "rectifié",
    },
    verdicts={
        Verdict.READY: "peut être rectifié",
        Verdict.DONE: "est déjà rectifié à ces valeurs",
        Verdict.UNKNOWN: "il n'y a pas de tel participant",
        Verdict.NO_READING: "il n'y a pas de relevé à rectifier",
        Verdict.NOT_SETTLED: "le relevé n'est pas encore réglé",
        Verdict.WINDOW_CLOSED: "il pouvait être rectifié jusqu'au {limit}",
        Verdict.SAYS_SO: "le relevé dit déjà cela",
        Verdict.TOO_MUCH_MADE: "la puissance injectée permet {limit} par pas de temps, au plus",
        Verdict.TOO_MUCH_USED: "la puissance soutirée permet {limit} par pas de temps, au plus",
    },
    advice={
        Verdict.UNKNOWN: "vérifiez son numéro",
        Verdict.NO_READING: "laissez d'abord le boîtier l'envoyer",
        Verdict.NOT_SETTLED: "attendez qu'il soit réglé",
        Verdict.WINDOW_CLOSED: "laissez-le tel quel",
        Verdict.SAYS_SO: "laissez-le de côté",
        Verdict.TOO_MUCH_MADE: "rectifiez l'énergie ; les limites du passé ne changent plus",
        Verdict.TOO_MUCH_USED: "rectifiez l'énergie ; les limites du passé ne changent plus",
    },
)


def correct_text(language: Language) -> CorrectText:
    """What `watt correct` says."""
    return FRENCH if language is Language.FRENCH else ENGLISH
