/** What the shell needs to know of a screen. The map is `screens/index.ts`. */
import type { ComponentType } from "preact";
import type { IconName } from "../components/Icon.js";
import type { Texts } from "../texts/en.js";

/** What every screen is given: the parts of the address behind its name (`#/market/past` gives `["past"]`). */
export interface ScreenProps {
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

export interface ScreenEntry {
  /** The first part of its address. */
  readonly path: string;
  /** Its word in the navigation, and in the browser's title. */
  readonly name: keyof Texts["nav"];
  readonly icon: IconName;
  /** `bar`: in the phone's bottom bar too · `more`: in the menu · `none`: reached by links alone. */
  readonly place: "bar" | "more" | "none";
  /** `member`: needs a metering point · `account`: needs a session · `anyone`. */
  readonly access: "member" | "account" | "anyone";
  /** Shown in the navigation only to who holds one of these roles. */
  readonly roles?: readonly string[];
  /** Works without the server: it is shown even where the community's settings are not known. */
  readonly alone?: boolean;
  load(): Promise<{ readonly default: ComponentType<ScreenProps> }>;
}
