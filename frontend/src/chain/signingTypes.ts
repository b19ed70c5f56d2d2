/**
 * The EIP-712 types of everything that is signed, each field named with its unit.
 *
 * The contracts and the Python package hold the same; tests/vectors/eip712.json pins the digests for all three.
 */

export const runTypes = {
  Run: [
    { name: "participant", type: "uint32" },
    { name: "firstInterval", type: "uint32" },
    { name: "readings", type: "bytes" },
  ],
} as const;

const orderTail = [
  { name: "buyCapWhPerInterval", type: "uint24" },
  { name: "sellCapWhPerInterval", type: "uint24" },
  { name: "fromInterval", type: "uint32" },
  { name: "toInterval", type: "uint32" },
  { name: "nonce", type: "uint40" },
  { name: "deadlineUnix", type: "uint64" },
] as const;

export const orderTypes = {
  Order: [
    { name: "participant", type: "uint32" },
    { name: "standing", type: "bool" },
    { name: "buyLimitMicroEurPerKwh", type: "int32" },
    { name: "sellLimitMicroEurPerKwh", type: "int32" },
    ...orderTail,
  ],
} as const;

export const spreadOrderTypes = {
  SpreadOrder: [
    { name: "participant", type: "uint32" },
    { name: "standing", type: "bool" },
    { name: "buySharePpm", type: "int32" },
    { name: "sellSharePpm", type: "int32" },
    ...orderTail,
  ],
} as const;

export const cancelTypes = {
  Cancel: [
    { name: "participant", type: "uint32" },
    { name: "standing", type: "bool" },
    { name: "nonce", type: "uint40" },
    { name: "deadlineUnix", type: "uint64" },
  ],
} as const;

export const withdrawalTypes = {
  Withdrawal: [
    { name: "participant", type: "uint32" },
    { name: "amountNeur", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadlineUnix", type: "uint64" },
  ],
} as const;

export const enrolmentTypes = {
  Enrolment: [
    { name: "member", type: "uint32" },
    { name: "basis", type: "uint8" },
    { name: "source", type: "uint8" },
    { name: "importPowerW", type: "uint24" },
    { name: "exportPowerW", type: "uint24" },
    { name: "gateway", type: "address" },
    { name: "fromInterval", type: "uint32" },
    { name: "commitment", type: "bytes32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const rotationTypes = {
  Rotation: [
    { name: "participant", type: "uint32" },
    { name: "gateway", type: "address" },
    { name: "source", type: "uint8" },
    { name: "fromInterval", type: "uint32" },
    { name: "nonce", type: "uint32" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const redemptionTypes = {
  Redemption: [
    { name: "member", type: "address" },
    { name: "offer", type: "uint32" },
    { name: "priceMilliPoints", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
} as const;

export const cancellationTypes = {
  Cancellation: [
    { name: "holder", type: "address" },
    { name: "ids", type: "uint256[]" },
    { name: "amounts", type: "uint256[]" },
    { name: "terms", type: "Statement" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint64" },
  ],
  Statement: [
    { name: "beneficiary", type: "bytes32" },
    { name: "purpose", type: "bytes32" },
    { name: "periodFrom", type: "uint64" },
    { name: "periodTo", type: "uint64" },
    { name: "country", type: "bytes2" },
    { name: "statementHash", type: "bytes32" },
  ],
} as const;

export const consentTypes = {
  Consent: [
    { name: "request", type: "uint64" },
    { name: "participant", type: "uint32" },
    { name: "grantee", type: "address" },
    { name: "directions", type: "uint8" },
    { name: "granularity", type: "uint8" },
    { name: "readsPerDay", type: "uint8" },
    { name: "purpose", type: "bytes32" },
    { name: "validFromUnix", type: "uint64" },
    { name: "validUntilUnix", type: "uint64" },
    { name: "nonce", type: "uint256" },
    { name: "deadlineUnix", type: "uint64" },
  ],
} as const;

export const rejectionTypes = {
  Rejection: [
    { name: "consent", type: "uint64" },
    { name: "deadlineUnix", type: "uint64" },
  ],
} as const;

export const revocationTypes = {
  Revocation: [
    { name: "consent", type: "uint64" },
    { name: "deadlineUnix", type: "uint64" },
  ],
} as const;

/** ERC-2612. */
export const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;
