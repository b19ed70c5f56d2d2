/** The wallets on offer and the one in use, which is found again when the page is opened anew. */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Hex } from "viem";
import { connectInjected, isAuthorised, type Connection } from "./connection.js";
import { discoverWallets, type AnnouncedWallet, type Announcements } from "./discovery.js";
import { WalletFailure } from "./provider.js";

/** A development chain's member: its key is public. */
export interface DemoKey {
  readonly id: string;
  readonly name: string;
  readonly key: Hex;
}

export interface Wallets {
  readonly announced: ReadonlySignal<readonly AnnouncedWallet[]>;
  readonly current: ReadonlySignal<Connection | undefined>;
  /** Asks a wallet of the browser for its account. Throws WalletFailure. */
  connect(id: string): Promise<Connection>;
  connectDemo(demo: DemoKey, chainId: number): Promise<Connection>;
  /** Which wallet was in use before the page was opened anew: its id. */
  readonly remembered: string | undefined;
  disconnect(): void;
}

/** Where the id of the last wallet is kept. */
export interface Memory {
  read(): string | undefined;
  write(id: string | undefined): void;
}

/** Listens for wallets of the browser from now on, and takes up the remembered one where it still lets us. */
export function createWallets(target: Announcements, memory: Memory): Wallets {
  const announced = signal<readonly AnnouncedWallet[]>([]);
  const current = signal<Connection | undefined>();
  const remembered = memory.read();
  discoverWallets(target, (wallets) => {
    announced.value = wallets;
  });

  function use(connection: Connection): Connection {
    current.value?.close();
    current.value = connection;
    memory.write(connection.id);
    return connection;
  }

  async function takeUp({ id, name, provider }: AnnouncedWallet): Promise<void> {
    if (!(await isAuthorised(provider)) || current.peek()) return;
    use(await connectInjected(id, name, provider));
  }

  const stop = effect(() => {
    const known = announced.value.find((wallet) => wallet.id === remembered);
    // Without its leave nothing is asked: no window opens by itself. A failure leaves the page unconnected.
    if (known) takeUp(known).catch(() => undefined);
  });

  return {
    announced,
    current,
    remembered,
    async connect(id) {
      stop();
      const wallet = announced.value.find((one) => one.id === id);
      if (!wallet) throw new WalletFailure("unable");
      return use(await connectInjected(wallet.id, wallet.name, wallet.provider));
    },
    async connectDemo({ id, name, key }, chainId) {
      stop();
      const demo = await import("./demo.js");
      return use(demo.connectDemo(id, name, key, chainId));
    },
    disconnect() {
      stop();
      current.value?.close();
      current.value = undefined;
      memory.write(undefined);
    },
  };
}

/** The last wallet's id in the browser's storage, where that is allowed. */
export function storageMemory(view: Window): Memory {
  const key = "watt.wallet";
  const attempt = <Result>(act: () => Result): Result | undefined => {
    try {
      return act();
    } catch {
      return undefined; // storage is forbidden: the wallet is chosen anew each time
    }
  };
  return {
    read: () => attempt(() => view.localStorage.getItem(key)) ?? undefined,
    write(id) {
      attempt(() => {
        if (id === undefined) view.localStorage.removeItem(key);
        else view.localStorage.setItem(key, id);
      });
    },
  };
}
