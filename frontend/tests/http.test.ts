import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ApiFailure } from "../src/api/failures.js";
import { createHttp, fileName, withQuery } from "../src/api/http.js";
import { createLive, type Stream } from "../src/app/live.js";
import { hrefOf, placeOf } from "../src/app/router.js";
import { failedAfter } from "../src/app/useResource.js";
import { problemWords } from "../src/texts/problems.js";

function problem(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/problem+json" } });
}

function server(answers: (Response | Error)[], online = true) {
  const heard: string[] = [];
  const asked: RequestInit[] = [];
  const fetcher = (_address: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push(init);
    const answer = answers.shift();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error("no answer left"));
  };
  const reach = { answered: () => heard.push("answered"), failed: ({ kind }: ApiFailure) => heard.push(kind) };
  return { http: createHttp(fetcher, reach, () => online), heard, asked };
}

suite("http", () => {
  test("get__no_answer__offline_or_unreachable", async () => {
    const away = server([new TypeError("failed to fetch")]);
    await assert.rejects(away.http.get("/v1/me"), { kind: "unreachable" });
    const offline = server([new TypeError("failed to fetch")], false);
    await assert.rejects(offline.http.get("/v1/me"), { kind: "offline" });
    assert.deepEqual([...away.heard, ...offline.heard], ["unreachable", "offline"]);
  });

  test("get__problems__by_their_kind_with_what_to_do", async () => {
    const gate = { detail: "it begins too early", what_to_do: "let it begin later", code: "gate_closed" };
    const { http, heard } = server([
      problem(401, { detail: "this session has ended", code: "signed_out" }),
      problem(409, gate),
      problem(503, {}),
      problem(500, { detail: "the server failed" }),
      problem(429, { detail: "too many requests" }),
      new Response("<html>", { status: 200 }),
    ]);
    await assert.rejects(http.get("/a"), { kind: "signedOut" });
    await assert.rejects(http.get("/a"), { kind: "refused", hint: "let it begin later", code: "gate_closed" });
    await assert.rejects(http.get("/a"), { kind: "unreachable" });
    await assert.rejects(http.get("/a"), { kind: "broken" });
    await assert.rejects(http.get("/a"), { kind: "unreachable", status: 429 });
    await assert.rejects(http.get("/a"), { kind: "broken" });
    assert.deepEqual(heard, ["answered", "answered", "unreachable", "answered", "answered", "answered"]);
  });

  test("get__etag__asked_by_it_and_unchanged_answer_reused", async () => {
    const { http, asked } = server([
      new Response('{"a":1}', { headers: { etag: '"x"' } }),
      new Response(null, { status: 304 }),
      new Response('{"a":2}'),
    ]);
    assert.deepEqual(await http.get("/a"), { a: 1 });
    assert.deepEqual(await http.get("/a"), { a: 1 });
    assert.equal((asked[1]?.headers as Record<string, string>)["if-none-match"], '"x"');
    http.forget();
    assert.deepEqual(await http.get("/a"), { a: 2 });
    assert.equal((asked[2]?.headers as Record<string, string>)["if-none-match"], undefined);
  });

  test("problemWords__french__by_code_else_in_general", () => {
    const known = new ApiFailure("refused", "the gate is closed", "later", 409, "gate_closed");
    assert.equal(problemWords(known, "fr").detail, "Le début choisi est déjà clos.");
    assert.equal(problemWords(known, "en").detail, "The gate is closed.");
    const unknown = new ApiFailure("refused", "odd", "", 409, "odd");
    assert.deepEqual(problemWords(unknown, "en"), { detail: "Odd.", hint: "" });
    assert.equal(problemWords(unknown, "fr").detail, "Les règles de la communauté s’y opposent.");
    assert.deepEqual(problemWords(new ApiFailure("refused"), "fr"), { detail: "", hint: "" });
  });

  test("failedAfter__an_older_answer__stays_as_stale", () => {
    const failure = new ApiFailure("unreachable");
    assert.deepEqual(failedAfter({ status: "loading" }, failure), { status: "failed", failure });
    const ready = { status: "ready", data: 7, at: 12 } as const;
    assert.deepEqual(failedAfter(ready, failure), { status: "stale", data: 7, at: 12, failure });
  });

  test("withQuery__undefined_parts__left_out", () => {
    assert.equal(withQuery("/a", { from: 1, cursor: undefined, q: "x y" }), "/a?from=1&q=x+y");
  });

  test("fileName__folders_in_it__ignored", () => {
    assert.equal(fileName('attachment; filename="../../etc/energy.csv"'), "energy.csv");
    assert.equal(fileName("attachment; filename*=UTF-8''relev%C3%A9.pdf"), "relevé.pdf");
    assert.equal(fileName(null), "watt-commons");
  });

  test("placeOf__addresses__parts_and_query", () => {
    assert.deepEqual(placeOf("").parts, []);
    assert.deepEqual(placeOf("#/market/prices?x=1").parts, ["market", "prices"]);
    assert.equal(placeOf("#/market?x=1").query.get("x"), "1");
    assert.deepEqual(placeOf("#/a%ZZ").parts, ["a%ZZ"]);
    assert.equal(hrefOf("/energy", { period: "week" }), "#/energy?period=week");
  });

  test("live__a_burst_of_news__heard_once_and_only_its_kinds", () => {
    const listeners = new Map<string, () => void>();
    const waiting: (() => void)[] = [];
    const stream: Stream = {
      addEventListener: (kind, listener) => listeners.set(kind, listener),
      close: () => undefined,
    };
    const live = createLive(
      () => stream,
      (run) => waiting.push(run),
    );
    live.reopen();
    let heard = 0;
    const stop = live.on(["readings", "settled"], () => (heard += 1));
    for (const kind of ["readings", "readings", "settled", "orders"]) listeners.get(kind)?.();
    for (const run of waiting.splice(0)) run();
    assert.equal(heard, 1);
    stop();
    listeners.get("readings")?.();
    for (const run of waiting.splice(0)) run();
    assert.equal(heard, 1);
  });
});
