import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { connectInjected, hexOfText, isAuthorised, typedJson } from "../src/wallet/connection.js";
import { discoverWallets, type AnnouncedWallet } from "../src/wallet/discovery.js";
import { codeOf, walletFailure, WalletFailure, type Provider } from "../src/wallet/provider.js";
import { createWallets } from "../src/wallet/wallets.js";

const ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const OTHER = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const CHAIN = { chainId: 31_337, name: "Val Fontana", rpcUrl: "https://village.example/rpc" };

class Announcement extends Event {
  constructor(readonly detail: unknown) {
    super("eip6963:announceProvider");
  }
}

/** A wallet that answers from a table, and counts what it is asked. */
class TestWallet implements Provider {
  readonly asked: string[] = [];
  readonly #listeners = new Map<string, (detail: never) => void>();

  constructor(readonly answers: Record<string, (params: unknown) => unknown>) {}

  request({ method, params }: { method: string; params?: unknown }): Promise<unknown> {
    this.asked.push(method);
    return Promise.resolve().then(() => this.answers[method]?.(params));
  }

  on(event: string, listener: (detail: never) => void): void {
    this.#listeners.set(event, listener);
  }

  removeListener(event: string): void {
    this.#listeners.delete(event);
  }

  tell(event: string, detail: unknown): void {
    this.#listeners.get(event)?.(detail as never);
  }
}

function refusing(code: number): () => never {
  return () => {
    throw Object.assign(new Error("no"), { code });
  };
}

function village(answers: Record<string, (params: unknown) => unknown> = {}): TestWallet {
  return new TestWallet({ eth_requestAccounts: () => [ACCOUNT], eth_chainId: () => "0x7a69", ...answers });
}

function announce(target: EventTarget, provider: unknown, info: Record<string, unknown> = {}): void {
  const full = {
    uuid: "1-2-3",
    name: "Village wallet",
    rdns: "example.wallet",
    icon: "data:image/png;base64,AA==",
    ...info,
  };
  target.dispatchEvent(new Announcement({ info: full, provider }));
}

suite("wallets", () => {
  test("discoverWallets__malformed_announcements__left_out", () => {
    const target = new EventTarget();
    let found: readonly AnnouncedWallet[] = [];
    discoverWallets(target, (wallets) => (found = wallets));
    for (const detail of [undefined, null, "wallet", {}, { info: {} }, { info: { name: "x" }, provider: null }]) {
      target.dispatchEvent(new Announcement(detail));
    }
    announce(target, {});
    announce(target, village(), { name: "" });
    announce(target, village(), { rdns: "", uuid: 7 });
    assert.deepEqual(found, []);
  });

  test("discoverWallets__icon_of_another_host__dropped", () => {
    const target = new EventTarget();
    let found: readonly AnnouncedWallet[] = [];
    discoverWallets(target, (wallets) => (found = wallets));
    announce(target, village(), { icon: "https://tracker.example/x.png" });
    assert.equal(found[0]?.icon, undefined);
  });

  test("discoverWallets__several__asked_for_and_each_once", () => {
    const target = new EventTarget();
    const [one, two] = [village(), village()];
    target.addEventListener("eip6963:requestProvider", () => {
      announce(target, one);
    });
    const seen: string[][] = [];
    const stop = discoverWallets(target, (wallets) => seen.push(wallets.map((wallet) => wallet.id)));
    announce(target, one, { uuid: "another visit" });
    announce(target, two, { rdns: "example.second" });
    stop();
    announce(target, village(), { rdns: "example.third" });
    assert.deepEqual(seen, [["example.wallet"], ["example.wallet", "example.second"]]);
  });

  test("connectInjected__member_says_no__rejected", async () => {
    const wallet = village({ eth_requestAccounts: refusing(4001) });
    await assert.rejects(connectInjected("a", "A", wallet), { name: "WalletFailure", kind: "rejected" });
  });

  test("connectInjected__no_account__told", async () => {
    for (const accounts of [[], ["0x12"], null]) {
      await assert.rejects(connectInjected("a", "A", village({ eth_requestAccounts: () => accounts })), {
        kind: "noAccount",
      });
    }
  });

  test("useChain__stays_elsewhere__wrong_chain", async () => {
    const wallet = village({ eth_chainId: () => "0x1", wallet_switchEthereumChain: () => null });
    const connection = await connectInjected("a", "A", wallet);
    await assert.rejects(connection.useChain(CHAIN), { kind: "wrongChain" });
  });

  test("useChain__unknown_to_the_wallet__added", async () => {
    let chain = "0x1";
    let terms: unknown;
    const wallet = village({
      eth_chainId: () => chain,
      wallet_switchEthereumChain: refusing(4902),
      wallet_addEthereumChain: (params) => {
        [terms] = params as [unknown];
        chain = "0x7a69";
        return null;
      },
    });
    const connection = await connectInjected("a", "A", wallet);
    await connection.useChain(CHAIN);
    assert.equal(connection.chainId.value, 31_337);
    assert.deepEqual((terms as { rpcUrls: string[] }).rpcUrls, [CHAIN.rpcUrl]);
  });

  test("useChain__already_there__nothing_asked_of_the_member", async () => {
    const wallet = village();
    await (await connectInjected("a", "A", wallet)).useChain(CHAIN);
    assert.ok(!wallet.asked.includes("wallet_switchEthereumChain"));
  });

  test("connection__account_and_chain_change__followed_until_closed", async () => {
    const wallet = village();
    const connection = await connectInjected("a", "A", wallet);
    wallet.tell("accountsChanged", [OTHER]);
    wallet.tell("chainChanged", "0x1");
    assert.equal(connection.address.value, OTHER);
    assert.equal(connection.chainId.value, 1);
    wallet.tell("accountsChanged", []);
    assert.equal(connection.address.value, undefined);
    await assert.rejects(connection.signText("hello"), { kind: "noAccount" });
    connection.close();
    wallet.tell("accountsChanged", [ACCOUNT]);
    assert.equal(connection.address.value, undefined);
  });

  test("signText__any_text__utf8_in_hexadecimal", async () => {
    let given: unknown;
    const wallet = village({
      personal_sign: (params) => {
        given = params;
        return "0x01";
      },
    });
    assert.equal(await (await connectInjected("a", "A", wallet)).signText("é€"), "0x01");
    assert.deepEqual(given, ["0xc3a9e282ac", ACCOUNT]);
    assert.equal(hexOfText("A"), "0x41");
  });

  test("typedJson__bigints__as_text_beside_the_domain_type", () => {
    const domain = { name: "Watt", version: "1", chainId: 1, verifyingContract: ACCOUNT } as const;
    const types = { Order: [{ name: "deadlineUnix", type: "uint64" }] };
    const text = typedJson({ domain, types, primaryType: "Order", message: { deadlineUnix: 2n ** 60n } });
    const read = JSON.parse(text) as { message: { deadlineUnix: string }; types: { EIP712Domain: { name: string }[] } };
    assert.equal(read.message.deadlineUnix, "1152921504606846976");
    assert.deepEqual(
      read.types.EIP712Domain.map((field) => field.name),
      ["name", "version", "chainId", "verifyingContract"],
    );
  });

  test("walletFailure__codes__what_the_reader_meets", () => {
    assert.equal(walletFailure({ code: -32002 }).kind, "busy");
    assert.equal(walletFailure({ code: -32603, data: { originalError: { code: 4001 } } }).kind, "rejected");
    assert.equal(walletFailure(new Error("boom")).kind, "unable");
    assert.equal(walletFailure(new WalletFailure("wrongChain")).kind, "wrongChain");
    assert.equal(codeOf("4001"), undefined);
  });

  test("createWallets__remembered_and_allowed__taken_up_without_asking", async () => {
    const target = new EventTarget();
    const memory = { read: () => "example.wallet", write: () => undefined };
    const shy = village({ eth_accounts: () => [] });
    const open = village({ eth_accounts: () => [ACCOUNT] });
    assert.equal(await isAuthorised(shy), false);
    const wallets = createWallets(target, memory);
    announce(target, shy);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(wallets.current.peek()?.id, undefined);
    assert.ok(!shy.asked.includes("eth_requestAccounts"));
    announce(target, open);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(wallets.current.value?.address.value, ACCOUNT);
  });
});
