/** Language, appearance, metering point, and the way out. */
import { useState } from "preact/hooks";
import { callPoint } from "../../api/client.js";
import { accountShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import type { Theme } from "../../app/preferences.js";
import { hrefOf } from "../../app/router.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Field, Select } from "../../components/Field.js";
import { ChoiceGroup } from "../../components/Tabs.js";
import { failureText } from "../../flows/failureText.js";
import { signOut } from "../../flows/signIn.js";
import type { Language } from "../../formatting.js";
import { useTexts } from "../../texts/index.js";

const LANGUAGES = [
  { value: "fr", label: "Français" },
  { value: "en", label: "English" },
] as const satisfies readonly { value: Language; label: string }[];

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export default function SettingsScreen() {
  const { preferences, community } = useApp();
  const { settings } = useTexts();
  return (
    <div class="stack narrow">
      <div class="page-head">
        <h1>{settings.title}</h1>
      </div>
      <Card title={settings.language}>
        <ChoiceGroup
          label={settings.language}
          value={preferences.language.value}
          choices={LANGUAGES}
          onChange={(language) => {
            preferences.language.value = language;
          }}
        />
      </Card>
      <Card title={settings.theme}>
        <ChoiceGroup
          label={settings.theme}
          value={preferences.theme.value}
          choices={THEMES.map((theme) => ({ value: theme, label: settings.themes[theme] }))}
          onChange={(theme) => {
            preferences.theme.value = theme;
          }}
        />
      </Card>
      <Account />
      {community.value && (
        <p class="quiet small">
          {community.value.controller && settings.controller(community.value.controller)}{" "}
          {settings.version(community.value.version)}
        </p>
      )}
    </div>
  );
}

function Account() {
  const app = useApp();
  const { settings, nav } = useTexts();
  const me = app.session.me.value;
  if (!me) {
    return (
      <Card title={settings.account}>
        <ButtonLink href={hrefOf("sign-in")} icon="wallet">
          {nav.signIn}
        </ButtonLink>
      </Card>
    );
  }
  const leave = async (): Promise<void> => {
    // Without the server the session ends by itself within hours; here it is over at once.
    await signOut(app).catch(() => undefined);
    app.toasts.show(settings.signedOut);
    app.router.go("");
  };
  return (
    <Card title={settings.account}>
      <div class="stack">
        <div>
          {me.name && <strong>{me.name}</strong>}
          <p class="quiet">{settings.signedInAs(accountShown(me.wallet))}</p>
        </div>
        {me.participants.length > 1 && (
          <Select
            label={settings.meteringPoint}
            value={String(app.session.participant.value?.participant ?? "")}
            options={me.participants.map((one) => ({ value: String(one.participant), label: one.label }))}
            onChange={(value) => {
              app.session.choose(Number(value));
            }}
          />
        )}
        {me.participants.length > 0 && <PointName key={app.session.participant.value?.participant} />}
        <div>
          <Button look="plain" onClick={leave}>
            {settings.signOut}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** The member's own word for the metering point looked at. */
function PointName() {
  const app = useApp();
  const texts = useTexts();
  const { settings } = texts;
  const point = app.session.participant.value;
  const [name, setName] = useState(point?.label ?? "");
  const [busy, setBusy] = useState(false);
  if (!point) return null;
  const wanted = name.trim();

  async function save(participant: number): Promise<void> {
    setBusy(true);
    try {
      await callPoint(app.http, participant, wanted);
      await app.session.refresh();
      app.toasts.show(settings.renamed, "good");
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
    setBusy(false);
  }

  return (
    <form
      class="stack-tight"
      onSubmit={(event) => {
        event.preventDefault();
        void save(point.participant);
      }}
    >
      <Field label={settings.pointName} hint={settings.pointNameHint} value={name} onInput={setName} maxLength={80} />
      <div>
        <Button type="submit" look="plain" disabled={busy || wanted === "" || wanted === point.label}>
          {settings.rename}
        </Button>
      </div>
    </form>
  );
}
