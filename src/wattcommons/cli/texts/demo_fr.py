"""`watt demo` en français."""

from __future__ import annotations

from typing import Final

from wattcommons.cli.texts.demo_text import DemoText
from wattcommons.services.audit import checks

FRENCH: Final = DemoText(
    months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    date="{day} {month} {year}",
    day="{day} {month}",
    time="{date}, de {start} à {end}",
    title="Watt Commons : un village partage son électricité",
    intro=(
        "Le village est inventé. Tout le reste est réel et se passe maintenant, sur une chaîne à part dans cette "
        "machine : les boîtiers signent ce qu'ils lisent aux compteurs, les contrats gardent les relevés, trouvent "
        "le prix local, règlent les comptes et émettent les certificats."
    ),
    building="le village se construit",
    steps={
        "members registered": "les adhérents arrivent",
        "meters enrolled": "compteurs inscrits",
        "devices registered": "toits et moulin inscrits",
        "standing orders placed": "prix demandés",
        "prices scheduled": "prix du réseau",
        "earlier days": "premiers jours du mois",
        "market days": "jours de marché",
        "attempts to cheat": "tentatives de tricherie",
        "adding up": "on fait les comptes",
        "auditing": "le livre est audité",
    },
    village_title="1  Un village et son énergie",
    village=(
        "{name}, un village comme Prats-de-Mollo : un moulin sur le torrent, des thermes, {roofs} maisons au toit "
        "solaire et {flats} appartements. Du {first} au {last}, toutes les {minutes} minutes :"
    ),
    made="produit au village",
    used="consommé au village",
    own_use="  par celui qui produit",
    neighbours="  de voisin à voisin",
    grid_in="  acheté au réseau",
    grid_out="vendu au réseau",
    local_share="{percent} de ce que le village consomme vient du village.",
    prices=(
        "Le prix local est allé de {low} à {high}. Pendant ce temps, le réseau demandait {retail_low} à "
        "{retail_high} et payait {feed_low} à {feed_high}."
    ),
    bar_own="soi-même",
    bar_neighbours="voisins",
    bar_grid="réseau",
    homes_title="2  Deux foyers",
    flat="{name} n'a pas de panneaux. En {days} jours, sa consommation : {kwh}.",
    supplier="de",
    share="part",
    grid="réseau (COMPLEMENT)",
    flat_paid="payé",
    flat_alone="par le réseau seul",
    flat_saved="économie",
    flat_bill="{total} : voisins {neighbours}, acheminement {fees}, réseau {grid}",
    saved_month="{saved} sur ces jours, {month} par mois à ce rythme",
    roof=(
        "{name} a produit {made}, en a consommé {own} et vendu {sold} à ses voisins pour {received}. Le réseau en "
        "aurait payé {feed_in}."
    ),
    roof_gain="{gain} de plus que le prix de rachat en {days} jours ; {month} par mois à ce rythme.",
    refusals_title="3  Quatre tentatives de tricherie",
    refusals="Chacune vient d'être réellement envoyée aux contrats. Aucune n'a eu d'effet.",
    operator_try="L'opérateur fait passer le dernier jour de « {name} » de {true} à {wanted}, et signe.",
    operator_refused="Seul le boîtier de ce compteur peut signer ses relevés.",
    keeper_try="Celui qui calcule le prix local propose {wanted} au lieu de {right}.",
    keeper_refused="Le contrat le recalcule à partir des prix demandés et des relevés : un seul est juste.",
    stranger_try="Un inconnu crée 1 000 € à partir de rien, puis un certificat.",
    stranger_refused="Les euros viennent des seuls dépôts, les certificats de la seule production mesurée.",
    gateway_try="Un boîtier renvoie les relevés signés d'un jour, puis les date de {minutes} minutes plus tard.",
    gateway_refused="Un relevé compte une fois, et sa signature couvre le compteur, les heures et les valeurs.",
    contract_said="le contrat, dans ses termes : {error}",
    certificate_title="4  Un certificat, jusqu'à sa signature",
    certificate="Certificat {number}",
    certificate_steps={
        "produced": "produit",
        "device": "par",
        "reading": "relevé",
        "signature": "signature",
        "price": "prix local",
        "sold": "voisins",
        "became": "devenu",
        "until": "valable",
    },
    reading_line="{made} produits, {used} consommés dans cette demi-heure",
    signature_line="juste : c'est {signer}, la clé de ce boîtier ({readings} relevés signés ensemble)",
    signature_broken="FAUSSE : c'est {signer}",
    price_line="{price}, recalculé à partir de {buyers} prix demandés, et identique",
    sold_to="{name} {kwh}",
    nobody="rien n'est allé aux voisins",
    became_line="{own} autoconsommés et {sold} vendus, utilisés aussitôt ; {held} au réseau, détenus par {name}",
    until_line="peut être cédé jusqu'au {transfer}, utilisé jusqu'au {cancel}",
    coach_title="5  Un mois avec le Green Coach",
    coach=(
        "Avant le début du mois ({month}), l'objectif de chaque foyer était fixé : 10 % de moins que ne le "
        "laissent attendre son passé et le temps d'un mois normal. Les premiers jours sont arrivés jour par jour, "
        "chacun sous une seule signature. Les contrats ont jugé sur les relevés :"
    ),
    coach_columns=("foyer", ">attendu", ">objectif", ">consommé", "résultat", ">points"),
    award="objectif tenu",
    miss="manqué",
    other_outcome="non jugé",
    redeemed=(
        "{name} a dépensé {price} points pour une entrée aux thermes, qui ont pris le bon n° {voucher}, valable une "
        "fois ; il reste {left} points."
    ),
    audit_title="6  Tout le livre, audité",
    audit="Recalculé depuis les enregistrements bruts de la chaîne, par des règles que chacun peut lancer :",
    checks={
        checks.SETTINGS: "les réglages sont ceux des contrats",
        checks.REGISTRY: "adhérents et compteurs sont ceux du registre",
        checks.DATES: "un changement n'a touché que ce qui n'avait pas commencé",
        checks.SIGNATURES: "les relevés sont signés par le boîtier valable alors",
        checks.READINGS: "les relevés sont plausibles et inaltérés",
        checks.FREEZES: "chaque demi-heure fut close complète, ou après l'attente",
        checks.CLEARINGS: "les prix locaux découlent des prix demandés et des relevés",
        checks.FILLS: "la part de chaque foyer en découle, telle que publiée",
        checks.COVERAGE: "chaque demi-heure est réglée",
        checks.ACCOUNTS: "les comptes découlent des dépôts et des règlements",
        checks.EURO: "les euros en circulation égalent les comptes",
        checks.ISSUES: "les certificats découlent des relevés, une seule fois",
        checks.CERTIFICATES: "les certificats détenus découlent de leur histoire",
        checks.CORRECTIONS: "les rectifications découlent des relevés, des échanges et des prix",
        checks.EXPORTS: "les lots de 1 MWh contiennent ce qui y est entré",
        checks.CONSERVATION: "émis = détenus + utilisés + expirés + retirés + exportés",
        checks.POINTS: "les points découlent des objectifs et des relevés",
        checks.VOUCHERS: "les points détenus découlent des gains et des bons",
        checks.CONSENTS: "les accords découlent des demandes, réponses et retraits",
        checks.ACCOUNTED: "chaque Wh relevé est compté une fois",
        checks.EXPLAINED: "chaque écrit de la chaîne est expliqué",
    },
    audit_holds="Le livre est juste : {count} écritures recalculées.",
    audit_broken="Le livre n'est PAS juste :",
    not_proved="Ce que cela ne prouve pas :",
    not_proved_items=(
        "que les compteurs sont honnêtes : une signature dit quel boîtier a parlé, pas ce qui a circulé",
        "que des validateurs ont scellé les blocs : cette chaîne d'essai n'en a pas, une vraie en a plusieurs",
        "que le code des contrats est celui qui est publié : comparer ce qui les a créés",
        "qui a signé prix, inscriptions et retraits : les contrats l'ont vérifié à leur arrivée",
        "qu'une rectification est vraie : le gestionnaire des compteurs la fait en son nom, aucun boîtier ne la signe",
        "que chaque pause faute de crédit était due : elle est reprise des enregistrements",
    ),
    own_title="7  Avec vos propres relevés",
    own="La même chose, sur un fichier de vos compteurs :",
    own_columns="Ses colonnes : meter_id, interval_start_utc, interval_minutes, consumption_wh, production_wh.",
    own_more="Pour fixer prix, adhérents et rôles :",
    done="{readings} relevés sous {signatures} signatures, {intervals} demi-heures réglées, {seconds} s.",
    morning="jusqu'au deuxième matin de mai",
    serving="Le village vit : une demi-heure passe en {seconds}. Ses pages :",
    serving_how=(
        "Choisissez « Se connecter », puis un des portefeuilles d'essai : un appartement, un toit, l'opérateur. Chacun "
        "en connaît les clés, ce qui s'y fait est donc un jeu."
    ),
    serving_end="Ctrl-C y met fin.",
    stopped="Le village est arrêté. Rien ne tourne plus.",
)
