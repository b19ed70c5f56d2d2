/** A rule of the market was broken by a caller: what happened, and what to do about it. */
export class RuleError extends Error {
  override readonly name = "RuleError";

  constructor(
    what: string,
    readonly hint = "",
  ) {
    super(hint ? `${what} (${hint})` : what);
  }
}
