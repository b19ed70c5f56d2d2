/**
 * A wallet for trying the pages on a development chain: its keys are public, its signatures worth nothing elsewhere.
 *
 * The server hands such keys out only on a development chain, and the pages offer them only then, labelled as such.
 */
import { signal } from "@preact/signals";
import type { Hex, TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Connection } from "./connection.js";
import { WalletFailure } from "./provider.js";

/** `key` is a private key of a development chain. */
export function connectDemo(id: string, name: string, key: Hex, chainId: number): Connection {
  const account = privateKeyToAccount(key);
  const address = signal<Connection["address"]["value"]>(account.address);
  return {
    id,
    name,
    demo: true,
    address,
    chainId: signal(chainId),
    useChain: ({ chainId: wanted }) =>
      wanted === chainId ? Promise.resolve() : Promise.reject(new WalletFailure("wrongChain")),
    useNode: () => Promise.resolve(), // it sends by the page's own way
    signText: (text) => account.signMessage({ message: text }),
    signTyped: (message) => account.signTypedData(message as unknown as TypedDataDefinition),
    async send({ to, data, gas }, chain) {
      const nonce = Number(await chain("eth_getTransactionCount", [account.address, "pending"]));
      const terms = { type: "legacy", chainId, nonce, to, data, gas, gasPrice: 0n } as const;
      return (await chain("eth_sendRawTransaction", [await account.signTransaction(terms)])) as Hex;
    },
    close() {
      address.value = undefined;
    },
  };
}
