/** The dialog of `flows/review.ts`: what will be signed, before the wallet opens. */
import { useApp } from "../app/context.js";
import { failureText } from "../flows/failureText.js";
import type { Review } from "../flows/review.js";
import { useTexts } from "../texts/index.js";
import { Banner } from "./Banner.js";
import { Button } from "./Button.js";
import { Dialog } from "./Dialog.js";

export function ReviewDialog() {
  const review = useApp().review.current.value;
  return review ? <Shown review={review} /> : null;
}

function Shown({ review }: { readonly review: Review }) {
  const app = useApp();
  const texts = useTexts();
  const { terms, step, failure } = review;
  const wallet = app.wallets.current.value;
  const asking = step === "ask" || step === "failed";
  const actions = asking && (
    <>
      <Button look="plain" onClick={review.cancel}>
        {texts.review.cancel}
      </Button>
      <Button look={terms.grave ? "grave" : "primary"} onClick={review.agree} autofocus>
        {step === "failed" ? texts.review.retry : terms.action}
      </Button>
    </>
  );
  return (
    <Dialog title={terms.title} onClose={review.cancel} closable={step !== "sending"} actions={actions}>
      <div class="stack">
        <p class="quiet">{texts.review.heading}</p>
        <dl class="terms">
          {terms.lines.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {terms.note && <p class="small quiet">{terms.note}</p>}
        {asking && <p class="small quiet">{wallet?.demo ? texts.review.demo : texts.review.free}</p>}
        <div role="status">
          {step === "wallet" && wallet && !wallet.demo && (
            <Banner icon="wallet">
              <strong>{texts.review.wallet(wallet.name)}</strong> {texts.review.walletHint}
            </Banner>
          )}
          {step === "sending" && <Banner icon="clock">{texts.review.sending}</Banner>}
          {step === "failed" && (
            <Banner icon="alert" tone="bad">
              {failureText(failure, app, texts)}
            </Banner>
          )}
        </div>
      </div>
    </Dialog>
  );
}
