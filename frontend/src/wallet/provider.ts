/** What browser wallets speak (EIP-1193), and what goes wrong with them as the reader meets it. */

export interface Provider {
  request(request: { readonly method: string; readonly params?: unknown }): Promise<unknown>;
  on?(event: string, listener: (detail: never) => void): unknown;
  removeListener?(event: string, listener: (detail: never) => void): unknown;
}

/**
 * - `rejected`: the member said no in the wallet
 * - `busy`: the wallet already asks something, its window waits
 * - `notConnected`: no wallet is connected in this page
 * - `noAccount`: it gave no account
 * - `wrongAccount`: another account than the one signed in
 * - `wrongChain`: it stayed on another network
 * - `unable`: it cannot do what was asked
 */
export type WalletFailureKind =
  "rejected" | "busy" | "notConnected" | "noAccount" | "wrongAccount" | "wrongChain" | "unable";

export class WalletFailure extends Error {
  override readonly name = "WalletFailure";

  constructor(
    readonly kind: WalletFailureKind,
    detail = "",
  ) {
    super(detail || kind);
  }
}

const USER_REJECTED = 4001;
const UNAUTHORISED = 4100;
const PENDING = -32002;
export const UNKNOWN_CHAIN = 4902;

/** The number that a wallet's error carries, also where it is wrapped (as MetaMask's phone app does). */
export function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, data } = error as { code?: unknown; data?: unknown };
  const inner = codeOf((data as { originalError?: unknown } | undefined)?.originalError);
  return inner ?? (typeof code === "number" ? code : undefined);
}

/** `error` of a wallet as a failure that can be told. */
export function walletFailure(error: unknown): WalletFailure {
  if (error instanceof WalletFailure) return error;
  const code = codeOf(error);
  if (code === USER_REJECTED || code === UNAUTHORISED) return new WalletFailure("rejected");
  if (code === PENDING) return new WalletFailure("busy");
  return new WalletFailure("unable", error instanceof Error ? error.message : "");
}
