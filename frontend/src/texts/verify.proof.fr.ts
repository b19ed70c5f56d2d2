/** What a proof file's check says, in French. */
import type { ProofWords } from "./proofSaid.js";

const quality: Readonly<Record<string, string>> = {
  absent: "absent",
  measured: "mesuré",
  estimated: "estimé",
  corrected: "corrigé",
};
const sources: Readonly<Record<string, string>> = {
  nothing: "rien",
  gateway: "un appareil au compteur",
  operator_file: "le fichier du gestionnaire de réseau",
  declared: "une déclaration",
};
const kinds: Readonly<Record<string, string>> = {
  claim: "remise",
  transfer: "transmission",
  cancellation: "utilisation",
  withdrawal: "retrait",
};
const parts: Readonly<Record<string, string>> = {
  reading: "le relevé",
  correction: "la rectification",
  signature: "la signature",
  device: "l’installation",
  market: "le marché local",
  issue: "l’émission",
  holding: "la détention",
  history: "l’histoire",
  life: "la durée de vie",
};

export const verifyProofFr: ProofWords = {
  proof_file: () => "le fichier de preuve",
  checkpoint: () => "le point de contrôle",
  hash_of: (v, f) => `l’empreinte dans ${f.text(v["what"])}`,
  contracts_of: (v, f) => `la liste des contrats dans ${f.text(v["what"])}`,
  contract_of: (v, f) => `${f.text(v["name"])} dans ${f.text(v["what"])}`,
  validator_of: (v, f) => `un validateur dans ${f.text(v["what"])}`,
  a_holder: () => "un détenteur",
  header: () => "un en-tête de bloc",
  header_field: (v, f) => `${f.text(v["name"])} dans un en-tête de bloc`,
  extra_data: (v, f) => `le champ extraData du bloc ${f.text(v["block"])}`,
  block: (v, f) => `le bloc ${f.text(v["block"])}`,
  receipt: () => "un reçu",
  receipt_at: (v, f) => `le reçu ${f.text(v["position"])} du bloc ${f.text(v["block"])}`,
  state_of: (v, f) => `l’état de ${f.text(v["contract"])}`,
  node_of: (v, f) => `un nœud de l’arbre pour ${f.text(v["what"])}`,
  the_file: () => "le fichier",
  headers: () => "la suite des en-têtes de blocs",
  header_of: (v, f) => `l’en-tête du bloc ${f.text(v["block"])}`,
  recorded_reading: () => "le relevé enregistré",
  corrected_reading: () => "le relevé corrigé",
  figures: (v, f) =>
    `${f.kwh(v["production"])} produits et ${f.kwh(v["consumption"])} consommés ` +
    `(${quality[f.text(v["quality"])] ?? ""})`,
  the_device: () => "l’installation",
  reading_of: (v, f) => `le relevé du compteur ${f.text(v["participant"])}`,
  meter: (v, f) => `le compteur ${f.text(v["participant"])}`,
  run: () => "le bloc de relevés signé",
  run_signature: () => "la signature des relevés",
  device: (v, f) => `l’installation ${f.text(v["device"])}`,
  interval: () => "le pas de temps",
  chunk: (v, f) => `le lot ${f.text(v["chunk"])} des échanges`,
  fills: () => "la liste des échanges",
  certificate_of: (v, f) => `le certificat ${f.text(v["certificate"])}`,
  certificate: () => "le certificat",
  wallet: (v, f) => f.text(v["wallet"]),
  held_of: (v, f) => `ce que le fichier contient : ${parts[f.text(v["about"])] ?? f.text(v["about"])}`,

  part_reason: (v, f) => `${f.text(v["part"])} ${f.text(v["reason"])}`,
  too_long: () => "dépasse la longueur permise",
  no_rlp: () => "n’est pas du RLP",
  wrong_form: () => "n’a pas la forme voulue",
  no_number: () => "n’est pas un nombre",
  lacks_node: (v, f) => `ne contient pas le nœud ${f.text(v["digest"])}`,
  no_node: () => "passe par ce qui n’est pas un nœud",
  no_path: () => "passe par un chemin de forme inconnue",
  header_fields: (v, f) => `a ${f.text(v["found"])} champs, et non de ${f.text(v["least"])} à ${f.text(v["most"])}`,
  out_of_range: () => "est hors limites",
  not_qbft: () => "n’est pas de QBFT",
  too_many_validators: (v, f) => `nomme plus de ${f.text(v["most"])} validateurs`,
  unknown_vote: () => "porte un vote d’un genre inconnu",
  no_validators: () => "ne nomme pas de validateurs : son réseau les tient dans un contrat, ce qui n’est pas lu ici",
  other_validators: () => "nomme d’autres validateurs que ceux qui découlent de ce à quoi vous vous fiez",
  other_proposer: () => "n’a été proposé par aucun de ses validateurs",
  no_mix_hash: () => "n’a pas la marque de QBFT",
  foreign_seal: () => "porte un sceau qui n’est d’aucun de ses validateurs",
  two_seals: () => "porte deux sceaux d’un même validateur",
  too_few_seals: (v, f) =>
    `porte les sceaux de ${f.text(v["sealed"])} validateurs sur ${f.text(v["of"])}, il en faut ${f.text(v["needed"])}`,
  loose_seals: () => "porte des sceaux ou un tour que rien ici ne peut vérifier",
  log_cut: () => "contient un événement coupé",
  unequal_lists: () => "contient une transmission aux listes inégales",
  no_statement: () => "parle d’une utilisation sans sa déclaration",
  not_through: () => "n’est pas celui d’une transaction aboutie",
  no_log: () => "contient ce qui n’est pas un événement",
  no_account: () => "n’existe pas : il n’y a pas de tel compte",
  account_form: () => "n’est celui d’aucun compte",
  not_there: () => "n’existe pas",
  tells_nothing: () => "ne dit rien du certificat",
  no_header: () => "ne contient pas d’en-tête de bloc",
  not_ascending: () => "n’est pas en ordre croissant",
  for_nothing: () => "est là pour rien",
  spare_nodes: (v, f) => `contient ${f.text(v["nodes"])} nœuds pour rien`,
  no_quality: () => "n’a pas de qualité",
  no_codes: () => "a des codes qui ne sont pas du texte",
  not_recorded: () => "n’est pas enregistré",
  no_gateway: () => "n’avait pas d’appareil inscrit à ce moment",
  in_place_of_none: () => "n’en remplace aucun",
  not_one_run: (v, f) => `en compte ${f.text(v["runs"])}, et non un`,
  run_of_another: () => "est d’un autre compteur ou d’autres moments",
  other_reading: () => "dit un autre relevé que celui qui est enregistré",
  not_by_gateway: (v, f) => `n’est pas de ${f.text(v["gateway"])}, l’appareil inscrit`,
  not_at_meter: (v, f) => `n’était pas au compteur ${f.text(v["participant"])} à ce moment`,
  not_issuable: () => "ne pouvait pas recevoir de certificats à ce moment",
  not_settled: () => "n’est pas réglé",
  chunk_differs: () => "n’est pas celui que le marché a réglé",
  chunk_spare: () => "est de trop",
  fills_sum: (v, f) => `vend ${f.text(v["sold"])} Wh, et ${f.text(v["matched"])} Wh ont été échangés`,
  never_issued: () => "n’a jamais été émis",
  issued_other: (v, f) =>
    `a été émis pour ${f.text(v["issued"])} Wh, et le relevé donne droit à ${f.text(v["earned"])} Wh`,
  holds_nothing: () => "n’en détient rien",
  too_many_wh: (v, f) => `compte ${f.text(v["wh"])} Wh de plus, détenus ou utilisés, qu’il n’en a été remis`,
  rule: (v, f) => `ne suit pas une règle (${f.text(v["detail"])})`,

  block_says: (v, f) => `le bloc ${f.text(v["block"])}, ${f.text(v["hash"])}, est de la chaîne de la communauté`,
  block_trusted: (v, f) =>
    `le bloc ${f.text(v["block"])}, ${f.text(v["hash"])}, est de la chaîne de la communauté : ${f.text(v["why"])}`,
  contracts_say: (v, f) =>
    `les contrats du réseau ${f.text(v["chain"])} (pas de ${f.text(v["minutes"])} min) sont ceux de la communauté`,
  vote_says: (v, f) => `le vote du bloc ${f.text(v["block"])}`,
  reading_says: (v, f) =>
    `le compteur ${f.text(v["participant"])} a relevé ${f.kwh(v["production"])} produits et ` +
    `${f.kwh(v["consumption"])} consommés de ${f.time(v["start"])} à ${f.time(v["end"])}, ` +
    `${quality[f.text(v["quality"])] ?? ""}${v["late"] === true ? ", en retard" : ""}`,
  correction_says: (v, f) =>
    `ce que l’opérateur de comptage a mis à la place de ${f.list(v["before"], ", puis de ")} est ce qui a circulé`,
  signature_first: (v, f) =>
    `l’appareil ${f.text(v["gateway"])} de ce compteur a signé ce qui était là d’abord, ${f.text(v["first"])} ; ` +
    `derrière la clé : ${sources[f.text(v["source"])] ?? ""}`,
  signature_says: (v, f) =>
    `l’appareil ${f.text(v["gateway"])} de ce compteur l’a signé ; derrière la clé : ${sources[f.text(v["source"])] ?? ""}`,
  device_says: (v, f) =>
    `l’installation ${f.text(v["device"])} (${f.text(v["technology"])} ${f.text(v["fuel"])}, ` +
    `${f.count(v["capacity"])} W, ${f.text(v["country"])}) était à ce compteur, inscrite et non suspendue`,
  market_says: (v, f) => {
    const price = v["price"] === "" ? "sans prix local" : `à ${f.price(v["price"])}`;
    const to = f.pairs(v["to"], (buyer, wh) => `${f.kwh(wh)} au compteur ${f.text(buyer)}`) || "rien aux voisins";
    const late = v["late"] === true ? " ; le relevé est arrivé en retard et n’a pas pris part" : "";
    return `le pas de temps est réglé ${price} ; ce compteur a vendu ${to}${late}`;
  },
  issue_says: (v, f) =>
    `${f.kwh(v["issued"])} émis, autant que produit : ${f.kwh(v["own"])} utilisés sur place et ${f.kwh(v["sold"])} ` +
    `par les voisins (utilisés aussitôt), ${f.kwh(v["minted"])} remis au producteur`,
  issue_corrected: (v, f) =>
    `${f.kwh(v["issued"])} émis : ${f.kwh(v["own"])} utilisés sur place et ${f.kwh(v["sold"])} par les voisins ` +
    `(utilisés aussitôt), ${f.kwh(v["minted"])} et par rectification ${f.kwh(v["more"])} remis au producteur ; les ` +
    `rectifications ont trouvé ${f.kwh(v["less"])} non produits, repris ou dus par l’installation`,
  holding_says: (v, f) =>
    `${f.text(v["holder"])} en détient ${f.kwh(v["wh"])} : ni utilisés, ni retirés` +
    (v["over"] === true ? ", mais expirés" : ", non expirés"),
  waiting_says: (v, f) =>
    `${f.kwh(v["wh"])} attendent le compte du propriétaire du compteur ${f.text(v["participant"])}`,
  history_says: (v, f) => {
    const wallets =
      [v["sender"], v["receiver"]]
        .map((one) => f.text(one))
        .filter(Boolean)
        .join(" à ") || "le registre";
    const used = v["statement"] === "" ? "" : `, déclaration ${f.text(v["statement"])} (${f.text(v["country"])})`;
    return `${kinds[f.text(v["kind"])] ?? ""} de ${f.kwh(v["wh"])} par ${wallets} le ${f.time(v["at"])}${used}`;
  },
  whole_says: (v, f) => `chacun des ${f.count(v["minted"])} Wh du producteur est retrouvé, aucun deux fois`,
  whole_nothing: () => "il ne restait rien pour le producteur",
  life_says: (v, f) =>
    `ce qui est encore détenu ${v["over"] === true ? "a expiré le" : "peut être utilisé jusqu’au"} ` +
    `${f.time(v["used"])}, et ${v["over"] === true ? "pouvait" : "peut"} changer de mains jusqu’au ${f.time(v["moved"])}`,

  hash_trusted: () => "son empreinte est celle à laquelle vous vous fiez",
  is_checkpoint: () => "c’est le point de contrôle",
  is_parent: (v, f) => `le bloc ${f.text(v["block"])} le nomme comme le bloc d’avant`,
  is_sealed: (v, f) => {
    const changes = v["changes"] === 0 ? "" : `, après ${f.text(v["changes"])} changement(s) parmi eux`;
    return `scellé par ses validateurs, connus depuis le bloc ${f.text(v["block"])}${changes}`;
  },
  older_than_checkpoint: (v, f) => `il est plus ancien que le point de contrôle, bloc ${f.text(v["block"])}`,
  not_led_to: () => "ce à quoi vous vous fiez n’y mène pas",
  no_anchor_sealed: () => "rien n’a été donné à quoi le rattacher (donnez un point de contrôle)",
  no_anchor: () =>
    "rien n’a été donné à quoi le rattacher (sa chaîne ne scelle rien : donnez l’empreinte d’un bloc sûr)",
  no_community: () => "rien n’a été donné qui nomme les contrats de la communauté",
  other_community: () => "ce à quoi vous vous fiez en nomme d’autres",
  operator_corrected: () => "il l’a fait en son propre nom, aucun appareil ne l’a signé",
  block_not_shown: () => "rien de ce qui a été donné ne montre que son bloc est de la chaîne",
  see_history: () => "voyez l’histoire ci-dessus",
  wh_not_shown: (v, f) => `de ${f.count(v["wh"])} Wh, le fichier ne montre pas où ils sont`,

  file_bytes: (v, f) => `${f.text(v["what"])} a ${f.count(v["bytes"])} octets, c’est trop`,
  file_json: (v, f) => `${f.text(v["what"])} n’est pas du JSON de cette forme`,
  file_object: (v, f) => `${f.text(v["what"])} n’est pas un objet JSON`,
  file_canonical: (v, f) =>
    `${f.text(v["what"])} n’est pas sous sa forme unique : prenez le fichier tel qu’il a été fait`,
  file_part_object: (v, f) => `${f.text(v["what"])} n’est pas un objet`,
  file_lacks: (v, f) => `${f.text(v["what"])} : « ${f.text(v["name"])} » manque`,
  file_unknown: (v, f) => `${f.text(v["what"])} : « ${f.text(v["name"])} » n’y a pas sa place`,
  file_type: (v, f) => `${f.text(v["what"])} : « ${f.text(v["name"])} » n’est pas du bon genre`,
  file_not_proof: () => "ce n’est pas un fichier de preuve",
  file_not_checkpoint: (v, f) => `ce n’est pas un point de contrôle de version ${f.text(v["version"])}`,
  file_version: (v, f) =>
    `ce fichier de preuve est de version ${f.text(v["version"])}, cette page lit la ${f.text(v["reads"])}`,
  file_layout: () => "ce fichier de preuve a été fait pour des contrats d’une autre version",
  file_list: (v, f) =>
    `${f.text(v["what"])} a ${f.text(v["length"])} éléments dans « ${f.text(v["name"])} », c’est trop`,
  file_base64: (v, f) => `le fichier de preuve : « ${f.text(v["name"])} » n’est pas du base64 sous sa forme unique`,
  file_value: (v, f) => `le fichier de preuve : « ${f.text(v["name"])} » vaut ${f.text(v["found"])}`,
  file_minutes: (v, f) => `le fichier de preuve : « interval_minutes » vaut ${f.text(v["found"])}`,
  file_pairs: () => "le fichier de preuve : « receipts » n’est pas fait de paires de nombres",
  file_order: (v, f) => `le fichier de preuve : « ${f.text(v["name"])} » n’est pas en ordre croissant, chacun une fois`,
  file_range: (v, f) => `${f.text(v["what"])} : « number » ou « epoch_length » est hors limites`,
  file_hex: (v, f) => `${f.text(v["what"])} n’est pas 0x et ${f.text(v["digits"])} chiffres hexadécimaux minuscules`,
  file_no_validators: (v, f) => `${f.text(v["what"])} ne nomme pas de validateurs`,
  file_validator_twice: (v, f) => `${f.text(v["what"])} nomme deux fois un validateur`,
  file_block_number: (v, f) => `${f.text(v["what"])} : « ${f.text(v["text"])} » n’est pas un numéro de bloc`,
  fills_wrong: (v, f) => `les échanges du fichier de preuve ne suivent pas une règle (${f.text(v["detail"])})`,
  fills_gap: () => "les échanges du fichier de preuve ne se suivent pas bout à bout",
  fills_cut: () => "les échanges du fichier de preuve sont coupés",
  fills_form: () => "les échanges du fichier de preuve ne sont pas sous leur forme unique",
  fills_order: () => "les échanges du fichier de preuve ne sont pas dans l’ordre des compteurs",
  fills_number: () => "les échanges du fichier de preuve contiennent un nombre trop grand",
};
