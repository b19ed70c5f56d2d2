import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createReviewDesk, ReviewClosed } from "../src/flows/review.js";

const TERMS = { title: "Your prices", lines: [], action: "Sign" };

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

suite("review", () => {
  test("run__not_wanted__nothing_is_done", async () => {
    const desk = createReviewDesk();
    let done = false;
    const outcome = desk.run(TERMS, () => Promise.resolve((done = true)));
    assert.equal(desk.current.value?.step, "ask");
    desk.current.value.cancel();
    assert.equal(await outcome, undefined);
    assert.equal(done, false);
    assert.equal(desk.current.value, undefined);
  });

  test("run__closed_while_the_wallet_is_open__never_sent", async () => {
    const desk = createReviewDesk();
    let sent = false;
    let sign = (): void => undefined;
    const signed = new Promise<void>((resolve) => (sign = resolve));
    let stopped: unknown;
    const outcome = desk.run(TERMS, async (progress) => {
      await signed;
      try {
        progress("sending");
      } catch (error) {
        stopped = error;
        throw error;
      }
      sent = true;
    });
    desk.current.value?.agree();
    desk.current.value?.cancel();
    assert.equal(await outcome, undefined);
    sign();
    await later();
    assert.equal(sent, false);
    assert.ok(stopped instanceof ReviewClosed);
  });

  test("run__fails__told_and_tried_again", async () => {
    const desk = createReviewDesk();
    let tries = 0;
    const outcome = desk.run(TERMS, (progress) => {
      tries += 1;
      if (tries === 1) return Promise.reject(new Error("no"));
      progress("sending");
      return Promise.resolve("landed");
    });
    desk.current.value?.agree();
    await later();
    assert.equal(desk.current.value?.step, "failed");
    assert.match(String(desk.current.value.failure), /no/);
    desk.current.value.agree();
    assert.equal(await outcome, "landed");
    assert.equal(desk.current.value, undefined);
  });

  test("run__a_second_review__takes_the_place_of_the_first", async () => {
    const desk = createReviewDesk();
    const first = desk.run(TERMS, () => Promise.resolve(1));
    const second = desk.run(TERMS, () => Promise.resolve(2));
    assert.equal(await first, undefined);
    desk.current.value?.agree();
    assert.equal(await second, 2);
  });
});
