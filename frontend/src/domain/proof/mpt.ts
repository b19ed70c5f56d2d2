/**
 * Merkle Patricia tries: what stands at a key under a root, or that nothing does, from the nodes on the way.
 *
 * All proofs of a file share one table of nodes, each under its hash. A walk takes only nodes whose hash the walk so far
 * demands; so a changed, missing or exchanged node breaks it, and a node that no walk needed is noticed.
 */
import { HASH_BYTES, keccak, shown } from "./hashing.js";
import * as items from "./items.js";
import type { Item } from "./items.js";
import { ProofBroken, say, type Say } from "./say.js";

const EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
const BRANCH = 17;
const PAIR = 2;

/** The table: nodes by their hash, decoded when needed, and which were needed. */
export class Nodes {
  readonly #raw = new Map<string, Uint8Array>();
  readonly #decoded = new Map<string, readonly Item[]>();

  constructor(nodes: Iterable<Uint8Array>) {
    for (const node of nodes) this.#raw.set(shown(keccak(node)), node);
  }

  /** The node of a hash. Throws ProofBroken when it is not in the table or is no node. */
  node(digest: string, what: Say): readonly Item[] {
    const known = this.#decoded.get(digest);
    if (known) return known;
    const raw = this.#raw.get(digest);
    if (!raw) throw new ProofBroken(what, say("lacks_node", { digest: `${digest.slice(0, 18)}…` }));
    const found = items.decoded(raw, say("node_of", { what }));
    this.#decoded.set(digest, found);
    return found;
  }

  /** How many nodes nothing asked for. */
  get unused(): number {
    return this.#raw.size - this.#decoded.size;
  }
}

/**
 * The value at `key` in the trie of `root`; undefined when the trie proves that there is none.
 *
 * `key` is the path itself: hashed by the caller where the trie hashes its keys. Throws ProofBroken.
 */
export function lookup(nodes: Nodes, root: Uint8Array, key: Uint8Array, what: Say): Uint8Array | undefined {
  const top = shown(root);
  if (top === EMPTY_ROOT) return undefined;
  const path = nibbles(key);
  let at = 0;
  let node = nodes.node(top, what);
  for (;;) {
    let following: Item | undefined;
    if (node.length === BRANCH) {
      const step = path[at];
      if (step === undefined) {
        const value = items.octets(node[BRANCH - 1], what);
        return value.length > 0 ? value : undefined;
      }
      following = node[step];
      at += 1;
    } else if (node.length === PAIR) {
      const { leaf, part } = compact(node[0], what);
      const rest = path.slice(at);
      const fits = part.every((nibble, place) => nibble === rest[place]);
      if (leaf) return fits && part.length === rest.length ? items.octets(node[1], what) : undefined;
      if (!fits) return undefined;
      at += part.length;
      following = node[1];
    } else {
      throw new ProofBroken(what, say("no_node"));
    }
    if (following instanceof Uint8Array && following.length === 0) return undefined;
    // A node shorter than its hash lies in its parent.
    node =
      following instanceof Uint8Array || following === undefined
        ? nodes.node(shown(items.octets(following, what, HASH_BYTES)), what)
        : following;
  }
}

function nibbles(key: Uint8Array): number[] {
  return Array.from(key).flatMap((byte) => [byte >> 4, byte & 15]);
}

/** Whether a pair is a leaf, and its part of the path. */
function compact(item: Item | undefined, what: Say): { readonly leaf: boolean; readonly part: readonly number[] } {
  const packed = nibbles(items.octets(item, what));
  const [kind] = packed;
  if (kind === undefined || kind > 3 || (kind % 2 === 0 && packed[1] !== 0)) {
    throw new ProofBroken(what, say("no_path"));
  }
  return { leaf: kind >= 2, part: packed.slice(kind % 2 === 1 ? 1 : 2) };
}
