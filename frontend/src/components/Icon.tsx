/** Line icons of 24 units, drawn with the colour of the text. They decorate: the word beside them says it. */

const PATHS = {
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9M10 19v-5h4v5",
  energy: "M13 3 5.5 13.5H11L10 21l8-11h-5.5z",
  market: "M4 18l5-6 4 3.5L20 7M20 7h-5M20 7v5",
  guarantees: "M12 3l7 3v5.5c0 4.3-2.9 7.7-7 9.5-4.1-1.8-7-5.2-7-9.5V6zM9 12l2.2 2.200L15.2 10",
  ecopoints: "M5 19c0-9 5-13.5 14-14-.5 9-5 14-12 13M5 20c1.5-4.5 4-7.5 8-9.5",
  community:
    "M8.5 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 19c.5-3.5 3-5 6-5s5.5 1.5 6 5M16 11.5a2.5 2.5 0 1 0-1-4.800M17 14.200c2.5.3 4.2 1.8 4.5 4.8",
  consents: "M7.5 11V8a4.5 4.5 0 0 1 9 0v3M5.5 11h13v9h-13zM12 14.5v2",
  verify: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20.5 20.5M8 10.5l2 2 3.2-3.5",
  operator:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  settings:
    "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.600l1.8 1.800M16.6 16.600l1.8 1.800M5.6 18.400l1.8-1.800M16.6 7.400l1.8-1.8",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  left: "M14.5 6l-6 6 6 6",
  right: "M9.5 6l6 6-6 6",
  download: "M12 4v11M7.5 11 12 15.5 16.5 11M5 19.5h14",
  wallet: "M4 7.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 7.5c0-1.5 1-2.5 2.5-2.5H16v2.5M16 13.5h.01",
  offline: "M4 4l16 16M8.5 15.5a5 5 0 0 1 6.5-.5M5 12a10 10 0 0 1 4-2.400M13.5 9.100A10 10 0 0 1 19 12M12 19h.01",
  alert: "M12 4.5 21 20H3zM12 10.5v4M12 17.200h.01",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M5.3 18.700l1.4-1.400M17.3 6.700l1.4-1.4",
  plug: "M9 3.5V8M15 3.5V8M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v3.5",
  leaf: "M5 19c0-9 5-13.5 14-14-.5 9-5 14-12 13",
  neighbours: "M2.5 12.5 7.5 8l5 4.5M4 11.5V19h7v-7M13 8.8 16.5 6l5 4.5M20 9.5V19h-5.5",
  grid: "M12 3 8 21M12 3l4 18M7 8.5h10M5.5 8.5v2.5M18.5 8.5v2.5M9.5 14h5M8.7 17.5h6.6",
  question:
    "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM9.7 9.5c.2-1.3 1.1-2 2.3-2 1.4 0 2.3.9 2.3 2 0 1.7-2.3 1.9-2.3 3.700M12 16.300h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width={name === "more" ? 3 : 1.75}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

/** The product's mark. */
export function Mark() {
  return (
    <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect width="64" height="64" rx="16" fill="#0b6b4d" />
      <path
        d="M14 22l8.5 22L32 25l9.5 19L50 22"
        fill="none"
        stroke="#fff"
        stroke-width="5.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle cx="32" cy="14.5" r="4.5" fill="#ffd166" />
    </svg>
  );
}
