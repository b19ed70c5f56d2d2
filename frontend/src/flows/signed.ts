/** The part that all signatures share: the right account, the right network, and then the wallet. */
import type { Address, Hex } from "viem";
import type { App } from "../app/context.js";
import type { Community } from "../api/types.js";
import type { Connection, TypedMessage } from "../wallet/connection.js";
import { WalletFailure } from "../wallet/provider.js";

/** The community's chain as its members' wallets get to know it. */
export function chainTerms(community: Community, origin: string, path = "/rpc") {
  return { chainId: community.chain_id, name: community.chain_name, rpcUrl: new URL(path, origin).href };
}

/** The connected wallet, on the account of the session. Throws WalletFailure. */
export function signingWallet(app: App): Connection {
  const wallet = app.wallets.current.value;
  const address = wallet?.address.value;
  const expected = app.session.me.value?.wallet;
  if (!wallet) throw new WalletFailure("notConnected");
  if (!address) throw new WalletFailure("noAccount");
  if (expected && address.toLowerCase() !== expected.toLowerCase()) throw new WalletFailure("wrongAccount");
  return wallet;
}

/** The wallet's signature of `message`, on the community's chain. Throws WalletFailure. */
export async function signTyped(app: App, message: TypedMessage): Promise<Hex> {
  const wallet = signingWallet(app);
  const community = app.community.value;
  if (!community) throw new WalletFailure("unable");
  await wallet.useChain(chainTerms(community, globalThis.location.origin));
  return wallet.signTyped(message);
}

/** Names under which the contracts sign, as in `contracts/`. */
export type SigningContract =
  "ConsentRegistry" | "Ecopoints" | "EnergyMarket" | "GuaranteeOfOrigin" | "MemberRegistry" | "OrderBook";

/** Where a signature counts. Throws WalletFailure when the community has no such contract. */
export function signingDomain(community: Community, contract: SigningContract) {
  const verifyingContract = community.contracts[contract] as Address | undefined;
  if (!verifyingContract) throw new WalletFailure("unable", `the community has no ${contract}`);
  return { name: `Watt Commons ${contract}`, version: "1", chainId: community.chain_id, verifyingContract } as const;
}
