/** A transaction of the member's own wallet: tried first, then sent, then followed until it has happened. */
import type { Address, Hex } from "viem";
import { nodeAddress } from "../api/client.js";
import type { App } from "../app/context.js";
import type { Call } from "../chain/calls.js";
import { WalletFailure } from "../wallet/provider.js";
import { ChainRefusal, rpcOf, type Rpc } from "./chainCall.js";
import { FlowRefusal } from "./refusal.js";
import type { Progress } from "./review.js";
import { chainTerms, signingWallet } from "./signed.js";

/** Enough for any call of ours, where the node does not say how much it takes. */
const MOST_GAS = 3_000_000n;
const FIRST_LOOK_MS = 400;
const LONGEST_LOOK_MS = 3_000;
const PATIENCE_MS = 60_000;

/** `known`: words for contracts' refusals by name; `otherwise`: for any other. */
export interface RefusalWords {
  readonly known: Readonly<Record<string, string>>;
  readonly otherwise: string;
  readonly pending: string;
}

interface Receipt {
  readonly status: string;
}

/** Throws WalletFailure, ApiFailure, or FlowRefusal in the words given. */
export async function sendCall(app: App, call: Call, progress: Progress, words: RefusalWords): Promise<void> {
  const wallet = signingWallet(app);
  const community = app.community.value;
  const from = wallet.address.value;
  const to = community?.contracts[call.contract] as Address | undefined;
  if (!community || !from || !to) throw new WalletFailure("unable");
  await wallet.useChain(chainTerms(community, globalThis.location.origin));
  const rpc = rpcOf(app.http);
  const gas = await gasFor(rpc, { from, to, data: call.data }, words);
  if (!wallet.demo) {
    const { path } = await nodeAddress(app.http);
    await wallet.useNode(chainTerms(community, globalThis.location.origin, path));
  }
  const sent = await wallet.send({ to, data: call.data, gas }, rpc);
  progress("sending");
  const { status } = await receiptOf(rpc, sent, words);
  if (BigInt(status) !== 1n) throw new FlowRefusal(words.otherwise);
}

/** Runs the call without sending it: a refusal is told before the wallet opens. */
async function gasFor(rpc: Rpc, call: { from: Address; to: Address; data: Hex }, words: RefusalWords): Promise<bigint> {
  try {
    const gas = BigInt((await rpc("eth_estimateGas", [call])) as Hex);
    return gas + gas / 4n;
  } catch (error) {
    if (!(error instanceof ChainRefusal)) throw error;
    const { refusalName } = await import("../chain/calls.js");
    const name = refusalName(error.data);
    if (name !== undefined) throw new FlowRefusal(words.known[name] ?? words.otherwise);
    if (error.data !== undefined && error.data !== "0x") throw new FlowRefusal(words.otherwise);
    return MOST_GAS; // the proxy does not try calls for this reader: the network will say
  }
}

async function receiptOf(rpc: Rpc, sent: Hex, words: RefusalWords): Promise<Receipt> {
  let wait = FIRST_LOOK_MS;
  for (let waited = 0; waited < PATIENCE_MS; waited += wait, wait = Math.min(wait * 1.5, LONGEST_LOOK_MS)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const receipt = (await rpc("eth_getTransactionReceipt", [sent])) as Receipt | null;
    if (receipt) return receipt;
  }
  throw new FlowRefusal(words.pending);
}
