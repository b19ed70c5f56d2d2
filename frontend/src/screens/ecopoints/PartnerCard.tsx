/** For partners: taking a voucher that a member shows. */
import { useState } from "preact/hooks";
import { useApp } from "../../app/context.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Field } from "../../components/Field.js";
import { takeVoucher } from "../../flows/ecopoints.js";
import { useWords } from "../../texts/index.js";
import { voucherCode, voucherOf } from "./voucherCode.js";
import { ECOPOINTS } from "./words.js";

export function PartnerCard({ onTaken }: { readonly onTaken: () => void }) {
  const app = useApp();
  const words = useWords(ECOPOINTS);
  const [code, setCode] = useState("");
  const [error, setError] = useState<string | undefined>();

  async function take(): Promise<void> {
    const voucher = voucherOf(code);
    setError(voucher === undefined ? words.partner.wrong : undefined);
    if (voucher === undefined) return;
    const review = {
      title: words.partner.reviewTitle,
      lines: [{ label: words.partner.reviewVoucher, value: voucherCode(voucher) }],
      note: words.partner.reviewNote,
      action: words.partner.action,
    };
    if (!(await takeVoucher(app, voucher, review, words.refusals))) return;
    setCode("");
    app.toasts.show(words.partner.done, "good");
    onTaken();
  }

  return (
    <Card title={words.partner.title}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void take();
        }}
      >
        <p class="quiet">{words.partner.text}</p>
        <Field label={words.partner.field} inputMode="numeric" value={code} onInput={setCode} error={error} />
        <div>
          <Button type="submit">{words.partner.action}</Button>
        </div>
      </form>
    </Card>
  );
}
