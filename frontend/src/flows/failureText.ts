/** Any failure of a flow in the reader's words: what happened, and what to do. */
import { accountShown } from "../app/amounts.js";
import type { App } from "../app/context.js";
import { ApiFailure } from "../api/failures.js";
import type { Texts } from "../texts/en.js";
import { problemWords } from "../texts/problems.js";
import { WalletFailure } from "../wallet/provider.js";
import { FlowRefusal } from "./refusal.js";

export function failureText(failure: unknown, app: App, { wallet, states }: Texts): string {
  if (failure instanceof FlowRefusal) return failure.message;
  if (failure instanceof WalletFailure) {
    switch (failure.kind) {
      case "rejected":
      case "busy":
      case "notConnected":
      case "noAccount":
        return wallet[failure.kind];
      case "wrongAccount":
        return wallet.wrongAccount(accountShown(app.session.me.value?.wallet ?? ""));
      case "wrongChain":
        return wallet.wrongChain(app.community.value?.chain_name ?? "");
      case "unable":
        return wallet.unable;
    }
  }
  if (failure instanceof ApiFailure) {
    const { detail, hint } = problemWords(failure, app.preferences.language.value);
    switch (failure.kind) {
      case "offline":
        return `${states.offlineTitle}.`;
      case "unreachable":
        return detail || `${states.downTitle}.`;
      case "signedOut":
        return `${states.signedOutTitle}. ${states.signedOut}`;
      case "refused":
        return [detail || `${states.refusedTitle}.`, hint].filter(Boolean).join(" ");
      case "broken":
        return states.broken;
    }
  }
  return states.broken;
}
