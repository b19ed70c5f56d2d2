/** Accounts as people copy them: the mix of large and small letters tells a slip (EIP-55). */
import { isAddress, type Address } from "viem";

/** Whether `text` is an account; with mixed letters only where their mix is right. */
export function isAccount(text: string): text is Address {
  return isAddress(text);
}
