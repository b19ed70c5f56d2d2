/** English words of a consumption claim on the screen Verify. `verify.claim.fr.ts` has the same keys. */
import type { LineWords } from "./verify.en.js";

export const verifyClaimEn = {
  paper: "You come from a claim on paper",
  paperText: "Open the data file that was handed over with it: this page says whether it is that very file, and right.",
  paperPrint: "Fingerprint on the paper",
  title: (month: string, participant: number) => `Claim of ${month}, metering point ${participant}`,
  community: "Community",
  certificateKind: "Stands on",
  kinds: {
    community_certificate: "the community's own certificates",
    guarantee_of_origin: "guarantees of origin",
  } as Readonly<Record<string, string>>,
  used: "Used",
  matched: "Matched in the same interval",
  ownUse: "Made and used at the point",
  bought: "Bought from neighbours",
  cancelled: "Certificates used by statements",
  uncertified: "Local without a certificate, not claimed",
  verdicts: { unproved: "Nothing in this claim is wrong", broken: "This claim is not right" },
  verdictTexts: {
    unproved: "Its sums are right and no Wh is claimed twice. What it rests on, its proof files and the network show.",
    broken: "One line does not hold. Do not rely on this claim.",
  },
  linesTitle: "What was checked",
  proofs: (count: number) => (count === 1 ? "One proof file belongs to it." : `${count} proof files belong to it.`),
  proof: "Check that a file is one of them",
  proofIs: "This file belongs to the claim. Open it by itself to check it.",
  proofIsNot: "This file does not belong to the claim.",
  lines: {
    print: {
      title: "The paper's fingerprint",
      ok: () => "The paper names this very file.",
      reasons: {
        no_paper: (v) => `Compare it with the paper: ${v["found"] ?? ""}`,
        differs: () => "The paper names another file.",
      },
    },
    month: {
      title: "The month's intervals",
      ok: (v) => `All ${v["found"] ?? ""}; ${v["unread"] ?? 0} without a reading, ${v["waiting"] ?? 0} not settled.`,
      reasons: {
        interval: (v, f) => `An interval stands where none can: ${f.time(v["at"])}.`,
        expected: (v) => `The period has ${v["expected"] ?? ""} intervals, the file says ${v["found"] ?? ""}.`,
        differs: (v) => `Of ${v["expected"] ?? ""} intervals the file accounts for ${v["found"] ?? ""}.`,
      },
    },
    used: {
      title: "No more than was used",
      ok: () => "In every interval, and nothing against an estimate.",
      reasons: {
        too_much: (v, f) => `More is claimed than was used: ${f.time(v["at"])}.`,
        estimated: (v, f) => `Claimed against an estimated reading: ${f.time(v["at"])}.`,
        uses: (v, f) => `Its certificates come to ${f.wh(v["expected"])}: ${f.time(v["at"])}.`,
      },
    },
    once: {
      title: "Each certificate once, in its own interval",
      ok: () => "None is claimed twice in this file, none in another interval than it was made in.",
      reasons: {
        twice: (v) => `Certificate ${v["certificate"] ?? ""} of statement ${v["statement"] ?? ""} stands twice.`,
        other_interval: (v) => `Certificate ${v["certificate"] ?? ""} was made in another interval.`,
      },
    },
    periods: {
      title: "Reporting periods",
      ok: () => "Every statement covers the intervals it is used in.",
      reasons: {
        unknown: (v) => `Statement ${v["statement"] ?? ""} is used, and not listed.`,
        excluded: (v) => `Statement ${v["statement"] ?? ""} is said to be left out, and is used.`,
        outside: (v, f) => `Statement ${v["statement"] ?? ""} does not cover ${f.time(v["at"])}.`,
      },
    },
    statements: {
      title: "Statements",
      ok: (v) => `What is taken from each adds up (${v["found"] ?? 0}).`,
      reasons: {
        differs: (v, f) =>
          `Statement ${v["statement"] ?? ""}: ${f.wh(v["expected"])} are used, the file says ${f.wh(v["found"])}.`,
        twice: () => "One is listed twice.",
      },
    },
    days: {
      title: "Days",
      ok: (v) => `Each of the ${v["found"] ?? ""} is the sum of its intervals.`,
      reasons: {
        other_days: () => "The days are not those of the intervals.",
        differs: (v) => `${v["day"] ?? ""} is not the sum of its intervals.`,
      },
    },
    total: {
      title: "The whole month",
      ok: (v, f) => `${f.wh(v["matched"])} of ${f.wh(v["consumption"])}: the sum of its intervals.`,
      reasons: { differs: () => "It is not the sum of its intervals." },
    },
    on_chain: {
      title: "On the community's network",
      ok: () => "",
      reasons: {
        file_alone: () => "A file alone cannot prove that readings and statements are the network's: proof files do.",
      },
    },
  } as Readonly<Record<string, LineWords>>,
};

export type VerifyClaimTexts = typeof verifyClaimEn;
