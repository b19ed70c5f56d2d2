"""What a statement says, in French and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.domain.formatting import Language


@dataclass(frozen=True)
class Words:
    """Every text of a statement; `{…}` are filled in."""

    title: str
    provisional: str
    number: str
    running: str
    period: str
    point: str
    meter: str
    member: str
    issued: str
    energy: str
    consumption: str
    autocons: str
    complement: str
    production: str
    autoprod: str
    surplus: str
    own_use_gross: str
    own_use_net: str
    money: str
    bought: str
    sold: str
    fee: str
    grid_import: str
    grid_export: str
    total: str
    supplier_only: str
    saving: str
    at_mean: str
    tariffs: str
    tariff_head: tuple[str, ...]
    valued: str
    billed_by_supplier: str
    complete: str
    unread: str
    waiting: str
    estimated: str
    corrected: str
    late: str
    definitive: str
    signs: str
    sources: dict[str, str]
    page: str
    controller: str
    months: tuple[str, ...]


FRENCH: Final = Words(
    title="Relevé du mois",
    provisional="Provisoire",
    number="Relevé n° {number}",
    running="Mois en cours : relevé sans numéro",
    period="Du {first} au {last}",
    point="Point de livraison",
    meter="PRM",
    member="Adhérent",
    issued="Établi sur les données au {moment}",
    energy="Énergie",
    consumption="CONS · soutirée",
    autocons="AUTOCONS · achetée aux voisins",
    complement="COMPLEMENT · fournie par le réseau",
    production="PROD · injectée",
    autoprod="AUTOPROD · vendue aux voisins",
    surplus="SURPLUS · cédée au réseau",
    own_use_gross="Autoconsommation individuelle (hors CONS et PROD)",
    own_use_net="Compensée dans le pas de temps (hors CONS et PROD)",
    money="Argent",
    bought="Achats aux voisins",
    sold="Ventes aux voisins",
    fee="Acheminement sur les achats locaux",
    grid_import="Électricité du réseau",
    grid_export="Surplus cédé au réseau",
    total="Total du mois",
    supplier_only="Avec le fournisseur seul",
    saving="Économie grâce à la communauté",
    at_mean="{price} en moyenne",
    tariffs="Par prix du réseau",
    tariff_head=("Réseau", "Rachat", "Achem.", "AUTOCONS", "COMPLEMENT", "AUTOPROD", "SURPLUS", "Économie"),
    valued="valorisé au prix du réseau",
    billed_by_supplier="facturé par votre fournisseur",
    complete="Tous les pas de temps terminés de la période sont relevés et réglés, aucun n'est estimé.",
    unread="{count} pas de temps sur {of} sans relevé : ils manquent dans ces sommes.",
    waiting="{count} pas de temps relevés ne sont pas encore réglés : ils manquent dans ces sommes.",
    estimated="{count} pas de temps reposent sur un relevé estimé.",
    corrected="{count} relevés ont été rectifiés après coup : les sommes en tiennent compte, différence {money}.",
    late="{count} relevés sont arrivés après la clôture : réglés au prix du réseau.",
    definitive="Provisoire : seules les données mensuelles du gestionnaire de réseau sont définitives. "
    "Ceci n'est pas une facture.",
    signs="Les montants reçus sont positifs, les montants payés sont négatifs. Les sommes sont exactes ; "
    "seul l'affichage est arrondi.",
    sources={
        "gateway": "Relevés signés par un boîtier au compteur.",
        "operator_file": "Relevés tirés des fichiers du gestionnaire de réseau.",
        "declared": "Relevés déclarés.",
    },
    page="Page {number}",
    controller="Responsable du traitement : {controller}",
    months=(
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
)

ENGLISH: Final = Words(
    title="Monthly statement",
    provisional="Provisional",
    number="Statement no. {number}",
    running="Month not over: statement without a number",
    period="From {first} to {last}",
    point="Metering point",
    meter="PRM",
    member="Member",
    issued="Made from the data at {moment}",
    energy="Energy",
    consumption="CONS · withdrawn",
    autocons="AUTOCONS · bought from neighbours",
    complement="COMPLEMENT · from the grid",
    production="PROD · injected",
    autoprod="AUTOPROD · sold to neighbours",
    surplus="SURPLUS · to the grid",
    own_use_gross="Self-consumption (not part of CONS and PROD)",
    own_use_net="Netted within the interval (not part of CONS and PROD)",
    money="Money",
    bought="Bought from neighbours",
    sold="Sold to neighbours",
    fee="Network fee on local purchases",
    grid_import="Electricity from the grid",
    grid_export="Surplus to the grid",
    total="Total of the month",
    supplier_only="With the supplier alone",
    saving="Saved thanks to the community",
    at_mean="{price} on average",
    tariffs="By grid price",
    tariff_head=("Grid", "Feed-in", "Fee", "AUTOCONS", "COMPLEMENT", "AUTOPROD", "SURPLUS", "Saved"),
    valued="valued at the grid's price",
    billed_by_supplier="billed by your supplier",
    complete="Every ended interval of the period is read and settled, none is estimated.",
    unread="{count} intervals of {of} have no reading: they are missing in these sums.",
    waiting="{count} intervals are read and not settled yet: they are missing in these sums.",
    estimated="{count} intervals rest on an estimated reading.",
    corrected="{count} readings were corrected afterwards: the sums have it in them, a difference of {money}.",
    late="{count} readings came after the closing: settled at the grid's price.",
    definitive="Provisional: only the network operator's own monthly data are definitive. This is not an invoice.",
    signs="Amounts received are positive, amounts paid are negative. The sums are exact; "
    "only what is shown is rounded.",
    sources={
        "gateway": "Readings signed by a gateway at the meter.",
        "operator_file": "Readings from the network operator's files.",
        "declared": "Declared readings.",
    },
    page="Page {number}",
    controller="Controller of personal data: {controller}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)

WORDS: Final = {Language.FRENCH: FRENCH, Language.ENGLISH: ENGLISH}
