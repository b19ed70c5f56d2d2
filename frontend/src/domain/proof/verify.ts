/**
 * Checking a proof file in the page: what is anchored, what follows, and that nothing in the file is beside the point.
 *
 * The twin of `wattcommons.verifier.verify`: the same lines in the same order. No network, no clock.
 */
import { PROOF_LAYOUT } from "../../generated/proofLayout.js";
import { namedBy, sameCommunity, trusted, type Anchor } from "./anchors.js";
import { HASH_BYTES, bytesOf, keccak, octetsOf, word } from "./hashing.js";
import { parse, type Header } from "./headers.js";
import * as items from "./items.js";
import type { Contract } from "./layout.js";
import { lookup, Nodes } from "./mpt.js";
import { certificateOf, load, type ProofFile } from "./proofFile.js";
import { blockHash, checkForm, extraOf, isQbft } from "./qbft.js";
import { happenings } from "./receipts.js";
import { broken, open, proved, type Line, type Report } from "./report.js";
import { ProofBroken, ProofFileError, say, type Say } from "./say.js";
import { Stored } from "./stored.js";
import { Story, type Told } from "./story.js";

/** Checks a proof file's bytes against what the reader trusts. Throws ProofFileError for what is no proof file. */
export function verify(data: Uint8Array, anchor: Anchor = {}): Report {
  const file = load(data);
  if (file.layout !== PROOF_LAYOUT.identity) throw new ProofFileError(say("file_layout"));
  let headers: Header[];
  try {
    headers = headersOf(file);
  } catch (error) {
    if (!(error instanceof ProofBroken)) throw error;
    const lines = [broken("block", error.part, error.reason)];
    return { certificate: certificateOf(file).toString(), lines, facts: {} };
  }
  return new Check(file, headers, anchor).report();
}

/** One file's check, with what its parts share. */
class Check {
  readonly #nodes: Nodes;
  readonly #hashes: readonly string[];
  readonly #last: Header;
  readonly #roots = new Map<Contract, Uint8Array>();
  #trusted: ReadonlyMap<number, Say> = new Map();

  constructor(
    private readonly file: ProofFile,
    private readonly headers: readonly Header[],
    private readonly anchor: Anchor,
  ) {
    const last = headers.at(-1);
    if (!last) throw new RangeError("no header"); // `headersOf` gives at least one
    this.#last = last;
    this.#nodes = new Nodes(file.nodes);
    this.#hashes = headers.map(blockHash);
  }

  report(): Report {
    const lines = [this.#block(), this.#contracts(), ...this.#votes()];
    const story = new Story(
      this.file,
      new Stored((contract, slot) => this.#word(contract, slot)),
      this.#last.timestamp,
    );
    story.tell(() => this.#told());
    lines.push(...story.lines);
    if (!lines.some(({ standing }) => standing === "broken") && this.#nodes.unused > 0) {
      lines.push(broken("file", say("the_file"), say("spare_nodes", { nodes: this.#nodes.unused })));
    }
    const place = { block: this.#last.number, block_hash: this.#hashes.at(-1), at: this.#last.timestamp };
    return { certificate: certificateOf(this.file).toString(), lines, facts: { ...place, ...story.facts } };
  }

  #block(): Line {
    const { number: block } = this.#last;
    const hash = this.#hashes.at(-1) ?? "";
    const text = say("block_says", { block, hash });
    const { checkpoint, hashes } = this.anchor;
    try {
      this.#trusted = trusted(this.headers, this.#hashes, this.anchor);
    } catch (error) {
      if (!(error instanceof ProofBroken)) throw error;
      return broken("block", text, say("part_reason", { part: error.part, reason: error.reason }));
    }
    const why = this.#trusted.get(this.headers.length - 1);
    if (why) return proved("block", say("block_trusted", { block, hash, why }));
    if (checkpoint && block < checkpoint.number) {
      return open("block", text, say("older_than_checkpoint", { block: checkpoint.number }));
    }
    if (checkpoint ?? hashes?.size) return broken("block", text, say("not_led_to"));
    return open("block", text, say(isQbft(this.#last) ? "no_anchor_sealed" : "no_anchor"));
  }

  /** Headers that are there for their votes alone, where what the reader trusts does not reach them. */
  #votes(): Line[] {
    const used = new Set([...this.file.receipts.map(([place]) => place), this.headers.length - 1]);
    return this.headers.flatMap((header, place) =>
      used.has(place) || this.#trusted.has(place)
        ? []
        : [open("block", say("vote_says", { block: header.number }), say("not_led_to"))],
    );
  }

  #contracts(): Line {
    const given = this.file.community;
    const named = namedBy(this.anchor);
    const text = say("contracts_say", { chain: given.chainId, minutes: given.intervalMinutes });
    if (!named) return open("contracts", text, say("no_community"));
    return sameCommunity(named, given) ? proved("contracts", text) : broken("contracts", text, say("other_community"));
  }

  /** A word of the state of the last block, proved. */
  #word(contract: Contract, slot: bigint): bigint {
    const what = say("state_of", { contract });
    let root = this.#roots.get(contract);
    if (!root) {
      root = this.#storageRoot(contract, what);
      this.#roots.set(contract, root);
    }
    const found = lookup(this.#nodes, root, keccak(word(slot)), what);
    return found === undefined ? 0n : items.scalar(items.string(found, what), what);
  }

  #storageRoot(contract: Contract, what: Say): Uint8Array {
    const address = bytesOf(this.file.community.contracts[contract]);
    const account = lookup(this.#nodes, this.#last.stateRoot, keccak(address), what);
    if (account === undefined) throw new ProofBroken(what, say("no_account"));
    const fields = items.decoded(account, what);
    if (fields.length !== 4) throw new ProofBroken(what, say("account_form"));
    return items.octets(fields[2], what, HASH_BYTES);
  }

  #told(): Told[] {
    const token = this.file.community.contracts.GuaranteeOfOrigin;
    const certificate = certificateOf(this.file);
    return this.file.receipts.flatMap(([place, position]) => {
      const header = this.headers[place];
      if (!header) return []; // the file's reader lets no such place through
      const what = say("receipt_at", { position, block: header.number });
      const receipt = lookup(this.#nodes, header.receiptsRoot, items.encoded(octetsOf(position)), what);
      if (receipt === undefined) throw new ProofBroken(what, say("not_there"));
      const found = happenings(receipt, token, certificate);
      if (found.length === 0) throw new ProofBroken(what, say("tells_nothing"));
      return found.map((one) => ({ what: one, at: header.timestamp, trusted: this.#trusted.has(place) }));
    });
  }
}

/** The file's headers. Throws ProofBroken unless they ascend and each has a use: a receipt, a vote, or the state. */
function headersOf(file: ProofFile): Header[] {
  const headers = file.headers.map(parse);
  for (const header of headers) checkForm(header);
  if (headers.length === 0) throw new ProofBroken(say("the_file"), say("no_header"));
  const used = new Set(file.receipts.map(([place]) => place));
  headers.slice(0, -1).forEach((header, place) => {
    const next = headers[place + 1];
    if (next && header.number >= next.number) throw new ProofBroken(say("headers"), say("not_ascending"));
    const votes = isQbft(header) && extraOf(header).vote !== undefined;
    if (!used.has(place) && !votes) {
      throw new ProofBroken(say("header_of", { block: header.number }), say("for_nothing"));
    }
  });
  return headers;
}
