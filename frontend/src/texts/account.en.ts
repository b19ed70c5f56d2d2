/** English words of signing in. */
export const accountEn = {
  title: "Sign in",
  lead: "Your wallet is your key: it says who you are, and it signs your bids. Signing in costs nothing and moves no money.",
  wallets: "Wallets in this browser",
  none: "No wallet found in this browser",
  noneText:
    "Install a wallet as a browser extension, for example MetaMask, or open this page in your wallet app's own browser. Then come back here.",
  connect: (name: string) => `Continue with ${name}`,
  connecting: (name: string) => `${name} asks you to choose an account…`,
  signing: (name: string) => `${name} asks you to sign in…`,
  signingHint: "It shows a text of this community. No window? Look for it behind this one.",
  done: (name: string | null) => (name ? `Welcome, ${name}.` : "You are signed in."),
  demo: "Demo wallets",
  demoText: "For trying only: everybody knows their keys. Choose who you want to be.",
  demoMore: "All demo wallets",
  already: (account: string) => `You are signed in with ${account}.`,
  goHome: "Go to the home page",
  roles: {
    member: "Member",
    operator: "Operator",
    metering_operator: "Metering operator",
    issuing_body: "Issuing body",
    treasurer: "Treasurer",
    coach: "Green Coach",
    partner: "Partner",
    auditor: "Auditor",
    keeper: "Keeper",
    third_party: "Third party",
  } as Readonly<Record<string, string>>,
};

export type AccountTexts = typeof accountEn;
