/** What the reader chose for this device: language and theme. Kept in the browser alone. */
import { effect, signal, type Signal } from "@preact/signals";
import type { Language } from "../formatting.js";

/** `system` follows the device. */
export type Theme = "system" | "light" | "dark";

export interface Preferences {
  readonly language: Signal<Language>;
  readonly theme: Signal<Theme>;
}

const KEYS = { language: "watt.language", theme: "watt.theme" } as const;

/** The first language the device asks for that we have; else English. */
export function preferredLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    if (/^fr\b/i.test(tag)) return "fr";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

/** Reads what was kept, and keeps and shows what changes. Made once, when the pages start. */
export function createPreferences(view: Window): Preferences {
  const storage = storageOf(view);
  const kept = { language: storage?.getItem(KEYS.language), theme: storage?.getItem(KEYS.theme) };
  const language = signal<Language>(
    kept.language === "fr" || kept.language === "en" ? kept.language : preferredLanguage(view.navigator.languages),
  );
  const theme = signal<Theme>(kept.theme === "light" || kept.theme === "dark" ? kept.theme : "system");
  effect(() => {
    view.document.documentElement.lang = language.value;
    storage?.setItem(KEYS.language, language.value);
  });
  effect(() => {
    view.document.documentElement.dataset["theme"] = theme.value;
    storage?.setItem(KEYS.theme, theme.value);
  });
  return { language, theme };
}

/** A browser may forbid storage: the choice then lasts as long as the page. */
function storageOf(view: Window): Storage | undefined {
  try {
    return view.localStorage;
  } catch {
    return undefined;
  }
}
