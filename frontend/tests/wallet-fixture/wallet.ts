/**
 * A wallet for browser tests: announced by EIP-6963 as real ones are, signing with real keys, and obeying the test.
 *
 * The test sets `testWalletSettings` before this script runs, and steers it by `window.testWallet`. What a person would
 * see in a wallet's window is kept in `asked`.
 */
import { createWalletClient, http, type Address, type Hex, type TypedDataDefinition } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";

interface Settings {
  /** Private keys of a development chain; the first is the account in use. */
  readonly keys: readonly Hex[];
  /** The network it is on at first. */
  readonly chainId: number;
  readonly name?: string;
}

interface Asked {
  readonly method: string;
  readonly params: readonly unknown[];
}

interface TestWallet {
  readonly asked: Asked[];
  /** Says no to the next `times` questions that a person has to answer. */
  rejectNext(times?: number): void;
  /** Does not answer a question before `release`. */
  hold(): void;
  release(): void;
  useAccount(index: number): void;
  useChain(chainId: number): void;
  /** Forgets that this page may see its accounts, as a person does in the wallet. */
  disconnect(): void;
  readonly chainId: number;
}

interface TestWindow extends Window {
  testWalletSettings?: Settings;
  testWallet?: TestWallet;
}

type Listener = (detail: unknown) => void;

const REJECTED = 4001;
const UNAUTHORISED = 4100;
const UNKNOWN_METHOD = 4200;
const UNKNOWN_CHAIN = 4902;
const ASKS_A_PERSON = new Set([
  "eth_requestAccounts",
  "personal_sign",
  "eth_signTypedData_v4",
  "eth_sendTransaction",
  "wallet_switchEthereumChain",
  "wallet_addEthereumChain",
]);
const MEMORY = "test-wallet";
const ICON =
  "data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' width='96' height='96'><rect width='96' height='96' rx='20' fill='%23355'/></svg>";

class ProviderError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a wallet remembers of a page between two visits. */
interface Memory {
  allowed: boolean;
  account: number;
  chainId: number;
  chains: Record<number, string>;
}

function create(window: TestWindow, settings: Settings): void {
  const accounts: readonly PrivateKeyAccount[] = settings.keys.map((key) => privateKeyToAccount(key));
  const listeners = new Map<string, Set<Listener>>();
  const asked: Asked[] = [];
  let rejections = 0;
  let gate: Promise<void> | undefined;
  let open: (() => void) | undefined;
  const memory: Memory = {
    allowed: false,
    account: 0,
    chainId: settings.chainId,
    chains: {},
    ...(JSON.parse(window.sessionStorage.getItem(MEMORY) ?? "{}") as Partial<Memory>),
  };

  function remember(changes: Partial<Memory>): void {
    Object.assign(memory, changes);
    window.sessionStorage.setItem(MEMORY, JSON.stringify(memory));
  }

  function emit(event: string, detail: unknown): void {
    for (const listener of listeners.get(event) ?? []) listener(detail);
  }

  function account(): PrivateKeyAccount {
    const found = accounts[memory.account];
    if (!found) throw new ProviderError(UNAUTHORISED, "the wallet has no such account");
    return found;
  }

  function visible(): readonly Address[] {
    return memory.allowed ? [account().address] : [];
  }

  function allowed(address: unknown): PrivateKeyAccount {
    const found = account();
    if (!memory.allowed || String(address).toLowerCase() !== found.address.toLowerCase())
      throw new ProviderError(UNAUTHORISED, "the page may not use that account");
    return found;
  }

  function moveTo(chainId: number): void {
    if (memory.chainId === chainId) return;
    remember({ chainId });
    emit("chainChanged", `0x${chainId.toString(16)}`);
  }

  function node(): string {
    const url = memory.chains[memory.chainId];
    if (url === undefined) throw new ProviderError(UNKNOWN_CHAIN, "the wallet knows no node of this network");
    return url;
  }

  async function forward(method: string, params: readonly unknown[]): Promise<unknown> {
    // A wallet asks from its own process: the page's cookies do not go along.
    const answer = await fetch(node(), {
      method: "POST",
      credentials: "omit",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await answer.json()) as { result?: unknown; error?: { code: number; message: string } };
    if (error) throw new ProviderError(error.code, error.message);
    return result;
  }

  async function send(transaction: { from: Address; to: Address; data?: Hex; gas?: Hex; value?: Hex }): Promise<Hex> {
    const signer = allowed(transaction.from);
    const client = createWalletClient({
      account: signer,
      transport: http(node(), { fetchOptions: { credentials: "omit" } }),
    });
    return client.sendTransaction({
      chain: null,
      type: "legacy",
      gasPrice: 0n,
      to: transaction.to,
      ...(transaction.data && { data: transaction.data }),
      ...(transaction.gas && { gas: BigInt(transaction.gas) }),
    });
  }

  async function answer(method: string, params: readonly unknown[]): Promise<unknown> {
    switch (method) {
      case "eth_requestAccounts":
        remember({ allowed: true });
        return visible();
      case "eth_accounts":
        return visible();
      case "eth_chainId":
        return `0x${memory.chainId.toString(16)}`;
      case "wallet_switchEthereumChain": {
        const chainId = Number((params[0] as { chainId: Hex }).chainId);
        if (memory.chains[chainId] === undefined)
          throw new ProviderError(UNKNOWN_CHAIN, "unknown network: add it first");
        moveTo(chainId);
        return null;
      }
      case "wallet_addEthereumChain": {
        const { chainId, rpcUrls } = params[0] as { chainId: Hex; rpcUrls: readonly string[] };
        remember({ chains: { ...memory.chains, [Number(chainId)]: rpcUrls[0] ?? "" } });
        moveTo(Number(chainId));
        return null;
      }
      case "personal_sign":
        return allowed(params[1]).signMessage({ message: { raw: params[0] as Hex } });
      case "eth_signTypedData_v4":
        return allowed(params[0]).signTypedData(JSON.parse(params[1] as string) as TypedDataDefinition);
      case "eth_sendTransaction":
        return send(params[0] as Parameters<typeof send>[0]);
      default:
        if (method.startsWith("wallet_")) throw new ProviderError(UNKNOWN_METHOD, `${method} is not known here`);
        return forward(method, params);
    }
  }

  const provider = {
    async request({ method, params }: { method: string; params?: readonly unknown[] }): Promise<unknown> {
      const given = params ?? [];
      asked.push({ method, params: given });
      if (ASKS_A_PERSON.has(method)) {
        await gate;
        if (rejections > 0) {
          rejections -= 1;
          throw new ProviderError(REJECTED, "the person said no");
        }
      }
      return answer(method, given);
    },
    on(event: string, listener: Listener): void {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    removeListener(event: string, listener: Listener): void {
      listeners.get(event)?.delete(listener);
    },
  };

  window.testWallet = {
    asked,
    rejectNext(times = 1) {
      rejections = times;
    },
    hold() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    release() {
      open?.();
      gate = undefined;
    },
    useAccount(index) {
      remember({ account: index });
      emit("accountsChanged", visible());
    },
    useChain: moveTo,
    disconnect() {
      remember({ allowed: false });
      emit("accountsChanged", []);
    },
    get chainId() {
      return memory.chainId;
    },
  };

  const info = {
    uuid: window.crypto.randomUUID(),
    name: settings.name ?? "Test Wallet",
    icon: ICON,
    rdns: "test.wallet.fixture",
  };
  const announce = (): void => {
    const detail = Object.freeze({ info: Object.freeze(info), provider });
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  };
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
}

const here = window as TestWindow;
// Blank pages have no storage, and no page of ours is one.
if (here.testWalletSettings && here.top === here && here.location.protocol.startsWith("http"))
  create(here, here.testWalletSettings);
