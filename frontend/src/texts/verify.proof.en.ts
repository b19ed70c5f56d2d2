/** What a proof file's check says, in English: the sentences of `wattcommons.verifier`, to the letter. */
import type { ProofWords } from "./proofSaid.js";

const quality = { absent: "absent", measured: "measured", estimated: "estimated", corrected: "corrected" };
const sources: Readonly<Record<string, string>> = {
  nothing: "nothing",
  gateway: "a gateway at the meter",
  operator_file: "the network operator's file",
  declared: "a declaration",
};

export const verifyProofEn: ProofWords = {
  proof_file: () => "the proof file",
  checkpoint: () => "the checkpoint",
  hash_of: (v, f) => `${f.text(v["what"])}'s hash`,
  contracts_of: (v, f) => `${f.text(v["what"])}'s contracts`,
  contract_of: (v, f) => `${f.text(v["what"])}'s ${f.text(v["name"])}`,
  validator_of: (v, f) => `a validator of ${f.text(v["what"])}`,
  a_holder: () => "a holder",
  header: () => "a block header",
  header_field: (v, f) => `${f.text(v["name"])} of a block header`,
  extra_data: (v, f) => `the extra data of block ${f.text(v["block"])}`,
  block: (v, f) => `block ${f.text(v["block"])}`,
  receipt: () => "a receipt",
  receipt_at: (v, f) => `receipt ${f.text(v["position"])} of block ${f.text(v["block"])}`,
  state_of: (v, f) => `the state of ${f.text(v["contract"])}`,
  node_of: (v, f) => `a trie node of ${f.text(v["what"])}`,
  the_file: () => "the file",
  headers: () => "the block headers",
  header_of: (v, f) => `the header of block ${f.text(v["block"])}`,
  recorded_reading: () => "the recorded reading",
  corrected_reading: () => "the corrected reading",
  figures: (v, f) =>
    `${f.kwh(v["production"])} made and ${f.kwh(v["consumption"])} used ` +
    `(${quality[v["quality"] as keyof typeof quality]})`,
  the_device: () => "the device",
  reading_of: (v, f) => `the reading of meter ${f.text(v["participant"])}`,
  meter: (v, f) => `meter ${f.text(v["participant"])}`,
  run: () => "the signed run",
  run_signature: () => "the run's signature",
  device: (v, f) => `device ${f.text(v["device"])}`,
  interval: () => "the interval",
  chunk: (v, f) => `chunk ${f.text(v["chunk"])} of the fills`,
  fills: () => "the fills",
  certificate_of: (v, f) => `certificate ${f.text(v["certificate"])}`,
  certificate: () => "the certificate",
  wallet: (v, f) => f.text(v["wallet"]),
  held_of: (v, f) => `what the file holds of the ${f.text(v["about"])}`,

  part_reason: (v, f) => `${f.text(v["part"])} ${f.text(v["reason"])}`,
  too_long: () => "is too long",
  no_rlp: () => "is no RLP",
  wrong_form: () => "has not the form it must have",
  no_number: () => "is no number",
  lacks_node: (v, f) => `lacks the trie node ${f.text(v["digest"])}`,
  no_node: () => "goes through what is no trie node",
  no_path: () => "goes through a path of unknown form",
  header_fields: (v, f) => `has ${f.text(v["found"])} fields, not ${f.text(v["least"])} to ${f.text(v["most"])}`,
  out_of_range: () => "is out of range",
  not_qbft: () => "is not QBFT's",
  too_many_validators: (v, f) => `names more than ${f.text(v["most"])} validators`,
  unknown_vote: () => "carries a vote of an unknown kind",
  no_validators: () => "lists no validators: its network keeps them in a contract, which is not supported",
  other_validators: () => "lists other validators than the set that follows from the anchor",
  other_proposer: () => "was proposed by none of its validators",
  no_mix_hash: () => "has not the mix hash of QBFT",
  foreign_seal: () => "carries a seal by none of its validators",
  two_seals: () => "carries two seals by one validator",
  too_few_seals: (v, f) => `is sealed by ${f.text(v["sealed"])} of ${f.text(v["of"])}, not ${f.text(v["needed"])}`,
  loose_seals: () => "carries seals or a round that nothing here can check",
  log_cut: () => "has a log cut short",
  unequal_lists: () => "has a transfer of unequal lists",
  no_statement: () => "tells of a cancellation without its statement",
  not_through: () => "is not that of a transaction that went through",
  no_log: () => "holds what is no log",
  no_account: () => "does not exist: there is no such account",
  account_form: () => "is that of no account",
  not_there: () => "does not exist",
  tells_nothing: () => "tells nothing of the certificate",
  no_header: () => "holds no block header",
  not_ascending: () => "are not in ascending order",
  for_nothing: () => "is there for nothing",
  spare_nodes: (v, f) => `holds ${f.text(v["nodes"])} nodes for nothing`,
  no_quality: () => "has no quality",
  no_codes: () => "has codes that are no text",
  not_recorded: () => "is not recorded",
  no_gateway: () => "had no gateway in that interval",
  in_place_of_none: () => "stands in place of none",
  not_one_run: (v, f) => `is ${f.text(v["runs"])} runs, not one`,
  run_of_another: () => "is of another meter or of other intervals",
  other_reading: () => "says another reading than is recorded",
  not_by_gateway: (v, f) => `is not by ${f.text(v["gateway"])}, the gateway enrolled`,
  not_at_meter: (v, f) => `was not at meter ${f.text(v["participant"])} in that interval`,
  not_issuable: () => "could not have certificates in that interval",
  not_settled: () => "is not settled",
  chunk_differs: () => "is not the one the market settled",
  chunk_spare: () => "is more than is needed",
  fills_sum: (v, f) => `sell ${f.text(v["sold"])} Wh, and ${f.text(v["matched"])} Wh were traded`,
  never_issued: () => "was never issued",
  issued_other: (v, f) => `was issued for ${f.text(v["issued"])} Wh, and the reading earns ${f.text(v["earned"])} Wh`,
  holds_nothing: () => "holds nothing of it",
  too_many_wh: (v, f) => `has ${f.text(v["wh"])} Wh more in hands and uses than were given out`,
  rule: (v, f) => f.text(v["detail"]),

  block_says: (v, f) => `block ${f.text(v["block"])}, ${f.text(v["hash"])}, is of the community's chain`,
  block_trusted: (v, f) =>
    `block ${f.text(v["block"])}, ${f.text(v["hash"])}, is of the community's chain: ${f.text(v["why"])}`,
  contracts_say: (v, f) =>
    `the contracts on chain ${f.text(v["chain"])} (${f.text(v["minutes"])} min intervals) are the community's`,
  vote_says: (v, f) => `the vote in block ${f.text(v["block"])}`,
  reading_says: (v, f) =>
    `meter ${f.text(v["participant"])} recorded ${f.kwh(v["production"])} made and ${f.kwh(v["consumption"])} used ` +
    `from ${f.time(v["start"])} to ${f.time(v["end"])}, ${quality[v["quality"] as keyof typeof quality]}` +
    (v["late"] === true ? ", late" : ""),
  correction_says: (v, f) =>
    `what the metering operator put in place of ${f.list(v["before"], " and then of ")} is what flowed`,
  signature_first: (v, f) =>
    `that meter's gateway ${f.text(v["gateway"])} signed what stood there first, ${f.text(v["first"])}; ` +
    `behind the key: ${sources[f.text(v["source"])] ?? ""}`,
  signature_says: (v, f) =>
    `that meter's gateway ${f.text(v["gateway"])} signed it; behind the key: ${sources[f.text(v["source"])] ?? ""}`,
  device_says: (v, f) =>
    `device ${f.text(v["device"])} (${f.text(v["technology"])} ${f.text(v["fuel"])}, ${f.count(v["capacity"])} W, ` +
    `${f.text(v["country"])}) stood at that meter, registered and not suspended`,
  market_says: (v, f) => {
    const price = v["price"] === "" ? "without a local price" : `at ${f.price(v["price"])}`;
    const to = f.pairs(v["to"], (buyer, wh) => `${f.kwh(wh)} to meter ${f.text(buyer)}`) || "nothing to neighbours";
    const late = v["late"] === true ? "; the reading came late and took no part" : "";
    return `the interval is settled ${price}; that meter sold ${to}${late}`;
  },
  issue_says: (v, f) =>
    `${f.kwh(v["issued"])} issued, as much as was made: ${f.kwh(v["own"])} own use and ${f.kwh(v["sold"])} to ` +
    `neighbours (used at once), ${f.kwh(v["minted"])} to the producer`,
  issue_corrected: (v, f) =>
    `${f.kwh(v["issued"])} issued: ${f.kwh(v["own"])} own use and ${f.kwh(v["sold"])} to neighbours (used at once), ` +
    `${f.kwh(v["minted"])} and by corrections ${f.kwh(v["more"])} to the producer; corrections found ` +
    `${f.kwh(v["less"])} of it not made, which were taken back or are owed by the device`,
  holding_says: (v, f) =>
    `${f.text(v["holder"])} holds ${f.kwh(v["wh"])} of it: not used, not withdrawn` +
    (v["over"] === true ? ", but expired" : ", not expired"),
  waiting_says: (v, f) => `${f.kwh(v["wh"])} wait for the account of meter ${f.text(v["participant"])}'s owner`,
  history_says: (v, f) => {
    const wallets =
      [v["sender"], v["receiver"]]
        .map((one) => f.text(one))
        .filter(Boolean)
        .join(" to ") || "the registry";
    const used = v["statement"] === "" ? "" : `, statement ${f.text(v["statement"])} (${f.text(v["country"])})`;
    return `${f.text(v["kind"])} of ${f.kwh(v["wh"])} by ${wallets} on ${f.time(v["at"])}${used}`;
  },
  whole_says: (v, f) => `every one of the producer's ${f.count(v["minted"])} Wh is accounted for, none twice`,
  whole_nothing: () => "nothing was left over for the producer",
  life_says: (v, f) =>
    `what is still held ${v["over"] === true ? "expired" : "may be used until"} ${f.time(v["used"])}, ` +
    `and ${v["over"] === true ? "could" : "may"} change hands until ${f.time(v["moved"])}`,

  hash_trusted: () => "its hash is the one you trust",
  is_checkpoint: () => "it is the checkpoint",
  is_parent: (v, f) => `block ${f.text(v["block"])} names it as its parent`,
  is_sealed: (v, f) => {
    const changes = v["changes"] === 0 ? "" : `, after ${f.text(v["changes"])} change(s) of the set`;
    return `sealed by its validators, known since block ${f.text(v["block"])}${changes}`;
  },
  older_than_checkpoint: (v, f) => `it is older than the checkpoint, block ${f.text(v["block"])}`,
  not_led_to: () => "what you trust does not lead to it",
  no_anchor_sealed: () => "nothing was given to anchor it (give a checkpoint)",
  no_anchor: () => "nothing was given to anchor it (its chain seals nothing: give a block hash you trust)",
  no_community: () => "nothing was given that names the community's contracts",
  other_community: () => "what you trust names others",
  operator_corrected: () => "it did so under its own name, no gateway signed it",
  block_not_shown: () => "nothing given shows that its block is the chain's",
  see_history: () => "see the history above",
  wh_not_shown: (v, f) => `of ${f.count(v["wh"])} Wh the file does not show where they are`,

  file_bytes: (v, f) => `${f.text(v["what"])} has ${f.count(v["bytes"])} bytes`,
  file_json: (v, f) => `${f.text(v["what"])} is no JSON of this form`,
  file_object: (v, f) => `${f.text(v["what"])} is no JSON object`,
  file_canonical: (v, f) => `${f.text(v["what"])} is not in canonical form`,
  file_part_object: (v, f) => `${f.text(v["what"])} is no object`,
  file_lacks: (v, f) => `${f.text(v["what"])} lacks '${f.text(v["name"])}'`,
  file_unknown: (v, f) => `${f.text(v["what"])} has an unknown field '${f.text(v["name"])}'`,
  file_type: (v, f) => `${f.text(v["what"])}: ${f.text(v["name"])} has the wrong type`,
  file_not_proof: () => "this is no proof file",
  file_not_checkpoint: (v, f) => `this is no checkpoint of version ${f.text(v["version"])}`,
  file_version: (v, f) => `this proof file is of version ${f.text(v["version"])}`,
  file_layout: () => "this proof file was made for contracts of another version",
  file_list: (v, f) => `${f.text(v["what"])} has ${f.text(v["length"])} ${f.text(v["name"])}`,
  file_base64: (v, f) => `the proof file's ${f.text(v["name"])} is no base64 in its one form`,
  file_value: (v, f) => `the proof file's ${f.text(v["name"])} is ${f.text(v["found"])}`,
  file_minutes: (v, f) => `the proof file's interval_minutes is ${f.text(v["found"])}`,
  file_pairs: () => "the proof file's receipts are no pairs of numbers",
  file_order: (v, f) => `the proof file's ${f.text(v["name"])} are not in ascending order, each once`,
  file_range: (v, f) => `${f.text(v["what"])}: number or epoch_length is out of range`,
  file_hex: (v, f) => `${f.text(v["what"])} is not 0x and ${f.text(v["digits"])} lower-case hexadecimal digits`,
  file_no_validators: (v, f) => `${f.text(v["what"])} names no validators`,
  file_validator_twice: (v, f) => `${f.text(v["what"])} names a validator twice`,
  file_block_number: (v, f) => `${f.text(v["what"])}: '${f.text(v["text"])}' is no block number`,
  fills_wrong: (v, f) => `the fills of the proof file: ${f.text(v["detail"])}`,
  fills_gap: () => "the fills of the proof file do not lie end to end",
  fills_cut: () => "the fills of the proof file are cut off",
  fills_form: () => "the fills of the proof file are not in their one form",
  fills_order: () => "the fills of the proof file are not in the order of the participants",
  fills_number: () => "the fills of the proof file hold a number that is too large",
};
