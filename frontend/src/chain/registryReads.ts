/** Few facts that an operator's page reads from the chain: numbers that the registry and the tariffs gave. */
import { decodeFunctionResult, encodeFunctionData, parseAbi, type Abi, type Address } from "viem";
import type { Call } from "./provenanceReads.js";

const abi = parseAbi([
  "function memberOfWallet(address wallet) view returns (uint32)",
  "function bandCount() view returns (uint16)",
  "function bandInfo(uint16 band) view returns ((int32 retail, int32 feedIn, int32 networkFee))",
]);

/** Prices of one band, µ€/kWh. */
export interface Band {
  readonly band: number;
  readonly retail: number;
  readonly feedIn: number;
  readonly networkFee: number;
}

/** The number of the member with this wallet, 0 for none. */
export function memberOf(call: Call, registry: string, wallet: Address): Promise<number> {
  return ask<number>(call, registry, "memberOfWallet", [wallet]);
}

/** The newest bands, at most `most`, newest first. */
export async function bandsOf(call: Call, tariffs: string, most = 50): Promise<Band[]> {
  const count = await ask<number>(call, tariffs, "bandCount", []);
  const numbers = Array.from({ length: Math.min(count, most) }, (_, at) => count - at);
  type Prices = Omit<Band, "band">;
  return Promise.all(
    numbers.map(async (band) => ({ band, ...(await ask<Prices>(call, tariffs, "bandInfo", [band])) })),
  );
}

async function ask<Answer>(
  call: Call,
  contract: string,
  functionName: string,
  args: readonly unknown[],
): Promise<Answer> {
  const target = abi as Abi;
  const data = await call(contract, encodeFunctionData({ abi: target, functionName, args }));
  return decodeFunctionResult({ abi: target, functionName, data }) as Answer;
}
