import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  hashTypedData,
  hexToBytes,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  type Address,
  type Hex,
  type TypedDataDefinition,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as typedData from "../src/chain/typedData.js";
import type { SigningDomain } from "../src/chain/typedData.js";
import type { StatedLimits } from "../src/domain/orders.js";
import { unpackReadings } from "../src/domain/packing.js";
import { checkedRun } from "../src/domain/readings.js";
import type { IntervalIndex, NanoEur, ParticipantIndex, Wh } from "../src/units.js";
import { vectors, type Case } from "./vectors.js";

/** Field by name; whole numbers wider than 48 bits are text in the file and bigints here. */
type Fields = Readonly<Record<string, unknown>>;

interface MessageCase extends Case {
  readonly domain: SigningDomain;
  readonly type: string;
  readonly message: Fields;
  readonly signer: string;
  readonly digest: Hex;
  readonly signature: Hex;
  readonly compact?: Hex;
}

interface MessageVectors {
  readonly keys: Readonly<Record<string, Hex>>;
  readonly addresses: Readonly<Record<string, Address>>;
  readonly cases: readonly MessageCase[];
}

type Build = (domain: SigningDomain, fields: Fields) => unknown;

const builders: Readonly<Record<string, Build>> = {
  Run: (domain, fields) => {
    const [participant, first, readings] = Object.values(fields) as [number, number, Hex];
    return typedData.runMessage(domain, checkedRun(participant, first, unpackReadings(hexToBytes(readings))));
  },
  Order: (domain, fields) => orderOf(domain, "fixed", fields),
  SpreadOrder: (domain, fields) => orderOf(domain, "share", fields),
  Cancel: (domain, fields) =>
    typedData.cancelMessage(domain, ...(Object.values(fields) as [ParticipantIndex, boolean, number, bigint])),
  Withdrawal: (domain, fields) =>
    typedData.withdrawalMessage(domain, ...(Object.values(fields) as [ParticipantIndex, NanoEur, bigint, bigint])),
  Enrolment: (domain, fields) => typedData.enrolmentMessage(domain, fields as typedData.EnrolmentTerms),
  Rotation: (domain, fields) => typedData.rotationMessage(domain, fields as typedData.RotationTerms),
  Redemption: (domain, fields) =>
    typedData.redemptionMessage(domain, ...(Object.values(fields) as [Address, number, bigint, bigint, bigint])),
  Cancellation: (domain, fields) => {
    type Values = [Address, bigint[], bigint[], typedData.Statement, bigint, bigint];
    return typedData.cancellationMessage(domain, ...(Object.values(fields) as Values));
  },
  Consent: (domain, fields) => {
    const { request, nonce, deadlineUnix, ...terms } = fields as typedData.ConsentTerms &
      Record<"request" | "nonce" | "deadlineUnix", bigint>;
    return typedData.consentMessage(domain, request, terms, nonce, deadlineUnix);
  },
  Rejection: (domain, fields) => typedData.rejectionMessage(domain, ...(Object.values(fields) as [bigint, bigint])),
  Revocation: (domain, fields) => typedData.revocationMessage(domain, ...(Object.values(fields) as [bigint, bigint])),
  Permit: (domain, fields) =>
    typedData.permitMessage(domain, ...(Object.values(fields) as [Address, Address, NanoEur, bigint, bigint])),
};

function orderOf(domain: SigningDomain, kind: StatedLimits["kind"], fields: Fields) {
  type Values = [ParticipantIndex, boolean, number, number, Wh, Wh, IntervalIndex, IntervalIndex, number, bigint];
  const values = Object.values(fields) as Values;
  const [participant, standing, buy, sell, buyCapWh, sellCapWh, fromInterval, toInterval, nonce, deadlineUnix] = values;
  const limits = { kind, buy, sell };
  const window = { fromInterval, toInterval, nonce, deadlineUnix };
  return typedData.orderMessage(domain, { participant, standing, limits, buyCapWh, sellCapWh, ...window });
}

function withBigints(value: unknown): unknown {
  if (typeof value === "string") return /^\d+$/.test(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(withBigints);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBigints(item)]));
}

function messageOf({ type, domain, message }: MessageCase): TypedDataDefinition {
  const build = builders[type.slice(0, type.indexOf("("))];
  assert.ok(build, `no message for ${type}`);
  return build(domain, withBigints(message) as Fields) as TypedDataDefinition;
}

suite("typed data", () => {
  const { keys, addresses, cases } = vectors<MessageVectors>("eip712.json");

  for (const vector of cases) {
    test(`message__${vector.name}__digest_and_signature_of_python`, async () => {
      const message = messageOf(vector);
      const account = privateKeyToAccount(keys[vector.signer] ?? "0x");
      assert.equal(account.address, addresses[vector.signer]);
      assert.equal(hashTypedData(message), vector.digest);
      const signature = await account.signTypedData(message);
      assert.equal(signature, vector.signature);
      if (vector.compact !== undefined) {
        const compact = signatureToCompactSignature(parseSignature(signature));
        assert.equal(serializeCompactSignature(compact), vector.compact);
      }
    });
  }

  test("vectors__hold_every_message", () => {
    const held = new Set(cases.map(({ type }) => type.slice(0, type.indexOf("("))));
    assert.deepEqual([...held].sort(), Object.keys(builders).sort());
  });
});
