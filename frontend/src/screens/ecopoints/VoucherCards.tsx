/** Vouchers: each opens as one large number that the partner types. */
import { useState } from "preact/hooks";
import type { Voucher } from "../../api/registry.js";
import { useApp, useCommunity } from "../../app/context.js";
import { show } from "../../app/time.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Dialog } from "../../components/Dialog.js";
import { useWords } from "../../texts/index.js";
import { voucherCode } from "./voucherCode.js";
import { ECOPOINTS } from "./words.js";

export function VoucherCards({ vouchers }: { readonly vouchers: readonly Voucher[] }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(ECOPOINTS);
  const [open, setOpen] = useState<Voucher | undefined>();
  const date = (unix: number): string => show(unix, zone, language, { dateStyle: "medium" });
  const openFirst = [...vouchers].sort((one, other) => Number(other.state === "open") - Number(one.state === "open"));
  return (
    <Card title={words.vouchers}>
      <ul class="vouchers">
        {openFirst.map((voucher) => (
          <li key={voucher.voucher} data-state={voucher.state}>
            <div>
              <strong>{voucher.offer.title}</strong>
              <p class="small quiet">
                {voucher.used === null
                  ? words.until(date(voucher.offer.valid_until))
                  : words.usedOn(date(voucher.used))}
              </p>
            </div>
            {voucher.state === "open" ? (
              <Button
                small
                onClick={() => {
                  setOpen(voucher);
                }}
              >
                {words.voucherShow}
              </Button>
            ) : (
              <Badge>{words.voucherStates[voucher.state] ?? voucher.state}</Badge>
            )}
          </li>
        ))}
      </ul>
      {open && (
        <Dialog
          title={words.voucherTitle}
          onClose={() => {
            setOpen(undefined);
          }}
        >
          <div class="voucher-open">
            <p class="voucher-title">{open.offer.title}</p>
            <p class="voucher-code num">{voucherCode(open.voucher)}</p>
            <p class="quiet">{words.voucherHint}</p>
          </div>
        </Dialog>
      )}
    </Card>
  );
}
