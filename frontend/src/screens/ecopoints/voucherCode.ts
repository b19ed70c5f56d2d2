/**
 * A voucher's number as people read it aloud: digits in groups of three, the last one a check.
 *
 * The check digit (Luhn) finds every single wrong digit and nearly every swap, so that a slip takes nobody else's voucher.
 */

/** `18` as `000 182`: at least six digits with the check. */
export function voucherCode(voucher: number): string {
  const digits = `${voucher}${luhn(String(voucher))}`;
  const padded = digits.padStart(Math.max(6, Math.ceil(digits.length / 3) * 3), "0");
  return padded.replace(/\B(?=(\d{3})+$)/g, " ");
}

/** The number of a typed code; undefined where it has a slip. */
export function voucherOf(code: string): number | undefined {
  const digits = code.replace(/[\s.-]/g, "");
  if (!/^\d{2,16}$/.test(digits)) return undefined;
  const voucher = Number(digits.slice(0, -1));
  return voucher > 0 && luhn(String(voucher)) === Number(digits.at(-1)) ? voucher : undefined;
}

function luhn(digits: string): number {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, at) => {
      const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
}
