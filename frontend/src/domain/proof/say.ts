/**
 * What a check says, as a code with its figures: `texts/verify.proof.*.ts` have the words for each, and the English ones
 * are those of `wattcommons.verifier` to the letter.
 */

/** Every sentence and part of one. */
export type Code =
  // parts of a file
  | "proof_file"
  | "checkpoint"
  | "hash_of"
  | "contracts_of"
  | "contract_of"
  | "validator_of"
  | "a_holder"
  | "header"
  | "header_field"
  | "extra_data"
  | "block"
  | "receipt"
  | "receipt_at"
  | "state_of"
  | "node_of"
  | "the_file"
  | "headers"
  | "header_of"
  | "recorded_reading"
  | "corrected_reading"
  | "figures"
  | "the_device"
  | "reading_of"
  | "meter"
  | "run"
  | "run_signature"
  | "device"
  | "interval"
  | "chunk"
  | "fills"
  | "certificate_of"
  | "certificate"
  | "wallet"
  | "held_of"
  // why a part is broken
  | "part_reason"
  | "too_long"
  | "no_rlp"
  | "wrong_form"
  | "no_number"
  | "lacks_node"
  | "no_node"
  | "no_path"
  | "header_fields"
  | "out_of_range"
  | "not_qbft"
  | "too_many_validators"
  | "unknown_vote"
  | "no_validators"
  | "other_validators"
  | "other_proposer"
  | "no_mix_hash"
  | "foreign_seal"
  | "two_seals"
  | "too_few_seals"
  | "loose_seals"
  | "log_cut"
  | "unequal_lists"
  | "no_statement"
  | "not_through"
  | "no_log"
  | "no_account"
  | "account_form"
  | "not_there"
  | "tells_nothing"
  | "no_header"
  | "not_ascending"
  | "for_nothing"
  | "spare_nodes"
  | "no_quality"
  | "no_codes"
  | "not_recorded"
  | "no_gateway"
  | "in_place_of_none"
  | "not_one_run"
  | "run_of_another"
  | "other_reading"
  | "not_by_gateway"
  | "not_at_meter"
  | "not_issuable"
  | "not_settled"
  | "chunk_differs"
  | "chunk_spare"
  | "fills_sum"
  | "never_issued"
  | "issued_other"
  | "holds_nothing"
  | "too_many_wh"
  | "rule"
  // what lines say
  | "block_says"
  | "block_trusted"
  | "contracts_say"
  | "vote_says"
  | "reading_says"
  | "correction_says"
  | "signature_says"
  | "signature_first"
  | "device_says"
  | "market_says"
  | "issue_says"
  | "issue_corrected"
  | "holding_says"
  | "waiting_says"
  | "history_says"
  | "whole_says"
  | "whole_nothing"
  | "life_says"
  // why they are proved, or not
  | "hash_trusted"
  | "is_checkpoint"
  | "is_parent"
  | "is_sealed"
  | "older_than_checkpoint"
  | "not_led_to"
  | "no_anchor_sealed"
  | "no_anchor"
  | "no_community"
  | "other_community"
  | "operator_corrected"
  | "block_not_shown"
  | "see_history"
  | "wh_not_shown"
  // why a file is none
  | "file_bytes"
  | "file_json"
  | "file_object"
  | "file_canonical"
  | "file_part_object"
  | "file_lacks"
  | "file_unknown"
  | "file_type"
  | "file_not_proof"
  | "file_not_checkpoint"
  | "file_version"
  | "file_layout"
  | "file_list"
  | "file_base64"
  | "file_value"
  | "file_minutes"
  | "file_pairs"
  | "file_order"
  | "file_range"
  | "file_hex"
  | "file_no_validators"
  | "file_validator_twice"
  | "file_block_number"
  | "fills_wrong"
  | "fills_gap"
  | "fills_cut"
  | "fills_form"
  | "fills_order"
  | "fills_number";

export type Figure = string | number | bigint | boolean | Say | readonly Figure[];
export type Figures = Readonly<Record<string, Figure>>;

/** A sentence, or a part of one. */
export interface Say {
  readonly code: Code;
  readonly values: Figures;
}

export function say(code: Code, values: Figures = {}): Say {
  return { code, values };
}

/** A part of a proof file does not hold: which, and why. */
export class ProofBroken extends Error {
  override readonly name = "ProofBroken";

  constructor(
    readonly part: Say,
    readonly reason: Say,
  ) {
    super(`${part.code}: ${reason.code}`);
  }
}

/** The file is no proof file, or no checkpoint, that can be read. */
export class ProofFileError extends Error {
  override readonly name = "ProofFileError";

  constructor(readonly what: Say) {
    super(what.code);
  }
}
