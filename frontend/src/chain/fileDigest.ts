/** A file's SHA-256, as papers and other files name it. Not the browser's own: pages outside HTTPS have none. */
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

/** 64 hex digits. */
export function sha256Hex(data: Uint8Array): string {
  return bytesToHex(sha256(data));
}
