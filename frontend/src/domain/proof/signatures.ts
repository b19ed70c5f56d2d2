/** The gateway's signature over a run of readings: its EIP-712 digest at the community's meter ledger. */
import { packReadings, type SignedRun } from "../packing.js";
import { ascii, bytesOf, joined, keccak, number, signer, word } from "./hashing.js";

const NAME = "Watt Commons MeterLedger";
const VERSION = "1";
const DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const RUN_TYPE = "Run(uint32 participant,uint32 firstInterval,bytes readings)";
const LOW_BITS = (1n << 255n) - 1n;

/** Address that signed the run for this ledger on this chain; undefined when the ledger would take it from nobody. */
export function runSigner({ run, signature }: SignedRun, chainId: number, ledger: string): string | undefined {
  const named = (text: string): Uint8Array => keccak(ascii(text));
  const domain = keccak(
    joined(named(DOMAIN_TYPE), named(NAME), named(VERSION), word(chainId), new Uint8Array(12), bytesOf(ledger)),
  );
  const readings = keccak(packReadings(run.readings));
  const content = keccak(joined(named(RUN_TYPE), word(run.participant), word(run.first), readings));
  const vs = number(signature.subarray(32));
  const digest = keccak(joined(Uint8Array.of(0x19, 0x01), domain, content));
  return signer(digest, signature.subarray(0, 32), vs & LOW_BITS, Number(vs >> 255n));
}
