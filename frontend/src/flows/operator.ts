/** What operators, metering operators and treasurers sign and send from their own wallets. */
import type { Address, Hex } from "viem";
import { ApiFailure } from "../api/failures.js";
import { nameMember, newProfile, signEnrolment, type ProfileCommitment } from "../api/operator.js";
import type { App } from "../app/context.js";
import type { Call } from "../chain/calls.js";
import { BASES, SOURCES, type EnrolmentFile } from "../domain/enrolmentFile.js";
import { WalletFailure } from "../wallet/provider.js";
import { askedBy } from "./chainCall.js";
import type { ReviewTerms } from "./review.js";
import { signingDomain, signTyped } from "./signed.js";
import { sendCall, type RefusalWords } from "./transaction.js";

type Calls = typeof import("../chain/calls.js");

/** Sends one call of the reader's own wallet after its review. True when it has happened. */
export function sendReviewed(
  app: App,
  build: (calls: Calls) => Call,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const calls = await import("../chain/calls.js");
    await sendCall(app, build(calls), progress, words);
    return true as const;
  });
}

export interface NewMember {
  readonly name: string;
  readonly email: string | null;
  readonly language: string;
  readonly wallet: Address;
}

/**
 * Keeps the profile, registers the wallet with its commitment, and says which member it became.
 *
 * Each step is done once, however often the review is tried again: a registered wallet cannot be registered anew.
 */
export function registerMember(
  app: App,
  { wallet, ...profile }: NewMember,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  let kept: ProfileCommitment | undefined;
  let registered = false;
  return app.review.run(review, async (progress) => {
    const [calls, { memberOf }] = await Promise.all([import("../chain/calls.js"), import("../chain/registryReads.js")]);
    kept ??= await newProfile(app.http, profile);
    const { draft, commitment } = kept;
    if (!registered) await sendCall(app, calls.registerMemberCall(wallet, commitment as Hex), progress, words);
    registered = true;
    const registry = app.community.value?.contracts["MemberRegistry"];
    if (registry === undefined) throw new WalletFailure("unable");
    const member = await memberOf(askedBy(app.http), registry, wallet);
    await onceSeen(() => nameMember(app.http, draft, member));
    return true as const;
  });
}

const LOOKS = 20;
const LOOK_MS = 1_000;

/** The server hears of a block a moment after the chain: what it does not know yet is asked again. */
async function onceSeen(act: () => Promise<unknown>): Promise<void> {
  for (let look = 1; ; look += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.kind !== "refused" || look === LOOKS) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

/** The reader's signature over an enrolment's terms, kept beside the file. */
export function signEnrolmentTerms(
  app: App,
  draft: string,
  file: EnrolmentFile,
  party: "member" | "metering_operator",
  review: ReviewTerms,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const community = app.community.value;
    if (!community) throw new WalletFailure("unable");
    const { enrolmentMessage, rotationMessage } = await import("../chain/typedData.js");
    const domain = signingDomain(community, "MemberRegistry");
    const message =
      file.kind === "enrolment"
        ? enrolmentMessage(domain, {
            member: file.terms.member,
            basis: BASES[file.terms.basis],
            source: SOURCES[file.terms.source],
            importPowerW: file.terms.import_w,
            exportPowerW: file.terms.export_w,
            gateway: file.terms.gateway as Address,
            fromInterval: file.terms.from_interval,
            commitment: file.terms.commitment as Hex,
            deadline: BigInt(file.terms.deadline_unix),
          })
        : rotationMessage(domain, {
            participant: file.terms.participant,
            gateway: file.terms.gateway as Address,
            source: SOURCES[file.terms.source],
            fromInterval: file.terms.from_interval,
            nonce: file.terms.nonce,
            deadline: BigInt(file.terms.deadline_unix),
          });
    const signature = await signTyped(app, message);
    progress("sending");
    await signEnrolment(app.http, draft, party, signature);
    return true as const;
  });
}

/** The call that submits a file with both signatures; undefined while one is missing. */
export function submission(file: EnrolmentFile, calls: Calls): Call | undefined {
  const { member, metering_operator: metering } = file.signatures;
  if (!member || !metering) return undefined;
  const signatures = [member.signature as Hex, metering.signer as Address, metering.signature as Hex] as const;
  if (file.kind === "enrolment") {
    const { terms } = file;
    return calls.enrolCall(
      {
        member: terms.member,
        basis: BASES[terms.basis],
        source: SOURCES[terms.source],
        importW: terms.import_w,
        exportW: terms.export_w,
        gateway: terms.gateway as Address,
        fromInterval: terms.from_interval,
        commitment: terms.commitment as Hex,
        deadline: BigInt(terms.deadline_unix),
      },
      ...signatures,
    );
  }
  const { terms } = file;
  return calls.rotateCall(
    {
      participant: terms.participant,
      gateway: terms.gateway as Address,
      source: SOURCES[terms.source],
      fromInterval: terms.from_interval,
      nonce: terms.nonce,
      deadline: BigInt(terms.deadline_unix),
    },
    ...signatures,
  );
}
