/** Lines that are true of the whole page: no network, no server, another account or network, a demo. */
import { Banner } from "../components/Banner.js";
import { Button, ButtonLink } from "../components/Button.js";
import { failureText } from "../flows/failureText.js";
import { chainTerms } from "../flows/signed.js";
import { useTexts } from "../texts/index.js";
import { useApp } from "./context.js";
import { hrefOf } from "./router.js";

export function PageBanners() {
  return (
    <>
      <DemoBanner />
      <LinkBanner />
      <WalletBanner />
    </>
  );
}

function DemoBanner() {
  const community = useApp().community.value;
  const { demo } = useTexts();
  if (!community?.devnet) return null;
  return (
    <Banner icon="leaf">
      {demo.banner} {community.speed > 1 && demo.fast(community.speed)}
    </Banner>
  );
}

function LinkBanner() {
  const { connectivity } = useApp();
  const { states } = useTexts();
  const link = connectivity.link.value;
  if (link === "up") return null;
  const action = link === "down" && (
    <Button look="quiet" small onClick={connectivity.retry}>
      {states.retry}
    </Button>
  );
  return (
    <Banner tone="warn" icon="offline" action={action}>
      <strong>{link === "offline" ? states.offlineTitle : states.downTitle}.</strong>{" "}
      {link === "offline" ? states.offline : states.down}
    </Banner>
  );
}

function WalletBanner() {
  const app = useApp();
  const texts = useTexts();
  const wallet = app.wallets.current.value;
  const me = app.session.me.value;
  const community = app.community.value;
  if (!wallet || !me || !community) return null;
  const address = wallet.address.value?.toLowerCase();
  if (address !== undefined && address !== me.wallet.toLowerCase()) {
    const action = (
      <ButtonLink look="quiet" small href={hrefOf("sign-in")}>
        {texts.wallet.changedAction}
      </ButtonLink>
    );
    return (
      <Banner tone="warn" icon="wallet" action={action}>
        {texts.wallet.changed}
      </Banner>
    );
  }
  const chain = wallet.chainId.value;
  if (chain === undefined || chain === community.chain_id) return null;
  const switchNetwork = async (): Promise<void> => {
    try {
      await wallet.useChain(chainTerms(community, location.origin));
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
  };
  return (
    <Banner
      tone="warn"
      icon="wallet"
      action={
        <Button look="quiet" small onClick={switchNetwork}>
          {texts.wallet.wrongNetworkAction}
        </Button>
      }
    >
      {texts.wallet.wrongNetwork}
    </Banner>
  );
}
