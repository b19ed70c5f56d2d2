/** The running number of a wallet's next signature at a contract that counts them. */
import { decodeFunctionResult, encodeFunctionData, parseAbi, type Address } from "viem";
import type { Call } from "./provenanceReads.js";

const abi = parseAbi(["function nonces(address owner) view returns (uint256)"]);

export async function nonceOf(call: Call, contract: string, wallet: Address): Promise<bigint> {
  const data = encodeFunctionData({ abi, functionName: "nonces", args: [wallet] });
  return decodeFunctionResult({ abi, functionName: "nonces", data: await call(contract, data) });
}
