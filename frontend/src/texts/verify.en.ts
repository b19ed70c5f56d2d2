/** English words of the screen Verify. `verify.fr.ts` has the same keys. */
import type { Values } from "../domain/provenance/tree.js";

/** How figures of a line are shown, exact to the last digit. */
export interface Shown {
  wh(value: unknown): string;
  price(value: unknown): string;
  /** n€ as decimal text. */
  money(value: unknown): string;
  account(value: unknown): string;
  time(value: unknown): string;
}

/** The words of one line: its name, what it says when it holds, and one phrase for each reason it may not. */
export interface LineWords {
  readonly title: string;
  readonly ok: (values: Values, shown: Shown) => string;
  readonly reasons: Readonly<Record<string, (values: Values, shown: Shown) => string>>;
}

const differs = (expected: string, found: string) => `It should be ${expected}, the file says ${found}.`;
const whLine = (title: string): LineWords => ({
  title,
  ok: (v, f) => f.wh(v["found"]),
  reasons: { differs: (v, f) => differs(f.wh(v["expected"]), f.wh(v["found"])) },
});
const chainLine = (title: string): LineWords => ({
  title,
  ok: () => "The community's network says the same.",
  reasons: {
    differs: (v) => `The network says ${v["expected"] ?? ""}, the file says ${v["found"] ?? ""}.`,
    not_told: () => "The network does not tell you this.",
    not_final: () => "The half hour is not final yet.",
  },
});

const kinds: Readonly<Record<string, string>> = {
  issued_more: "issued to the producer by a correction",
  claimed: "delivered",
  transferred: "handed on",
  cancelled: "used",
  withdrawn: "withdrawn, as never made or in error",
  recovered: "moved to the same member's new key",
  locked: "locked in a group of 1 MWh",
  released: "taken out of its group",
  exported: "exported to a national registry",
};

export const verifyEn = {
  title: "Verify a certificate",
  intro:
    "A proof file tells where a certificate's electricity comes from. This page checks every step by itself: nothing is uploaded, and it needs no wallet.",
  drop: "Drop the proof file here",
  choose: "Choose a file",
  another: "Check another file",
  checking: "Checking…",
  example: "Members save a proof file from one of their certificates.",
  verdicts: {
    ok: "Everything holds",
    unproved: "Everything in this file holds",
    broken: "This file is not right",
  },
  verdictTexts: {
    ok: "Every step is proved, and the community's network says the same.",
    unproved: "Every step that the file can prove is right. What it cannot prove alone is listed openly.",
    broken: "One step does not follow from the one before. Do not rely on this file.",
  },
  proof: {
    certificate: (number: string) => `Certificate ${number}`,
    verdicts: {
      proved: "All proved",
      broken: "This file is not right",
      "not proved": "Nothing is wrong, and not everything is proved",
    },
    verdictTexts: {
      proved: "Every line follows from what you trust. Nobody has to be believed or asked.",
      broken: "One line does not hold, so this file proves nothing.",
      "not proved": "What is not proved is said with its reason. What you trust can be given below.",
    },
    standings: { proved: "Proved", broken: "Broken", "not proved": "Not proved" },
    about: {
      block: "The block",
      contracts: "The community's contracts",
      reading: "The reading",
      correction: "Corrected afterwards",
      signature: "The meter's signature",
      device: "The plant",
      market: "The local market",
      issue: "The issue",
      holding: "Who holds it",
      history: "What became of it",
      whole: "Every Wh once",
      life: "How long it counts",
      file: "The file",
    },
    trust: "What you trust",
    trustText:
      "A proof leads to a block. That the block is the community's follows from a checkpoint that the community publishes, or from a block's hash that you have from elsewhere.",
    chooseCheckpoint: "Choose a checkpoint",
    withoutCheckpoint: "Without the checkpoint",
    checkpointOf: (block: number, validators: number) => `Checkpoint of block ${block}, with ${validators} validators.`,
    checkpointTaken: "The checkpoint is taken. Now open the proof file.",
    blockHash: "Hash of a block you trust",
    blockHashHint: "0x and 64 digits, as another node or person tells it.",
    notABlockHash: "This is not 0x and 64 digits.",
    pageNames: "Without a checkpoint, the community whose page this is names its contracts.",
    nothingNames: "The community cannot be asked now: only a checkpoint names its contracts.",
    beyond: {
      title: "What no proof file shows",
      meter: "That the meter itself was honest: a signature proves which box spoke.",
      price: "That the local price is the right one of all bids: the network checks that, and an audit recomputes it.",
      later: "What happened after the block that it names.",
    },
  },
  brokenAt: "The line that breaks",
  state: { ok: "holds", broken: "broken", unproved: "open" },
  askChain: "Ask the community's network too",
  askingChain: "Asking…",
  chainRefused: "The network does not answer you about this certificate: only those concerned and auditors may ask.",
  chainHint: "Signed in, you can compare the file with what the community's network keeps.",
  facts: {
    title: "What it is about",
    energy: "Certified",
    when: "Produced",
    device: "Plant",
    community: "Network",
    until: "Can be used until",
    held: "Still held",
    number: "Number",
  },
  proves: {
    title: "What this proves",
    run_signature: "The meter's own key signed these figures, and nobody changed them since.",
    clearing_price: "The local price follows from the community's rule.",
    fill_hash: "What was sold to neighbours is what was published for that time.",
    issue_split: "The certificate is for exactly what was produced: used on the spot, sold, or fed into the grid.",
    moves_add_up: "Nothing was used or handed on twice.",
  },
  /** In place of those above, where the reading was corrected afterwards. */
  provesCorrected: {
    run_signature: "The meter's own key signed the figures that stood there first.",
    issue_split: "Each correction changed the certificate by exactly as much as it changed what was produced.",
  },
  doesNotProve: {
    title: "What this does not prove",
    meter_honest: "That the meter itself measured right: a signature proves who speaks, not that it is true.",
    on_chain: "That the community's network keeps the same figures today; an auditor can ask it.",
    corrections: "That the corrected figures are true: the metering operator put them in, and no meter signed them.",
    book_complete: "That no other certificate exists: only an audit of the whole book shows that.",
  },
  refusals: {
    too_large: "This file is too large to be a proof file.",
    not_json: "This is no proof file.",
    not_plain: "Something stands twice in this file, or is written so that it could be read in two ways.",
    missing: (where: string) => `“${where}” is missing.`,
    unknown: (where: string) => `“${where}” does not belong in a proof file.`,
    wrong_value: (where: string) => (where ? `“${where}” has a value it cannot have.` : "This is no proof file."),
    wrong_version: "This file is of another version than this page reads. Reload the page, or ask for a new file.",
    unreadable: "The file could not be read.",
  },
  groups: {
    paper: "The file",
    reading: "The meter",
    price: "The local market",
    issue: "The certificate",
    life: "What became of it",
    chain: "The community's network",
  },
  sources: {
    gateway: "a device at the meter",
    operator_file: "the network operator's file",
    declared: "a declaration",
  },
  kinds,
  lines: {
    number: {
      title: "Number of the certificate",
      ok: () => "It names this plant and this time.",
      reasons: { differs: (v) => differs(String(v["expected"]), String(v["found"])) },
    },
    community: {
      title: "Community",
      ok: () => "The file is of this community.",
      reasons: {
        no_community: (v) => `Of network ${v["chain"] ?? ""}; this page does not know which community that is.`,
        differs: (v) => `The file is of network ${v["found"] ?? ""}, this community's is ${v["expected"] ?? ""}.`,
        contract_differs: (v, f) =>
          `${v["contract"] ?? ""} is ${f.account(v["found"])} in the file and ${f.account(v["expected"])} here.`,
      },
    },
    signature: {
      title: "The meter's signature",
      ok: (v, f) => `Signed with the meter's key ${f.account(v["found"])}.`,
      reasons: {
        malformed: () => "This is no signature.",
        differs: (v, f) =>
          `Signed with ${f.account(v["found"])}, but the meter's key is ${f.account(v["expected"])}: the figures or the signature were changed.`,
      },
    },
    key_in_force: {
      title: "The key counted then",
      ok: () => "The meter's key was in force when the electricity was made.",
      reasons: { later: () => "The key came into force only after this electricity was made." },
    },
    recorded: {
      title: "The signed figures",
      ok: () => "They hold this time.",
      reasons: {
        malformed: () => "The signed figures cannot be read.",
        not_in_run: () => "The signed figures do not hold this time.",
      },
    },
    production: whLine("Produced, as signed"),
    consumption: whLine("Consumed, as signed"),
    recorded_quality: {
      title: "Quality, as signed",
      ok: () => "As the file says.",
      reasons: { differs: () => "The signed figures say another quality than the file." },
    },
    quality: {
      title: "Good enough for a certificate",
      ok: () => "Measured figures earn certificates.",
      reasons: { estimated: () => "Estimated figures earn no certificate, but one was issued." },
    },
    source: {
      title: "The meter's honesty",
      ok: () => "",
      reasons: {
        source_gateway: () => "A device at the meter signed. That the meter measures right is not for a file to prove.",
        source_operator_file: () => "The figures come from the network operator's file, signed by the community.",
        source_declared: () => "The figures were declared. Nobody measured them independently.",
      },
    },
    correction: {
      title: "Corrected afterwards",
      ok: () => "",
      reasons: {
        unsigned: (v, f) =>
          `${f.time(v["at"])}: produced ${f.wh(v["wasMade"])} → ${f.wh(v["made"])}, consumed ${f.wh(v["wasUsed"])} → ${f.wh(v["used"])}. The metering operator put this in; no meter signed it.`,
        other_reading: (v) => `Correction ${v["number"] ?? ""} does not begin with the figures that stood there.`,
      },
    },
    correction_money: {
      title: "What the correction is worth",
      ok: (v, f) => `${f.money(v["found"])}, at the grid's prices of that time.`,
      reasons: { differs: (v, f) => differs(f.money(v["expected"]), f.money(v["found"])) },
    },
    correction_traded: whLine("Traded with neighbours, unchanged"),
    correction_certificate: whLine("Issued more, less what was taken back and is owed"),
    late: {
      title: "Came late",
      ok: () => "The figures came after the local market had closed, so all of it went to the grid.",
      reasons: { sold_late: () => "The figures came late, yet the file says some was sold to neighbours." },
    },
    no_price: {
      title: "No local price",
      ok: () => "The grid left no room for a local price at that time.",
      reasons: { impossible: () => "There was no room for a local price, yet the file claims a local trade." },
    },
    price_band: {
      title: "Between the grid's prices",
      ok: (v, f) => `The local price could lie from ${f.price(v["low"])} to ${f.price(v["high"])}.`,
      reasons: {
        outside: (v, f) =>
          `${f.price(v["low"])} to ${f.price(v["high"])} lies outside the grid's ${f.price(v["floor"])} to ${f.price(v["ceiling"])}.`,
      },
    },
    local_price: {
      title: "Local price",
      ok: (v, f) => f.price(v["found"]),
      reasons: {
        missing: () => "The file gives no local price for this time.",
        differs: (v, f) => differs(f.price(v["expected"]), f.price(v["found"])),
      },
    },
    nothing_sold: {
      title: "Nothing sold to neighbours",
      ok: () => "Nobody traded at that time.",
      reasons: {
        needs_all_fills: () => "Neighbours did trade at that time. That this plant did not, a file cannot show.",
      },
    },
    sale_print: {
      title: "Published sales",
      ok: () => "Their fingerprint is the one that the market keeps.",
      reasons: { differs: () => "Their fingerprint is another than the one that the market keeps: they were changed." },
    },
    sale: {
      title: "Sold to neighbours",
      ok: (v, f) => f.wh(v["found"]),
      reasons: {
        malformed: () => "The published sales cannot be read.",
        withheld: (v, f) =>
          `${f.wh(v["found"])}, says the file. It leaves out what the neighbours traded then; an auditor's file shows it.`,
        differs: (v, f) => `Published: ${f.wh(v["expected"])}. The file says ${f.wh(v["found"])}.`,
      },
    },
    sale_fits: {
      title: "Within what was traded",
      ok: (v, f) => `${f.wh(v["found"])} of the ${f.wh(v["matched"])} that neighbours traded.`,
      reasons: { beyond: (v, f) => `${f.wh(v["found"])} do not fit into the ${f.wh(v["matched"])} that were traded.` },
    },
    sales_line: {
      title: "Sales in line",
      ok: (v, f) => `They stand end to end, within the ${f.wh(v["matched"])} that neighbours traded.`,
      reasons: {
        out_of_line: (v, f) => `They overlap, leave a gap, or pass the ${f.wh(v["matched"])} that were traded.`,
      },
    },
    sale_covered: {
      title: "Sold what was there",
      ok: (v, f) => `${f.wh(v["sold"])} of the ${f.wh(v["rest"])} left after own use.`,
      reasons: { more_than_rest: (v, f) => `${f.wh(v["sold"])} were sold, but only ${f.wh(v["rest"])} were left.` },
    },
    own_use: whLine("Used on the spot"),
    sold: whLine("Used by the neighbours who bought it"),
    minted: whLine("Issued to the producer"),
    move: {
      title: "Move",
      ok: (v, f) => `${f.wh(v["wh"])} ${kinds[String(v["kind"])] ?? ""}, ${f.time(v["at"])}.`,
      reasons: {
        out_of_order: (v) => `Move ${v["number"] ?? ""} is older than the one before.`,
        too_late: (v) => `Move ${v["number"] ?? ""} came when it was no longer allowed.`,
        nothing_moved: (v) => `Move ${v["number"] ?? ""} moves nothing.`,
        malformed: (v) => `Move ${v["number"] ?? ""} does not say from whom, to whom or what for.`,
        not_enough: (v, f) => `Move ${v["number"] ?? ""} moves ${f.wh(v["wh"])} that were not there.`,
      },
    },
    statement: {
      title: "Statement of use",
      ok: (v, f) => `Statement ${v["number"] ?? ""} covers ${f.wh(v["wh"])}.`,
      reasons: {
        missing: (v) => `Statement ${v["number"] ?? ""} is missing.`,
        twice: (v) => `Statement ${v["number"] ?? ""} stands twice.`,
        other_holder: (v) => `Statement ${v["number"] ?? ""} is of another holder.`,
        too_small: (v, f) => `Statement ${v["number"] ?? ""} covers ${f.wh(v["found"])} of ${f.wh(v["expected"])}.`,
        empty_period: (v) => `Statement ${v["number"] ?? ""} is for no time at all.`,
        unused: (v) => `Statement ${v["number"] ?? ""} belongs to no use in this file.`,
      },
    },
    held: {
      title: "Still held",
      ok: (v, f) => `${f.wh(v["found"])} by ${f.account(v["holder"])}.`,
      reasons: {
        malformed: () => "A holder stands twice, or holds nothing.",
        differs: (v, f) =>
          `${f.account(v["holder"])} should hold ${f.wh(v["expected"])}; the file says ${f.wh(v["found"])}.`,
      },
    },
    waiting: whLine("Waiting to be delivered"),
    sum: whLine("Everything adds up"),
    on_chain: {
      title: "On the community's network",
      ok: () => "",
      reasons: { document_alone: () => "A file alone cannot prove that the network keeps these figures." },
    },
    chain_key: {
      title: "The meter's key",
      ok: () => "The community's network names the same key.",
      reasons: {
        not_told: () => "The network does not tell you this.",
        differs: (v, f) => `The network names ${f.account(v["expected"])}, the file ${f.account(v["found"])}.`,
      },
    },
    chain_reading: chainLine("The recorded figures"),
    chain_tariff: chainLine("The grid's prices"),
    chain_rule: chainLine("The rule of the local price"),
    chain_final: chainLine("Final"),
    chain_price: chainLine("Local price and traded energy"),
    chain_sales: chainLine("Fingerprint of the sales"),
    chain_issue: chainLine("Issued energy"),
    chain_waiting: chainLine("Waiting to be delivered"),
    chain_held: chainLine("Still held"),
  } as Readonly<Record<string, LineWords>>,
};

export type VerifyTexts = typeof verifyEn;
