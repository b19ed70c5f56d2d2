/** One connected wallet: its account, its network, and what it signs. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Address, Hex } from "viem";
import { codeOf, UNKNOWN_CHAIN, walletFailure, WalletFailure, type Provider } from "./provider.js";

/** What is signed, as EIP-712 fields: see `chain/typedData.ts`. */
export interface TypedMessage {
  readonly domain: {
    readonly name: string;
    readonly version: string;
    readonly chainId: number;
    readonly verifyingContract: Address;
  };
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: unknown;
}

/** The community's chain as a wallet asks for it. `rpcUrl` is an absolute address. */
export interface ChainTerms {
  readonly chainId: number;
  readonly name: string;
  readonly rpcUrl: string;
}

/** A call of one of the community's contracts; it costs nothing. */
export interface Transaction {
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
}

/** One request to the community's chain; see `flows/chainCall.ts`. */
export type ChainRequest = (method: string, params: readonly unknown[]) => Promise<unknown>;

export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly demo: boolean;
  /** Changes when the member changes account in the wallet; undefined once the wallet has let go. */
  readonly address: ReadonlySignal<Address | undefined>;
  readonly chainId: ReadonlySignal<number | undefined>;
  /** Asks the wallet to be on the chain, adding it where unknown. Throws WalletFailure. */
  useChain(chain: ChainTerms): Promise<void>;
  /** Tells the wallet by which address it reaches the chain from now on. Throws WalletFailure. */
  useNode(chain: ChainTerms): Promise<void>;
  /** Throws WalletFailure; `rejected` when the member says no. */
  signText(text: string): Promise<Hex>;
  signTyped(message: TypedMessage): Promise<Hex>;
  /** Sends from the account and gives the transaction's number; `chain` serves wallets without a way of their own. */
  send(transaction: Transaction, chain: ChainRequest): Promise<Hex>;
  close(): void;
}

/** Asks an announced wallet for its account and follows it. Throws WalletFailure. */
export async function connectInjected(id: string, name: string, provider: Provider): Promise<Connection> {
  const ask = async (method: string, params?: unknown): Promise<unknown> => {
    try {
      return await provider.request(params === undefined ? { method } : { method, params });
    } catch (error) {
      throw walletFailure(error);
    }
  };
  const address = signal(firstAddress(await ask("eth_requestAccounts")));
  if (address.value === undefined) throw new WalletFailure("noAccount");
  const chainId = signal(numberOf(await ask("eth_chainId")));

  let node: string | undefined;

  const accountsChanged = (accounts: unknown): void => {
    address.value = firstAddress(accounts);
  };
  const chainChanged = (chain: unknown): void => {
    chainId.value = numberOf(chain);
  };
  provider.on?.("accountsChanged", accountsChanged);
  provider.on?.("chainChanged", chainChanged);

  function account(): Address {
    if (address.value === undefined) throw new WalletFailure("noAccount");
    return address.value;
  }

  return {
    id,
    name,
    demo: false,
    address,
    chainId,
    async useChain(chain) {
      const chainHex = `0x${chain.chainId.toString(16)}`;
      const current = numberOf(await ask("eth_chainId"));
      if (current !== chain.chainId) await switchChain(provider, chainHex, chain);
      chainId.value = numberOf(await ask("eth_chainId"));
      if (chainId.value !== chain.chainId) throw new WalletFailure("wrongChain");
    },
    async useNode(chain) {
      if (node === chain.rpcUrl) return;
      await ask("wallet_addEthereumChain", [addedChain(chain)]);
      node = chain.rpcUrl;
    },
    async signText(text) {
      return (await ask("personal_sign", [hexOfText(text), account()])) as Hex;
    },
    async signTyped(message) {
      return (await ask("eth_signTypedData_v4", [account(), typedJson(message)])) as Hex;
    },
    async send({ to, data, gas }) {
      const terms = { from: account(), to, data, gas: `0x${gas.toString(16)}`, gasPrice: "0x0" };
      return (await ask("eth_sendTransaction", [terms])) as Hex;
    },
    close() {
      provider.removeListener?.("accountsChanged", accountsChanged);
      provider.removeListener?.("chainChanged", chainChanged);
    },
  };
}

/** Whether the wallet already shares an account with this page; asks the member nothing. */
export async function isAuthorised(provider: Provider): Promise<boolean> {
  try {
    return firstAddress(await provider.request({ method: "eth_accounts" })) !== undefined;
  } catch {
    return false;
  }
}

function addedChain(chain: ChainTerms) {
  return {
    chainId: `0x${chain.chainId.toString(16)}`,
    chainName: chain.name,
    rpcUrls: [chain.rpcUrl],
    nativeCurrency: { name: "Community token", symbol: "NONE", decimals: 18 },
  };
}

async function switchChain(provider: Provider, chainHex: string, chain: ChainTerms): Promise<void> {
  try {
    await provider.request({ method: "wallet_switchEthereumChain", params: [{ chainId: chainHex }] });
  } catch (error) {
    if (codeOf(error) !== UNKNOWN_CHAIN) throw walletFailure(error);
    try {
      await provider.request({ method: "wallet_addEthereumChain", params: [addedChain(chain)] });
    } catch (refusal) {
      throw walletFailure(refusal);
    }
  }
}

const DOMAIN_FIELDS = [
  ["name", "string"],
  ["version", "string"],
  ["chainId", "uint256"],
  ["verifyingContract", "address"],
] as const;

/** The message as wallets read it: the domain's own type spelled out, whole numbers beyond 2^53 as text. */
export function typedJson(message: TypedMessage): string {
  const types = { EIP712Domain: DOMAIN_FIELDS.map(([name, type]) => ({ name, type })), ...message.types };
  return JSON.stringify({ ...message, types }, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
}

/** UTF-8 bytes of `text` in hexadecimal: what `personal_sign` takes. */
export function hexOfText(text: string): Hex {
  const bytes = new TextEncoder().encode(text);
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function firstAddress(accounts: unknown): Address | undefined {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  return typeof first === "string" && /^0x[0-9a-fA-F]{40}$/.test(first) ? (first as Address) : undefined;
}

function numberOf(chain: unknown): number | undefined {
  const value = typeof chain === "number" || typeof chain === "string" ? Number(chain) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}
