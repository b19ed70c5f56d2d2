/**
 * Transactions that a wallet sends itself: one function a call, and what a contract's refusal is called.
 *
 * Everything else that members do is signed and sent on for them (`typedData.ts`).
 */
import {
  decodeErrorResult,
  encodeFunctionData,
  keccak256,
  parseAbi,
  stringToBytes,
  type Address,
  type Hex,
} from "viem";

/** A call of the community's contract of this name. */
export interface Call {
  readonly contract: string;
  readonly data: Hex;
}

const certificatesAbi = parseAbi([
  "function safeTransferFrom(address from, address to, uint256 id, uint256 value, bytes data)",
  "function safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] values, bytes data)",
]);
const exportsAbi = parseAbi([
  "function open(uint256[] ids, uint256[] amounts)",
  "function add(uint256 group, uint256[] ids, uint256[] amounts)",
  "function release(uint256 group, uint256[] ids, uint256[] amounts)",
]);
const ecopointsAbi = parseAbi([
  "function useVoucher(uint256 voucher)",
  "function publishOffer(uint128 price, uint32 stock, uint56 validUntil, bytes32 metadata)",
  "function closeOffer(uint32 offer)",
]);
const registryAbi = parseAbi([
  "function registerMember(address wallet, bytes32 commitment)",
  "function enrol((uint32 member, uint8 basis, uint8 source, uint24 importW, uint24 exportW, address gateway, uint32 fromInterval, bytes32 commitment, uint64 deadline) terms, bytes memberSignature, address meteringOperator, bytes meteringSignature)",
  "function rotateGateway((uint32 participant, address gateway, uint8 source, uint32 fromInterval, uint32 nonce, uint64 deadline) terms, bytes memberSignature, address meteringOperator, bytes meteringSignature)",
  "function setSuspended(uint32 participant, bool suspended)",
]);
const tariffAbi = parseAbi([
  "function addBand(int32 retail, int32 feedIn, int32 networkFee)",
  "function setDefault(uint16 band, uint32 fromInterval)",
  "function schedule(uint32 firstInterval, uint16[] codes)",
]);
const euroAbi = parseAbi(["function mintToAccount(uint32 participant, uint256 amount, bytes32 depositReference)"]);

/** Hands Wh of certificates on to another member. Lists of the same length, not empty. */
export function transferCall(from: Address, to: Address, ids: readonly bigint[], wh: readonly bigint[]): Call {
  const contract = "GuaranteeOfOrigin";
  const [id, value] = [ids[0], wh[0]];
  if (ids.length === 1 && id !== undefined && value !== undefined) {
    const args = [from, to, id, value, "0x"] as const;
    return { contract, data: encodeFunctionData({ abi: certificatesAbi, functionName: "safeTransferFrom", args }) };
  }
  const args = [from, to, ids, wh, "0x"] as const;
  return { contract, data: encodeFunctionData({ abi: certificatesAbi, functionName: "safeBatchTransferFrom", args }) };
}

/** Begins a group of 1 MWh with Wh of certificates (lists of the same length, 1 to 64), or adds to `group`. */
export function groupCall(group: number | null, ids: readonly bigint[], wh: readonly bigint[]): Call {
  const data =
    group === null
      ? encodeFunctionData({ abi: exportsAbi, functionName: "open", args: [ids, wh] })
      : encodeFunctionData({ abi: exportsAbi, functionName: "add", args: [BigInt(group), ids, wh] });
  return { contract: "ExportGroups", data };
}

/** Takes Wh of certificates out of a group again. Lists of the same length, 1 to 64. */
export function releaseCall(group: number, ids: readonly bigint[], wh: readonly bigint[]): Call {
  const data = encodeFunctionData({ abi: exportsAbi, functionName: "release", args: [BigInt(group), ids, wh] });
  return { contract: "ExportGroups", data };
}

/** Marks a voucher as used. Only the partner who offered it. */
export function useVoucherCall(voucher: bigint): Call {
  const data = encodeFunctionData({ abi: ecopointsAbi, functionName: "useVoucher", args: [voucher] });
  return { contract: "Ecopoints", data };
}

/** What a partner promises. `priceMpt`: thousandths of a point; `validUntil`: unix seconds; `terms`: hash of the text. */
export interface OfferCallTerms {
  readonly priceMpt: bigint;
  readonly stock: number;
  readonly validUntil: number;
  readonly terms: Hex;
}

/** Publishes an offer. Only a partner. */
export function publishOfferCall({ priceMpt, stock, validUntil, terms }: OfferCallTerms): Call {
  const args = [priceMpt, stock, BigInt(validUntil), terms] as const;
  return { contract: "Ecopoints", data: encodeFunctionData({ abi: ecopointsAbi, functionName: "publishOffer", args }) };
}

/** Ends an offer before its time; vouchers sold stay good. Only its partner. */
export function closeOfferCall(offer: number): Call {
  const data = encodeFunctionData({ abi: ecopointsAbi, functionName: "closeOffer", args: [offer] });
  return { contract: "Ecopoints", data };
}

/** Registers a wallet as a member's. Only the operator. */
export function registerMemberCall(wallet: Address, commitment: Hex): Call {
  const args = [wallet, commitment] as const;
  return {
    contract: "MemberRegistry",
    data: encodeFunctionData({ abi: registryAbi, functionName: "registerMember", args }),
  };
}

/** Stops or resumes a participant's trading, from the first open interval on. Only the operator. */
export function suspendCall(participant: number, suspended: boolean): Call {
  const args = [participant, suspended] as const;
  return {
    contract: "MemberRegistry",
    data: encodeFunctionData({ abi: registryAbi, functionName: "setSuspended", args }),
  };
}

/** What member and metering operator have signed to enrol a metering point; see `enrolmentTypes`. */
export interface EnrolmentCallTerms {
  readonly member: number;
  readonly basis: number;
  readonly source: number;
  readonly importW: number;
  readonly exportW: number;
  readonly gateway: Address;
  readonly fromInterval: number;
  readonly commitment: Hex;
  readonly deadline: bigint;
}

/** Enrols a metering point with both signatures. Only the operator. */
export function enrolCall(terms: EnrolmentCallTerms, member: Hex, meteringOperator: Address, metering: Hex): Call {
  const args = [terms, member, meteringOperator, metering] as const;
  return { contract: "MemberRegistry", data: encodeFunctionData({ abi: registryAbi, functionName: "enrol", args }) };
}

/** What member and metering operator have signed to replace a key; see `rotationTypes`. */
export interface RotationCallTerms {
  readonly participant: number;
  readonly gateway: Address;
  readonly source: number;
  readonly fromInterval: number;
  readonly nonce: number;
  readonly deadline: bigint;
}

/** Replaces a metering point's key with both signatures. Anyone. */
export function rotateCall(terms: RotationCallTerms, member: Hex, meteringOperator: Address, metering: Hex): Call {
  const args = [terms, member, meteringOperator, metering] as const;
  return {
    contract: "MemberRegistry",
    data: encodeFunctionData({ abi: registryAbi, functionName: "rotateGateway", args }),
  };
}

/** A bank's reference as the 32 bytes that are booked: the same text gives the same bytes, so it counts once. */
export function depositReference(text: string): Hex {
  return keccak256(stringToBytes(text.trim()));
}

/** Adds a band of the grid's prices, µ€/kWh. Only the operator. */
export function addBandCall(retail: number, feedIn: number, networkFee: number): Call {
  const args = [retail, feedIn, networkFee] as const;
  return { contract: "TariffSchedule", data: encodeFunctionData({ abi: tariffAbi, functionName: "addBand", args }) };
}

/** Makes a band the default from an interval on. Only the operator. */
export function defaultBandCall(band: number, fromInterval: number): Call {
  const args = [band, fromInterval] as const;
  return { contract: "TariffSchedule", data: encodeFunctionData({ abi: tariffAbi, functionName: "setDefault", args }) };
}

/** Gives consecutive intervals a band each, 0 for the default. Only the operator. */
export function scheduleCall(firstInterval: number, bands: readonly number[]): Call {
  const args = [firstInterval, bands] as const;
  return { contract: "TariffSchedule", data: encodeFunctionData({ abi: tariffAbi, functionName: "schedule", args }) };
}

/** Books a member's bank transfer, n€; `reference` names the transfer, which counts once. Only the treasurer. */
export function depositCall(participant: number, amountNeur: bigint, reference: Hex): Call {
  const args = [participant, amountNeur, reference] as const;
  return { contract: "CommunityEuro", data: encodeFunctionData({ abi: euroAbi, functionName: "mintToAccount", args }) };
}

const refusalsAbi = parseAbi([
  "error GuaranteeNotAccountHolder(address account)",
  "error GuaranteeTransferClosed(uint256 id, uint256 transferableUntil)",
  "error ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 tokenId)",
  "error ExportGroupState(uint256 group, uint8 state)",
  "error ExportTooMuch(uint256 group, uint256 wh, uint256 missingWh)",
  "error ExportNotInGroup(uint256 group, uint256 id, uint256 lockedWh, uint256 wh)",
  "error EcopointsVoucherUnknown(uint256 voucher)",
  "error EcopointsVoucherUsed(uint256 voucher)",
  "error EcopointsVoucherExpired(uint256 voucher, uint256 validUntil)",
  "error EcopointsNotOfferPartner(uint32 offer, address caller)",
  "error EcopointsOfferClosed(uint32 offer)",
  "error EcopointsOfferInvalid(uint128 price, uint32 stock, uint256 validUntil)",
  "error RegistryWalletTaken(address wallet, uint32 member)",
  "error RegistryMemberUnknown(uint32 member)",
  "error RegistryParticipantUnknown(uint32 participant)",
  "error RegistrySignatureInvalid(address expectedSigner)",
  "error RegistrySignatureExpired(uint64 deadline)",
  "error RegistryEnrolmentUsed(bytes32 digest)",
  "error AccessManagedUnauthorized(address caller)",
  "error EuroReferenceUsed(bytes32 usedReference)",
  "error EuroParticipantUnknown(uint32 participant)",
]);

/** The name of a contract's refusal from its bytes; undefined where it is none that is known here. */
export function refusalName(data: Hex | undefined): string | undefined {
  if (data === undefined || data.length < 10) return undefined;
  try {
    return decodeErrorResult({ abi: refusalsAbi, data }).errorName;
  } catch {
    return undefined;
  }
}
