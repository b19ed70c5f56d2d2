/** French words of the screen Verify. */
import type { LineWords, VerifyTexts } from "./verify.en.js";

const differs = (expected: string, found: string) => `On attend ${expected}, le fichier dit ${found}.`;
const whLine = (title: string): LineWords => ({
  title,
  ok: (v, f) => f.wh(v["found"]),
  reasons: { differs: (v, f) => differs(f.wh(v["expected"]), f.wh(v["found"])) },
});
const chainLine = (title: string): LineWords => ({
  title,
  ok: () => "Le réseau de la communauté dit la même chose.",
  reasons: {
    differs: (v) => `Le réseau dit ${v["expected"] ?? ""}, le fichier dit ${v["found"] ?? ""}.`,
    not_told: () => "Le réseau ne vous dit pas cela.",
    not_final: () => "Ce pas de temps n’est pas encore définitif.",
  },
});

const kinds: VerifyTexts["kinds"] = {
  issued_more: "émis au producteur par une rectification",
  claimed: "livrés",
  transferred: "transmis",
  cancelled: "utilisés",
  withdrawn: "retirés, car jamais produits ou émis par erreur",
  recovered: "passés à la nouvelle clé du même adhérent",
  locked: "mis dans un lot de 1 MWh",
  released: "repris de leur lot",
  exported: "exportés vers un registre national",
};

export const verifyFr: VerifyTexts = {
  title: "Vérifier un certificat",
  intro:
    "Un fichier de preuve dit d’où vient l’électricité d’un certificat. Cette page vérifie chaque étape elle-même : rien n’est envoyé, et aucun portefeuille n’est nécessaire.",
  drop: "Déposez ici le fichier de preuve",
  choose: "Choisir un fichier",
  another: "Vérifier un autre fichier",
  checking: "Vérification…",
  example: "Les adhérents enregistrent un fichier de preuve depuis un de leurs certificats.",
  verdicts: {
    ok: "Tout est juste",
    unproved: "Tout ce que dit ce fichier est juste",
    broken: "Ce fichier n’est pas juste",
  },
  verdictTexts: {
    ok: "Chaque étape est prouvée, et le réseau de la communauté dit la même chose.",
    unproved:
      "Chaque étape que le fichier peut prouver est juste. Ce qu’il ne peut pas prouver seul est dit ouvertement.",
    broken: "Une étape ne découle pas de la précédente. Ne vous fiez pas à ce fichier.",
  },
  proof: {
    certificate: (number) => `Certificat ${number}`,
    verdicts: {
      proved: "Tout est prouvé",
      broken: "Ce fichier n’est pas juste",
      "not proved": "Rien n’est faux, et tout n’est pas prouvé",
    },
    verdictTexts: {
      proved: "Chaque ligne découle de ce à quoi vous vous fiez. Il n’y a personne à croire ni à interroger.",
      broken: "Une ligne ne tient pas : ce fichier ne prouve rien.",
      "not proved": "Ce qui n’est pas prouvé est dit avec sa raison. Ce à quoi vous vous fiez se donne plus bas.",
    },
    standings: { proved: "Prouvé", broken: "Faux", "not proved": "Pas prouvé" },
    about: {
      block: "Le bloc",
      contracts: "Les contrats de la communauté",
      reading: "Le relevé",
      correction: "Rectifié après coup",
      signature: "La signature du compteur",
      device: "L’installation",
      market: "Le marché local",
      issue: "L’émission",
      holding: "Qui le détient",
      history: "Ce qu’il est devenu",
      whole: "Chaque Wh une fois",
      life: "Combien de temps il vaut",
      file: "Le fichier",
    },
    trust: "Ce à quoi vous vous fiez",
    trustText:
      "Une preuve mène à un bloc. Que ce bloc soit celui de la communauté découle d’un point de contrôle que la communauté publie, ou de l’empreinte d’un bloc que vous tenez d’ailleurs.",
    chooseCheckpoint: "Choisir un point de contrôle",
    withoutCheckpoint: "Sans le point de contrôle",
    checkpointOf: (block, validators) => `Point de contrôle du bloc ${block}, avec ${validators} validateurs.`,
    checkpointTaken: "Le point de contrôle est pris. Ouvrez maintenant le fichier de preuve.",
    blockHash: "Empreinte d’un bloc sûr",
    blockHashHint: "0x et 64 chiffres, comme le dit un autre nœud ou une personne.",
    notABlockHash: "Ce ne sont pas 0x et 64 chiffres.",
    pageNames: "Sans point de contrôle, la communauté dont c’est la page nomme ses contrats.",
    nothingNames: "La communauté ne répond pas : seul un point de contrôle nomme ses contrats.",
    beyond: {
      title: "Ce qu’aucun fichier de preuve ne montre",
      meter: "Que le compteur mesurait juste : une signature prouve quel appareil a parlé.",
      price: "Que le prix local est le bon parmi toutes les offres : le réseau le vérifie, et un audit le recalcule.",
      later: "Ce qui est arrivé après le bloc qu’il nomme.",
    },
  },
  brokenAt: "La ligne qui ne tient pas",
  state: { ok: "juste", broken: "faux", unproved: "ouvert" },
  askChain: "Interroger aussi le réseau de la communauté",
  askingChain: "Interrogation…",
  chainRefused:
    "Le réseau ne vous répond pas sur ce certificat : seuls les intéressés et les auditeurs peuvent l’interroger.",
  chainHint: "Une fois connecté, vous pouvez comparer le fichier à ce que garde le réseau de la communauté.",
  facts: {
    title: "De quoi il s’agit",
    energy: "Certifié",
    when: "Produit",
    device: "Installation",
    community: "Réseau",
    until: "Utilisable jusqu’au",
    held: "Encore détenu",
    number: "Numéro",
  },
  proves: {
    title: "Ce que cela prouve",
    run_signature: "La clé du compteur a signé ces chiffres, et personne ne les a changés depuis.",
    clearing_price: "Le prix local découle de la règle de la communauté.",
    fill_hash: "Ce qui a été vendu aux voisins est ce qui a été publié pour ce moment.",
    issue_split: "Le certificat vaut exactement ce qui a été produit : utilisé sur place, vendu, ou injecté au réseau.",
    moves_add_up: "Rien n’a été utilisé ni transmis deux fois.",
  },
  provesCorrected: {
    run_signature: "La clé du compteur a signé les chiffres qui étaient là d’abord.",
    issue_split: "Chaque rectification a changé le certificat exactement autant que ce qui a été produit.",
  },
  doesNotProve: {
    title: "Ce que cela ne prouve pas",
    meter_honest: "Que le compteur mesure juste : une signature prouve qui parle, pas que c’est vrai.",
    on_chain: "Que le réseau de la communauté garde aujourd’hui les mêmes chiffres ; un auditeur peut l’interroger.",
    corrections:
      "Que les chiffres rectifiés sont vrais : le gestionnaire des compteurs les a inscrits, aucun compteur ne les a signés.",
    book_complete: "Qu’il n’existe aucun autre certificat : seul l’audit de tous les comptes le montre.",
  },
  refusals: {
    too_large: "Ce fichier est trop grand pour un fichier de preuve.",
    not_json: "Ce n’est pas un fichier de preuve.",
    not_plain: "Quelque chose est écrit deux fois dans ce fichier, ou de sorte qu’on pourrait le lire de deux façons.",
    missing: (where) => `« ${where} » manque.`,
    unknown: (where) => `« ${where} » n’a pas sa place dans un fichier de preuve.`,
    wrong_value: (where) => (where ? `« ${where} » a une valeur impossible.` : "Ce n’est pas un fichier de preuve."),
    wrong_version:
      "Ce fichier est d’une autre version que celle que lit cette page. Rechargez la page, ou demandez un nouveau fichier.",
    unreadable: "Le fichier n’a pas pu être lu.",
  },
  groups: {
    paper: "Le fichier",
    reading: "Le compteur",
    price: "Le marché local",
    issue: "Le certificat",
    life: "Ce qu’il est devenu",
    chain: "Le réseau de la communauté",
  },
  sources: {
    gateway: "un appareil au compteur",
    operator_file: "le fichier du gestionnaire de réseau",
    declared: "une déclaration",
  },
  kinds,
  lines: {
    number: {
      title: "Numéro du certificat",
      ok: () => "Il désigne cette installation et ce moment.",
      reasons: { differs: (v) => differs(String(v["expected"]), String(v["found"])) },
    },
    community: {
      title: "Communauté",
      ok: () => "Le fichier est de cette communauté.",
      reasons: {
        no_community: (v) => `Du réseau ${v["chain"] ?? ""} ; cette page ne sait pas de quelle communauté il s’agit.`,
        differs: (v) =>
          `Le fichier est du réseau ${v["found"] ?? ""}, celui de cette communauté est ${v["expected"] ?? ""}.`,
        contract_differs: (v, f) =>
          `${v["contract"] ?? ""} est ${f.account(v["found"])} dans le fichier et ${f.account(v["expected"])} ici.`,
      },
    },
    signature: {
      title: "La signature du compteur",
      ok: (v, f) => `Signé avec la clé du compteur ${f.account(v["found"])}.`,
      reasons: {
        malformed: () => "Ce n’est pas une signature.",
        differs: (v, f) =>
          `Signé avec ${f.account(v["found"])}, mais la clé du compteur est ${f.account(v["expected"])} : les chiffres ou la signature ont été changés.`,
      },
    },
    key_in_force: {
      title: "La clé valait alors",
      ok: () => "La clé du compteur valait quand l’électricité a été produite.",
      reasons: { later: () => "La clé n’a valu qu’après la production de cette électricité." },
    },
    recorded: {
      title: "Les chiffres signés",
      ok: () => "Ils contiennent ce moment.",
      reasons: {
        malformed: () => "Les chiffres signés sont illisibles.",
        not_in_run: () => "Les chiffres signés ne contiennent pas ce moment.",
      },
    },
    production: whLine("Produit, tel que signé"),
    consumption: whLine("Consommé, tel que signé"),
    recorded_quality: {
      title: "Qualité, telle que signée",
      ok: () => "Comme le dit le fichier.",
      reasons: { differs: () => "Les chiffres signés disent une autre qualité que le fichier." },
    },
    quality: {
      title: "Suffisant pour un certificat",
      ok: () => "Des chiffres mesurés donnent droit à un certificat.",
      reasons: { estimated: () => "Des chiffres estimés ne donnent droit à rien, mais un certificat a été émis." },
    },
    source: {
      title: "L’honnêteté du compteur",
      ok: () => "",
      reasons: {
        source_gateway: () => "Un appareil au compteur a signé. Qu’il mesure juste, un fichier ne peut pas le prouver.",
        source_operator_file: () =>
          "Les chiffres viennent du fichier du gestionnaire de réseau, signés par la communauté.",
        source_declared: () => "Les chiffres ont été déclarés. Personne ne les a mesurés de façon indépendante.",
      },
    },
    correction: {
      title: "Rectifié après coup",
      ok: () => "",
      reasons: {
        unsigned: (v, f) =>
          `${f.time(v["at"])} : produit ${f.wh(v["wasMade"])} → ${f.wh(v["made"])}, consommé ${f.wh(v["wasUsed"])} → ${f.wh(v["used"])}. Le gestionnaire des compteurs l’a inscrit ; aucun compteur ne l’a signé.`,
        other_reading: (v) => `La rectification ${v["number"] ?? ""} ne part pas des chiffres qui étaient là.`,
      },
    },
    correction_money: {
      title: "Ce que vaut la rectification",
      ok: (v, f) => `${f.money(v["found"])}, aux prix du réseau d’alors.`,
      reasons: { differs: (v, f) => differs(f.money(v["expected"]), f.money(v["found"])) },
    },
    correction_traded: whLine("Échangé avec les voisins, inchangé"),
    correction_certificate: whLine("Émis en plus, moins ce qui est repris et ce qui est dû"),
    late: {
      title: "Arrivé en retard",
      ok: () => "Les chiffres sont arrivés après la clôture du marché local : tout est allé au réseau.",
      reasons: { sold_late: () => "Les chiffres sont arrivés en retard, et pourtant le fichier parle d’une vente." },
    },
    no_price: {
      title: "Pas de prix local",
      ok: () => "Le réseau ne laissait pas de place à un prix local à ce moment.",
      reasons: {
        impossible: () => "Il n’y avait pas de place pour un prix local, et pourtant le fichier parle d’échanges.",
      },
    },
    price_band: {
      title: "Entre les prix du réseau",
      ok: (v, f) => `Le prix local pouvait aller de ${f.price(v["low"])} à ${f.price(v["high"])}.`,
      reasons: {
        outside: (v, f) =>
          `${f.price(v["low"])} à ${f.price(v["high"])} sort des prix du réseau, ${f.price(v["floor"])} à ${f.price(v["ceiling"])}.`,
      },
    },
    local_price: {
      title: "Prix local",
      ok: (v, f) => f.price(v["found"]),
      reasons: {
        missing: () => "Le fichier ne donne pas de prix local pour ce moment.",
        differs: (v, f) => differs(f.price(v["expected"]), f.price(v["found"])),
      },
    },
    nothing_sold: {
      title: "Rien vendu aux voisins",
      ok: () => "Personne n’a échangé à ce moment.",
      reasons: {
        needs_all_fills: () =>
          "Des voisins ont échangé à ce moment. Que cette installation ne l’a pas fait, un fichier ne peut pas le montrer.",
      },
    },
    sale_print: {
      title: "Ventes publiées",
      ok: () => "Leur empreinte est celle que garde le marché.",
      reasons: { differs: () => "Leur empreinte n’est pas celle que garde le marché : elles ont été changées." },
    },
    sale: {
      title: "Vendu aux voisins",
      ok: (v, f) => f.wh(v["found"]),
      reasons: {
        malformed: () => "Les ventes publiées sont illisibles.",
        withheld: (v, f) =>
          `${f.wh(v["found"])}, dit le fichier. Il tait ce que les voisins ont échangé alors ; le fichier d’un auditeur le montre.`,
        differs: (v, f) => `Publié : ${f.wh(v["expected"])}. Le fichier dit ${f.wh(v["found"])}.`,
      },
    },
    sale_fits: {
      title: "Dans ce qui a été échangé",
      ok: (v, f) => `${f.wh(v["found"])} des ${f.wh(v["matched"])} échangés entre voisins.`,
      reasons: { beyond: (v, f) => `${f.wh(v["found"])} ne tiennent pas dans les ${f.wh(v["matched"])} échangés.` },
    },
    sales_line: {
      title: "Ventes bout à bout",
      ok: (v, f) => `Elles se suivent, dans les ${f.wh(v["matched"])} échangés entre voisins.`,
      reasons: {
        out_of_line: (v, f) =>
          `Elles se chevauchent, laissent un trou, ou dépassent les ${f.wh(v["matched"])} échangés.`,
      },
    },
    sale_covered: {
      title: "Vendu ce qui était là",
      ok: (v, f) => `${f.wh(v["sold"])} des ${f.wh(v["rest"])} restants après usage sur place.`,
      reasons: {
        more_than_rest: (v, f) => `${f.wh(v["sold"])} ont été vendus, mais il ne restait que ${f.wh(v["rest"])}.`,
      },
    },
    own_use: whLine("Utilisé sur place"),
    sold: whLine("Utilisé par les voisins acheteurs"),
    minted: whLine("Émis au producteur"),
    move: {
      title: "Mouvement",
      ok: (v, f) => `${f.wh(v["wh"])} ${kinds[String(v["kind"])] ?? ""}, ${f.time(v["at"])}.`,
      reasons: {
        out_of_order: (v) => `Le mouvement ${v["number"] ?? ""} est plus ancien que le précédent.`,
        too_late: (v) => `Le mouvement ${v["number"] ?? ""} est venu trop tard.`,
        nothing_moved: (v) => `Le mouvement ${v["number"] ?? ""} ne déplace rien.`,
        malformed: (v) => `Le mouvement ${v["number"] ?? ""} ne dit pas de qui, à qui ou pourquoi.`,
        not_enough: (v, f) => `Le mouvement ${v["number"] ?? ""} déplace ${f.wh(v["wh"])} qui n’étaient pas là.`,
      },
    },
    statement: {
      title: "Déclaration d’utilisation",
      ok: (v, f) => `La déclaration ${v["number"] ?? ""} couvre ${f.wh(v["wh"])}.`,
      reasons: {
        missing: (v) => `La déclaration ${v["number"] ?? ""} manque.`,
        twice: (v) => `La déclaration ${v["number"] ?? ""} figure deux fois.`,
        other_holder: (v) => `La déclaration ${v["number"] ?? ""} est d’un autre détenteur.`,
        too_small: (v, f) =>
          `La déclaration ${v["number"] ?? ""} couvre ${f.wh(v["found"])} sur ${f.wh(v["expected"])}.`,
        empty_period: (v) => `La déclaration ${v["number"] ?? ""} ne vaut pour aucun moment.`,
        unused: (v) => `La déclaration ${v["number"] ?? ""} ne répond à aucune utilisation de ce fichier.`,
      },
    },
    held: {
      title: "Encore détenu",
      ok: (v, f) => `${f.wh(v["found"])} par ${f.account(v["holder"])}.`,
      reasons: {
        malformed: () => "Un détenteur figure deux fois, ou ne détient rien.",
        differs: (v, f) =>
          `${f.account(v["holder"])} devrait détenir ${f.wh(v["expected"])} ; le fichier dit ${f.wh(v["found"])}.`,
      },
    },
    waiting: whLine("En attente de livraison"),
    sum: whLine("Le compte est bon"),
    on_chain: {
      title: "Sur le réseau de la communauté",
      ok: () => "",
      reasons: { document_alone: () => "Un fichier seul ne peut pas prouver que le réseau garde ces chiffres." },
    },
    chain_key: {
      title: "La clé du compteur",
      ok: () => "Le réseau de la communauté désigne la même clé.",
      reasons: {
        not_told: () => "Le réseau ne vous dit pas cela.",
        differs: (v, f) => `Le réseau désigne ${f.account(v["expected"])}, le fichier ${f.account(v["found"])}.`,
      },
    },
    chain_reading: chainLine("Les chiffres enregistrés"),
    chain_tariff: chainLine("Les prix du réseau"),
    chain_rule: chainLine("La règle du prix local"),
    chain_final: chainLine("Définitif"),
    chain_price: chainLine("Prix local et énergie échangée"),
    chain_sales: chainLine("Empreinte des ventes"),
    chain_issue: chainLine("Énergie émise"),
    chain_waiting: chainLine("En attente de livraison"),
    chain_held: chainLine("Encore détenu"),
  },
};
