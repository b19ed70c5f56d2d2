/** The cryptography behind a provenance document; works on the document's bytes alone, without a network. */
import {
  bytesToHex,
  compactSignatureToSignature,
  keccak256,
  parseCompactSignature,
  recoverAddress,
  recoverTypedDataAddress,
  serializeSignature,
  type Address,
  type Hex,
} from "viem";
import type { Proofs } from "../domain/provenance/checks.js";
import type { ProvenanceDocument } from "../domain/provenance/document.js";
import { SIGNATURE_BYTES } from "../domain/packing.js";
import { runTypes } from "./signingTypes.js";

const HASH_BYTES = 22;

export const PROOFS: Proofs = {
  signerOf,
  fillsHash: (fills) => keccak256(bytesToHex(fills)).slice(0, 2 + 2 * HASH_BYTES),
};

/**
 * Loads every part of the proofs, of which a library fetches one only when it is first used: from then on they work
 * without any server. Rejects where a part cannot be loaded.
 */
export async function warmUp(): Promise<void> {
  const signature = serializeSignature({ r: `0x${"0".repeat(63)}1`, s: `0x${"0".repeat(63)}1`, yParity: 0 });
  await recoverAddress({ hash: `0x${"1".repeat(64)}`, signature });
}

async function signerOf({ chain, certificate, reading }: ProvenanceDocument): Promise<string | undefined> {
  const { first_interval: firstInterval, readings, signature } = reading.run;
  if (signature.length !== 2 + 2 * SIGNATURE_BYTES) return undefined;
  try {
    return await recoverTypedDataAddress({
      domain: {
        name: "Watt Commons MeterLedger",
        version: "1",
        chainId: chain.chain_id,
        // The document may write accounts in any letters: what counts is the number.
        verifyingContract: chain.contracts.MeterLedger.toLowerCase() as Address,
      },
      types: runTypes,
      primaryType: "Run",
      message: { participant: certificate.participant, firstInterval, readings: readings as Hex },
      signature: serializeSignature(compactSignatureToSignature(parseCompactSignature(signature as Hex))),
    });
  } catch {
    return undefined; // no point on the curve belongs to these bytes
  }
}
