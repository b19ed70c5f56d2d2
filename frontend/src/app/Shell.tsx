/** The frame around every screen: navigation, the lines that are true of the whole page, dialogs and toasts. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../components/Dialog.js";
import { Icon, Mark } from "../components/Icon.js";
import { ReviewDialog } from "../components/ReviewDialog.js";
import { Toasts } from "../components/Toasts.js";
import { SCREENS } from "../screens/index.js";
import { useTexts } from "../texts/index.js";
import { useApp } from "./context.js";
import { PageBanners } from "./PageBanners.js";
import { hrefOf } from "./router.js";
import type { ScreenEntry } from "./screenTypes.js";

/** Screens in the phone's bar beside “More”. */
const MOST_IN_BAR = 4;

export function Shell({ active, children }: { readonly active: string; readonly children: ComponentChildren }) {
  const texts = useTexts();
  const app = useApp();
  const [menuOpen, setMenuOpen] = useState(false);
  const entries = shownEntries(app.session.me.value?.roles ?? []);
  const signedOut = app.session.state.value.status === "out";
  const bar = entries.filter((entry) => entry.place === "bar").slice(0, MOST_IN_BAR);
  const more = entries.filter((entry) => !bar.includes(entry));
  const name = app.community.value?.name ?? texts.product;
  const closeMenu = (): void => {
    setMenuOpen(false);
  };
  return (
    <div class="shell">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {texts.skip}
      </a>
      <header class="topbar">
        <Brand name={name} />
        {signedOut && active !== "sign-in" && (
          <a class="button button-primary button-small" href={hrefOf("sign-in")}>
            {texts.nav.signIn}
          </a>
        )}
      </header>
      <nav class="side-nav" aria-label={texts.nav.label}>
        <Brand name={name} />
        {entries.map((entry) => (
          <MenuItem key={entry.path} entry={entry} active={active} />
        ))}
        {signedOut && (
          <div class="push">
            <a class="button button-primary button-wide" href={hrefOf("sign-in")}>
              {texts.nav.signIn}
            </a>
          </div>
        )}
      </nav>
      <main class="page" id="content" tabIndex={-1}>
        <PageBanners />
        {children}
      </main>
      <nav class="bottom-nav" aria-label={texts.nav.label}>
        {bar.map((entry) => (
          <a
            key={entry.path}
            class="nav-item"
            href={hrefOf(entry.path)}
            aria-current={entry.path === active ? "page" : undefined}
          >
            <Icon name={entry.icon} />
            <span>{texts.nav[entry.name]}</span>
          </a>
        ))}
        <button
          type="button"
          class="nav-item"
          aria-haspopup="dialog"
          aria-current={more.some((entry) => entry.path === active) ? "page" : undefined}
          onClick={() => {
            setMenuOpen(true);
          }}
        >
          <Icon name="more" />
          <span>{texts.nav.more}</span>
        </button>
      </nav>
      {menuOpen && (
        <Dialog title={texts.nav.more} onClose={closeMenu}>
          <div class="more-list">
            {more.map((entry) => (
              <MenuItem key={entry.path} entry={entry} active={active} onClick={closeMenu} />
            ))}
          </div>
        </Dialog>
      )}
      <ReviewDialog />
      <Toasts />
    </div>
  );
}

function shownEntries(roles: readonly string[]): readonly ScreenEntry[] {
  return SCREENS.filter(
    (entry) => entry.place !== "none" && (!entry.roles || entry.roles.some((role) => roles.includes(role))),
  );
}

function Brand({ name }: { readonly name: string }) {
  return (
    <a class="brand" href={hrefOf("")}>
      <Mark />
      <span class="brand-name">{name}</span>
    </a>
  );
}

interface MenuItemProps {
  readonly entry: ScreenEntry;
  readonly active: string;
  readonly onClick?: () => void;
}

function MenuItem({ entry, active, onClick }: MenuItemProps) {
  const texts = useTexts();
  return (
    <a
      class="menu-item"
      href={hrefOf(entry.path)}
      aria-current={entry.path === active ? "page" : undefined}
      onClick={onClick}
    >
      <Icon name={entry.icon} />
      {texts.nav[entry.name]}
    </a>
  );
}
