/** Where the contracts keep what a proof file shows; made by scripts/export_artifacts.py. */
export const PROOF_LAYOUT = {
 "contracts": {
  "Corrections": {
   "_earlier": 1
  },
  "EnergyMarket": {
   "_fillsHashes": 14,
   "_outcomes": 11
  },
  "GuaranteeOfOrigin": {
   "_claims": 11,
   "_held": 8,
   "_issued": 9
  },
  "MemberRegistry": {
   "_devices": 12,
   "_participants": 9,
   "_states": 13
  },
  "MeterLedger": {
   "_readings": 2
  }
 },
 "identity": "0f5336fb23b1f1fe",
 "structs": {
  "Device": {
   "capacityW": [
    0,
    16,
    4
   ],
   "commissionedAt": [
    0,
    20,
    8
   ],
   "commitment": [
    2,
    0,
    32
   ],
   "country": [
    0,
    28,
    2
   ],
   "fuel": [
    0,
    7,
    9
   ],
   "scheme": [
    0,
    30,
    1
   ],
   "technology": [
    0,
    0,
    7
   ]
  },
  "Participant": {
   "epochs": [
    2,
    0,
    64
   ]
  },
  "Trace": {
   "earlier": [
    1,
    0,
    32
   ],
   "latest": [
    0,
    0,
    32
   ]
  }
 }
} as const;
