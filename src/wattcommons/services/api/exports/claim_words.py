"""What a consumption claim says on paper, in French and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.domain.formatting import Language


@dataclass(frozen=True)
class Words:
    """Every text of a claim; `{…}` are filled in. Where a text depends on a word of the claim, it is by that word."""

    title: str
    running: str
    period: str
    point: str
    member: str
    consumption: str
    own_use: dict[str, str]
    bought: str
    cancelled: str
    matched: str
    unmatched: str
    uncertified: str
    share: str
    days: str
    day_head: tuple[str, ...]
    statements: str
    statement: str
    says: str
    says_text: str
    basis: dict[str, str]
    kind: dict[str, str]
    order: str
    not_said: str
    unread: str
    waiting: str
    unmeasured: str
    left: str
    excluded: str
    beneficiary: str
    check: str
    check_text: str
    data_file: str
    proof_file: str
    issued: str
    controller: str
    page: str


FRENCH: Final = Words(
    title="Consommation appariée",
    running="Mois en cours : chiffres à ce jour",
    period="Du {first} au {last}",
    point="Point de livraison",
    member="Adhérent",
    consumption="Consommation relevée",
    own_use={
        "gross": "Autoconsommation individuelle, certifiée",
        "net": "Compensée dans le pas de temps, certifiée",
    },
    bought="Achetée aux voisins, certifiée",
    cancelled="Certificats utilisés du même pas de temps",
    matched="Appariée, pas de temps par pas de temps",
    unmatched="Non appariée",
    uncertified="dont locale sans certificat, non revendiquée",
    share="{share} de la consommation est appariée",
    days="Par jour",
    day_head=("Jour", "Consommation", "Propre", "Voisins", "Certificats", "Part"),
    statements="Déclarations d'utilisation",
    statement="n° {number} : {energy}, période du {first} au {last}, pays {country}",
    says="Ce que dit ce document",
    says_text="Pour chaque pas de temps de {minutes} minutes, il compare la consommation relevée à la production "
    "certifiée du même pas de temps. Rien n'est reporté d'un pas de temps à l'autre, et aucun Wh n'est compté deux "
    "fois, ni ici ni à un autre point de livraison du même adhérent.",
    basis={
        "net": "Base nette : la consommation est celle que le compteur du réseau a vue. Ce qui a été produit et "
        "consommé derrière le compteur n'y paraît pas.",
        "gross": "Base brute : la consommation est tout ce qui a été utilisé, production propre comprise.",
    },
    kind={
        "community_certificate": "Les certificats sont des certificats communautaires, non des garanties d'origine au "
        "sens de la loi : l'organisme désigné par le pays ne reconnaît pas, à ce jour, ce registre.",
        "guarantee_of_origin": "Les certificats sont des garanties d'origine.",
    },
    order="Ordre d'emploi : autoconsommation, achats aux voisins, puis déclarations par numéro croissant, chacun dans "
    "la limite de la consommation relevée.",
    not_said="Il ne dit pas quels électrons ont été consommés, n'établit pas l'empreinte carbone du reste de la "
    "consommation, et n'est pas une facture.",
    unread="{count} pas de temps sur {of} sans relevé : leur consommation est inconnue, non nulle, et manque ici.",
    waiting="{count} pas de temps relevés ne sont pas encore réglés : ils manquent ici.",
    unmeasured="{count} pas de temps ont un relevé estimé : rien n'y est revendiqué.",
    left="{energy} de certificats utilisés n'ont pas trouvé de consommation dans leur pas de temps ou leur période : "
    "non revendiqués.",
    excluded="Déclarations faites pour autrui et laissées de côté : {numbers}.",
    beneficiary="Une déclaration faite au nom d'un autre bénéficiaire ne doit pas figurer ici : c'est à lui de s'en "
    "prévaloir.",
    check="Vérifier",
    check_text="Le fichier de données contient chaque pas de temps. Son empreinte SHA-256 doit être celle-ci ; chaque "
    "certificat se vérifie à l'adresse du code QR.",
    data_file="Fichier de données",
    proof_file="Fichier de preuve",
    issued="Établi sur les données au {moment}",
    controller="Responsable du traitement : {controller}",
    page="Page {number}",
)

ENGLISH: Final = Words(
    title="Matched consumption",
    running="Month not over: figures so far",
    period="From {first} to {last}",
    point="Metering point",
    member="Member",
    consumption="Metered consumption",
    own_use={"gross": "Self-consumption, certified", "net": "Netted within the interval, certified"},
    bought="Bought from neighbours, certified",
    cancelled="Used certificates of the same interval",
    matched="Matched, interval by interval",
    unmatched="Not matched",
    uncertified="of it local without a certificate, not claimed",
    share="{share} of the consumption is matched",
    days="By day",
    day_head=("Day", "Consumption", "Own", "Neighbours", "Certificates", "Share"),
    statements="Statements of use",
    statement="no. {number}: {energy}, period from {first} to {last}, country {country}",
    says="What this document says",
    says_text="For each interval of {minutes} minutes it compares metered consumption with certified production of the "
    "same interval. Nothing is carried from one interval to another, and no Wh is counted twice, neither here nor at "
    "another metering point of the same member.",
    basis={
        "net": "Net basis: consumption is what the grid's meter saw. What was made and used behind the meter does not "
        "appear.",
        "gross": "Gross basis: consumption is all that was used, own production included.",
    },
    kind={
        "community_certificate": "The certificates are community certificates, not guarantees of origin in law: the "
        "country's designated body has not, to this day, accepted this registry.",
        "guarantee_of_origin": "The certificates are guarantees of origin.",
    },
    order="Order of use: own use, purchases from neighbours, then statements by rising number, each as far as metered "
    "consumption leaves room.",
    not_said="It does not say which electrons were used, says nothing of the carbon footprint of the rest of the "
    "consumption, and is not an invoice.",
    unread="{count} intervals of {of} have no reading: their consumption is unknown, not zero, and missing here.",
    waiting="{count} intervals are read and not settled yet: they are missing here.",
    unmeasured="{count} intervals have an estimated reading: nothing is claimed in them.",
    left="{energy} of used certificates found no consumption in their interval or reporting period: not claimed.",
    excluded="Statements made for somebody else and left out: {numbers}.",
    beneficiary="A statement made in the name of another beneficiary must not appear here: it is theirs to claim.",
    check="To check",
    check_text="The data file holds each interval. Its SHA-256 fingerprint has to be this one; each certificate can be "
    "verified at the address of the QR code.",
    data_file="Data file",
    proof_file="Proof file",
    issued="Made from the data at {moment}",
    controller="Controller of personal data: {controller}",
    page="Page {number}",
)

WORDS: Final = {Language.FRENCH: FRENCH, Language.ENGLISH: ENGLISH}
