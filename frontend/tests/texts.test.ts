/** Both languages say everything, and members are spared the words of the machine room. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { suite, test } from "node:test";

const FOLDER = new URL("../src/texts/", import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => /(^|\.)(en|fr)\.js$/.test(name));
/** Words that members never meet (design: French for members); operators' and auditors' screens are not theirs. */
const FORBIDDEN = /\b(clearings?|nonces?|gas|hash(es)?|EIP|blockchain|smart contracts?)\b/i;
const NOT_FOR_MEMBERS = /^(operator|verify)\./;

async function catalogue(name: string): Promise<Record<string, unknown>> {
  const module = (await import(new URL(name, FOLDER).href)) as Record<string, unknown>;
  const found = Object.values(module).filter((value) => typeof value === "object" && value !== null);
  return Object.assign({}, ...found) as Record<string, unknown>;
}

/** Stands for whatever a text is given: a number, words, or a group of functions that make words. */
const ANYTHING: unknown = new Proxy(() => "2", {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => 2 : ANYTHING),
});

/** Every leaf by its path; a function is called to see what it says. */
function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value === "string") return new Map([[path, value]]);
  if (typeof value === "function") {
    const say = value as (...given: unknown[]) => unknown;
    return new Map([[path, String(say(...Array.from({ length: value.length }, () => ANYTHING)))]]);
  }
  assert.ok(typeof value === "object" && value !== null, `${path} is neither words nor a group of them`);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, path ? `${path}.${key}` : key)]));
}

suite("texts", () => {
  test("forbidden__the_words_themselves__found", () => {
    for (const word of ["Nonce", "no gas here", "the hash", "EIP-712", "clearing"]) assert.match(word, FORBIDDEN);
    assert.doesNotMatch("Écopoints gagnés, garde, gasoline", FORBIDDEN);
  });

  const english = NAMES.filter((name) => /(^|\.)en\.js$/.test(name));
  assert.ok(english.length >= 4);
  for (const name of english) {
    test(`${name}__french__has_the_same_keys_and_other_words`, async () => {
      const en = leaves(await catalogue(name));
      const fr = leaves(await catalogue(name.replace(/en\.js$/, "fr.js")));
      assert.deepEqual([...fr.keys()].sort(), [...en.keys()].sort());
      // What one language leaves unsaid, the other does too.
      for (const [key, words] of en) assert.equal(words.trim() === "", fr.get(key)?.trim() === "", `${key} is empty`);
    });
  }

  for (const name of NAMES.filter((one) => !NOT_FOR_MEMBERS.test(one))) {
    test(`${name}__no_word_of_the_machine_room`, async () => {
      for (const [key, words] of leaves(await catalogue(name))) assert.doesNotMatch(words, FORBIDDEN, key);
    });
  }
});
