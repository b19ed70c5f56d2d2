/** The community's chain through the server's proxy, which answers each reader what the reader may know. */
import type { Hex } from "viem";
import { ApiFailure } from "../api/failures.js";
import type { Http } from "../api/http.js";
import type { Call } from "../chain/provenanceReads.js";

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code?: number; readonly message?: string; readonly data?: unknown };
}

/** The node, or the proxy before it, said no. `data`: what a contract answered, in hexadecimal. */
export class ChainRefusal extends Error {
  override readonly name = "ChainRefusal";

  constructor(
    message: string,
    readonly data: Hex | undefined,
  ) {
    super(message);
  }
}

/** One JSON-RPC request. Throws ChainRefusal, ApiFailure. */
export type Rpc = (method: string, params: readonly unknown[]) => Promise<unknown>;

export function rpcOf(http: Http): Rpc {
  let last = 0;
  return async (method, params) => {
    last += 1;
    const request = { jsonrpc: "2.0", id: last, method, params };
    const { result, error } = await http.send<Answer>("POST", "/rpc", request);
    if (error) throw new ChainRefusal(error.message ?? "", revertData(error.data));
    return result;
  };
}

/** Views at the newest block. */
export function askedBy(http: Http): Call {
  const rpc = rpcOf(http);
  return async (to, data) => (await rpc("eth_call", [{ to, data }, "latest"])) as Hex;
}

/** Whether the proxy or the node said no, rather than being away. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ChainRefusal || (error instanceof ApiFailure && error.kind === "refused");
}

/** Nodes give a revert's bytes as text, or inside an object. */
function revertData(data: unknown): Hex | undefined {
  if (typeof data === "string" && /^0x[0-9a-fA-F]*$/.test(data)) return data as Hex;
  if (typeof data === "object" && data !== null && "data" in data) return revertData(data.data);
  return undefined;
}
