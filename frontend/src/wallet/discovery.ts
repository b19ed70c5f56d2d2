/**
 * Which wallets the browser has: EIP-6963, where every wallet announces itself, instead of the one
 * `window.ethereum` that wallets fight about.
 */
import type { Provider } from "./provider.js";

export interface AnnouncedWallet {
  readonly id: string;
  readonly name: string;
  /** A picture as a `data:` address; anything else is dropped, so that no picture calls another host. */
  readonly icon: string | undefined;
  readonly provider: Provider;
}

/** What is needed of a window. */
export interface Announcements {
  addEventListener(type: string, listener: (event: Event) => void): void;
  removeEventListener(type: string, listener: (event: Event) => void): void;
  dispatchEvent(event: Event): boolean;
}

const ANNOUNCE = "eip6963:announceProvider";
const REQUEST = "eip6963:requestProvider";

/**
 * Tells `found` every list of wallets, each once, in the order they came; returns how to stop.
 *
 * A wallet that announces itself again takes its former place. What is malformed is left out.
 */
export function discoverWallets(
  target: Announcements,
  found: (wallets: readonly AnnouncedWallet[]) => void,
): () => void {
  const wallets = new Map<string, AnnouncedWallet>();
  const listener = (event: Event): void => {
    const wallet = announced((event as CustomEvent<unknown>).detail);
    if (!wallet || wallets.get(wallet.id)?.provider === wallet.provider) return;
    wallets.set(wallet.id, wallet);
    found([...wallets.values()]);
  };
  target.addEventListener(ANNOUNCE, listener);
  target.dispatchEvent(new Event(REQUEST));
  return () => {
    target.removeEventListener(ANNOUNCE, listener);
  };
}

function announced(detail: unknown): AnnouncedWallet | undefined {
  if (!isRecord(detail) || !isRecord(detail["info"]) || !isRecord(detail["provider"])) return undefined;
  const { info, provider } = detail;
  const { rdns, uuid, name, icon } = info;
  if (typeof name !== "string" || name === "" || typeof provider["request"] !== "function") return undefined;
  // The same wallet has a new uuid at each visit; its reverse domain name stays.
  const id = typeof rdns === "string" && rdns !== "" ? rdns : uuid;
  if (typeof id !== "string" || id === "") return undefined;
  const picture = typeof icon === "string" && icon.startsWith("data:image/") ? icon : undefined;
  return { id, name: name.slice(0, 60), icon: picture, provider: provider as unknown as Provider };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
