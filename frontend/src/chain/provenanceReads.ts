/**
 * What the chain itself says of a provenance document, read through a node that the reader is entitled to.
 *
 * Each line compares one stored fact. They replace the one open line that the document leaves.
 */
import { decodeFunctionResult, encodeFunctionData, parseAbi, type Abi, type Hex } from "viem";
import { sameAccount } from "../domain/provenance/checks.js";
import { standing } from "../domain/provenance/corrections.js";
import type { ProvenanceDocument } from "../domain/provenance/document.js";
import { Quality } from "../domain/readings.js";
import * as trees from "../domain/provenance/tree.js";
import type { Group, Line } from "../domain/provenance/tree.js";

/** Runs a view at the newest block and gives its raw answer. Throws where the node refuses or is away. */
export type Call = (contract: string, data: Hex) => Promise<Hex>;

const abi = parseAbi([
  "function epochAt(uint32 participant, uint32 interval) view returns ((address gateway, uint24 importW, uint24 exportW, uint8 source, uint8 basis, bool suspended, bool silent))",
  "function readingOf(uint32 participant, uint32 interval) view returns ((uint24 productionWh, uint24 consumptionWh, uint8 quality, bool late))",
  "function pricesAt(uint32 interval) view returns (int256 retail, int256 feedIn, int256 networkFee)",
  "function kPpm() view returns (uint32)",
  "function outcomeOf(uint32 interval) view returns ((int32 price, uint40 matchedWh, bool cleared, bool settled, bool hasPrice, bool leftOut))",
  "function fillsHash(uint32 interval, uint256 chunk) view returns (bytes22)",
  "function certificate(uint256 id) view returns ((uint32 device, uint32 interval, uint64 productionStart, uint64 productionEnd, uint64 transferableUntil, uint64 cancellableUntil, uint24 issuedWh, uint24 claimableWh, uint32 claimant, uint8 state))",
  "function balanceOf(address account, uint256 id) view returns (uint256)",
]);

type Contract = keyof ProvenanceDocument["chain"]["contracts"];
type Ask = <Answer>(contract: Contract, functionName: string, args: readonly unknown[]) => Promise<Answer>;

/** One stored fact that the document tells too. */
interface Fact {
  readonly code: string;
  readonly compare: (ask: Ask) => Promise<Line>;
}

/**
 * The group of the chain's answers, in place of the open one. What the node refuses to this reader stays open.
 *
 * `isRefusal` tells a refusal from a node that is away, whose error is thrown on. Throws the first refusal when the
 * node answers nothing at all.
 */
export async function chainGroup(
  document: ProvenanceDocument,
  call: Call,
  isRefusal: (error: unknown) => boolean,
): Promise<Group> {
  const ask: Ask = async <Answer>(contract: Contract, functionName: string, args: readonly unknown[]) => {
    const target = abi as Abi;
    const data = await call(
      document.chain.contracts[contract],
      encodeFunctionData({ abi: target, functionName, args }),
    );
    return decodeFunctionResult({ abi: target, functionName, data }) as Answer;
  };
  const lines: Line[] = [];
  const refusals: unknown[] = [];
  for (const { code, compare } of factsOf(document)) {
    try {
      lines.push(await compare(ask));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.push(error);
      lines.push(trees.unproved(code, "not_told"));
    }
  }
  if (refusals.length === lines.length) throw refusals[0];
  return trees.group("chain", lines);
}

function factsOf(document: ProvenanceDocument): Fact[] {
  const { certificate, chain, reading, issue, moves, tariff } = document;
  const now = standing(document);
  const where = [certificate.participant, certificate.interval] as const;
  const id = BigInt(certificate.id);
  return [
    {
      code: "chain_key",
      async compare(ask) {
        const { gateway } = await ask<{ gateway: string }>("MemberRegistry", "epochAt", where);
        const found = document.gateway.account;
        if (sameAccount(gateway, found)) return trees.holds("chain_key", { found });
        return trees.broken("chain_key", "differs", { expected: gateway, found });
      },
    },
    {
      code: "chain_reading",
      async compare(ask) {
        interface Recorded {
          readonly productionWh: number;
          readonly consumptionWh: number;
          readonly quality: number;
          readonly late: boolean;
        }
        const kept = await ask<Recorded>("MeterLedger", "readingOf", where);
        const stored = [kept.productionWh, kept.consumptionWh, kept.quality, kept.late].join(" ");
        const told = [now.production_wh, now.consumption_wh, Quality[now.quality], reading.late].join(" ");
        return trees.equal("chain_reading", stored, told);
      },
    },
    {
      code: "chain_tariff",
      async compare(ask) {
        const prices = await ask<readonly bigint[]>("TariffSchedule", "pricesAt", [certificate.interval]);
        const told = [tariff.retail, tariff.feed_in, tariff.network_fee].join(" ");
        return trees.equal("chain_tariff", prices.join(" "), told);
      },
    },
    {
      code: "chain_rule",
      async compare(ask) {
        return trees.equal("chain_rule", await ask<number>("EnergyMarket", "kPpm", []), chain.k_ppm);
      },
    },
    ...(reading.late ? [] : marketFacts(document)),
    {
      code: "chain_issue",
      async compare(ask) {
        const kept = await ask<{ issuedWh: number }>("GuaranteeOfOrigin", "certificate", [id]);
        const more = moves.reduce((sum, { kind, wh }) => sum + (kind === "issued_more" ? wh : 0), 0);
        return trees.equal("chain_issue", kept.issuedWh, issue.own_use_wh + issue.sold_wh + issue.minted_wh + more);
      },
    },
    {
      code: "chain_waiting",
      async compare(ask) {
        const kept = await ask<{ claimableWh: number }>("GuaranteeOfOrigin", "certificate", [id]);
        return trees.equal("chain_waiting", kept.claimableWh, document.waiting_wh);
      },
    },
    ...document.holdings.map(({ holder, wh }) => ({
      code: "chain_held",
      async compare(ask: Ask) {
        const found = await ask<bigint>("GuaranteeOfOrigin", "balanceOf", [holder.toLowerCase(), id]);
        return trees.equal("chain_held", Number(found), wh, { holder });
      },
    })),
  ];
}

function marketFacts({ certificate, clearing, fill }: ProvenanceDocument): Fact[] {
  interface Outcome {
    readonly price: number;
    readonly matchedWh: number;
    readonly settled: boolean;
    readonly hasPrice: boolean;
  }
  const outcome = (ask: Ask) => ask<Outcome>("EnergyMarket", "outcomeOf", [certificate.interval]);
  const facts: Fact[] = [
    {
      code: "chain_final",
      async compare(ask) {
        return (await outcome(ask)).settled ? trees.holds("chain_final") : trees.unproved("chain_final", "not_final");
      },
    },
    {
      code: "chain_price",
      async compare(ask) {
        const { hasPrice, price, matchedWh } = await outcome(ask);
        const told = `${clearing?.price ?? "-"} ${clearing?.matched_wh ?? 0}`;
        return trees.equal("chain_price", `${hasPrice ? price : "-"} ${matchedWh}`, told);
      },
    },
  ];
  if (fill === null) return facts;
  return [
    ...facts,
    {
      code: "chain_sales",
      async compare(ask) {
        const kept = await ask<string>("EnergyMarket", "fillsHash", [certificate.interval, BigInt(fill.chunk)]);
        return trees.equal("chain_sales", kept, fill.stored_hash);
      },
    },
  ];
}
