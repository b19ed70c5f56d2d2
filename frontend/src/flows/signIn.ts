/** Signing in: the wallet signs a text that the server wrote, and the server opens a session. */
import { challenge, closeSession, openSession } from "../api/client.js";
import type { App } from "../app/context.js";
import type { Connection } from "../wallet/connection.js";
import { WalletFailure } from "../wallet/provider.js";

/** Signs in with a connected wallet. Throws WalletFailure or ApiFailure; then nobody is signed in anew. */
export async function signIn(app: App, wallet: Connection): Promise<void> {
  const account = wallet.address.value;
  if (!account) throw new WalletFailure("noAccount");
  const { message } = await challenge(app.http, account);
  const signature = await wallet.signText(message);
  await openSession(app.http, message, signature);
  forgetShown(app);
  await app.session.refresh();
  app.live.reopen();
}

/** Ends the session here and at the server, and lets the wallet go. */
export async function signOut(app: App): Promise<void> {
  try {
    await closeSession(app.http);
  } finally {
    app.wallets.disconnect();
    app.session.ended();
    forgetShown(app);
    app.live.reopen();
  }
}

/** One member's figures never flash up for the next. */
function forgetShown(app: App): void {
  app.http.forget();
  app.resources.clear();
}
