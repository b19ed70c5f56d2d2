/** One's own data: all of it as a file, and its erasure. */
import { useState } from "preact/hooks";
import { eraseMyData, myData, type Erasure } from "../../api/consents.js";
import { useApp, useCommunity } from "../../app/context.js";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { Icon } from "../../components/Icon.js";
import { saveFile } from "../../components/saveFile.js";
import { failureText } from "../../flows/failureText.js";
import { signIn, signOut } from "../../flows/signIn.js";
import { signingWallet } from "../../flows/signed.js";
import { useTexts, useWords } from "../../texts/index.js";
import { CONSENTS } from "./words.js";

export function MyData() {
  const app = useApp();
  const texts = useTexts();
  const { controller } = useCommunity();
  const words = useWords(CONSENTS).data;
  const [erasing, setErasing] = useState(false);

  async function download(): Promise<void> {
    try {
      saveFile(await myData(app.http));
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
  }

  return (
    <Card title={words.title}>
      <div class="stack">
        <p class="quiet">{words.text(controller)}</p>
        <div class="row">
          <Button look="plain" icon="download" onClick={download}>
            {words.download}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              setErasing(true);
            }}
          >
            {words.erase}
          </Button>
        </div>
      </div>
      {erasing && (
        <EraseDialog
          onClose={() => {
            setErasing(false);
          }}
        />
      )}
    </Card>
  );
}

type Step = { readonly erased: Erasure } | "ask" | "busy";

/** A fresh signature confirms: the server erases only within minutes of a sign-in. */
function EraseDialog({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(CONSENTS).data;
  const [typed, setTyped] = useState("");
  const [step, setStep] = useState<Step>("ask");
  const [failure, setFailure] = useState<unknown>();

  async function erase(): Promise<void> {
    setStep("busy");
    setFailure(undefined);
    try {
      await signIn(app, signingWallet(app));
      setStep({ erased: await eraseMyData(app.http) });
    } catch (error) {
      setFailure(error);
      setStep("ask");
    }
  }

  if (typeof step === "object") {
    const leave = (): void => {
      onClose();
      // The server has ended the session already: only this page still thinks otherwise.
      signOut(app).catch(() => undefined);
    };
    return (
      <Dialog title={words.doneTitle} onClose={leave} actions={<Button onClick={leave}>{words.close}</Button>}>
        <div class="stack">
          {step.erased.erased.length === 0 ? (
            <p>{words.nothing}</p>
          ) : (
            <>
              <p>{words.done}</p>
              <Points icon="check" items={step.erased.erased.map((table) => words.tables[table] ?? table)} />
            </>
          )}
          <div class="stack-tight">
            <h3>{words.stays}</h3>
            <Points icon="question" items={step.erased.kept.flatMap((code) => words.kept[code] ?? [])} />
          </div>
          {typeof app.session.me.value?.member === "number" && <p class="small quiet">{words.toLeave}</p>}
        </div>
      </Dialog>
    );
  }
  const ready = typed.trim().toUpperCase() === words.word && step === "ask";
  const actions = (
    <>
      <Button look="plain" disabled={step === "busy"} onClick={onClose}>
        {texts.review.cancel}
      </Button>
      <Button look="grave" disabled={!ready} onClick={erase}>
        {step === "busy" ? words.busy : words.action}
      </Button>
    </>
  );
  return (
    <Dialog title={words.eraseTitle} onClose={onClose} closable={step === "ask"} actions={actions}>
      <div class="stack">
        <h3>{words.goes}</h3>
        <Points icon="close" items={words.goesList} />
        <h3>{words.stays}</h3>
        <Points icon="question" items={words.staysList} />
        <p>{words.consequences}</p>
        <p class="small quiet">{words.confirm}</p>
        <Field label={words.type(words.word)} value={typed} onInput={setTyped} />
        {failure !== undefined && (
          <Banner icon="alert" tone="bad">
            {failureText(failure, app, texts)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}

function Points({ icon, items }: { readonly icon: "check" | "close" | "question"; readonly items: readonly string[] }) {
  return (
    <ul class="points">
      {items.map((item) => (
        <li key={item}>
          <Icon name={icon} />
          <span>{item}</span>
        </li>
      ))}
    </ul>
  );
}
