/** The demo's wallets: offered only where the server says that the chain is a development chain. */
import type { Hex } from "viem";
import { devnetWallets } from "../api/client.js";
import type { DevnetWallet } from "../api/types.js";
import type { App } from "../app/context.js";
import type { Connection } from "../wallet/connection.js";

/** Connects a demo wallet; nobody is asked, for its key is public. */
export function connectDemoWallet(app: App, wallet: DevnetWallet): Promise<Connection> {
  const key = { id: demoId(wallet), name: wallet.name, key: wallet.private_key as Hex };
  return app.wallets.connectDemo(key, app.community.value?.chain_id ?? 0);
}

/** Takes up the demo wallet that was in use before the page was opened anew. */
export async function takeUpDemo(app: App): Promise<void> {
  const { remembered, current } = app.wallets;
  if (!remembered?.startsWith("demo:") || current.peek()) return;
  const wallet = (await devnetWallets(app.http)).find((one) => demoId(one) === remembered);
  if (wallet) await connectDemoWallet(app, wallet);
}

function demoId(wallet: DevnetWallet): string {
  return `demo:${wallet.account.toLowerCase()}`;
}
