import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { addDays, addMonths, clockText, countdownText, dayOf, startOfDay, weekdayOf } from "../src/app/time.js";
import { firstDayOf, periodOf, dateOf, shifted } from "../src/screens/energy/period.js";

const PARIS = "Europe/Paris";

suite("time", () => {
  test("startOfDay__unknown_zone__refused", () => {
    assert.throws(() => startOfDay("2026-05-13", "Mars/Olympus"), RangeError);
  });

  test("periodOf__anything_else__day", () => {
    assert.equal(periodOf("decade"), "day");
    assert.equal(periodOf(null), "day");
    assert.equal(dateOf("2026-13-45"), undefined);
    assert.equal(dateOf("yesterday"), undefined);
  });

  const days: [string, string, number][] = [
    ["2026-05-13", PARIS, 48],
    ["2026-03-29", PARIS, 46],
    ["2026-10-25", PARIS, 50],
    ["2026-05-13", "UTC", 48],
    // Here the clock jumps over midnight itself: the day begins at 01:00.
    ["2018-11-04", "America/Sao_Paulo", 46],
  ];
  for (const [day, zone, halfHours] of days) {
    test(`startOfDay__${day}_${zone}__${halfHours}_half_hours`, () => {
      assert.equal((startOfDay(addDays(day, 1), zone) - startOfDay(day, zone)) / 1800, halfHours);
      assert.equal(dayOf(startOfDay(day, zone), zone), day);
    });
  }

  test("dayOf__just_before_local_midnight__still_that_day", () => {
    assert.equal(dayOf(Date.UTC(2026, 4, 13, 21, 59) / 1000, PARIS), "2026-05-13");
    assert.equal(dayOf(Date.UTC(2026, 4, 13, 22, 0) / 1000, PARIS), "2026-05-14");
    assert.equal(clockText(Date.UTC(2026, 4, 13, 22, 0) / 1000, PARIS, "fr"), "00:00");
  });

  test("addMonths__end_of_january__end_of_february", () => {
    assert.equal(addMonths("2026-01-31", 1), "2026-02-28");
    assert.equal(addMonths("2026-01-15", -1), "2025-12-15");
    assert.equal(addMonths("2026-12-31", 2), "2027-02-28");
  });

  test("firstDayOf__each_period__its_first_day", () => {
    assert.equal(weekdayOf("2026-05-13"), 2);
    assert.equal(firstDayOf("2026-05-17", "week"), "2026-05-11");
    assert.equal(firstDayOf("2026-05-17", "month"), "2026-05-01");
    assert.equal(firstDayOf("2026-05-17", "year"), "2026-01-01");
    assert.equal(shifted("2026-05-17", "week", -1), "2026-05-10");
  });

  const countdowns: [number, string][] = [
    [-5, "0 s"],
    [12, "12 s"],
    [249.9, "4 min 09 s"],
    [7_500, "2 h 05 min"],
    [273_600, "3 d 4 h"],
  ];
  for (const [seconds, text] of countdowns) {
    test(`countdownText__${seconds}__${text}`, () => {
      assert.equal(countdownText(seconds, "en"), text);
    });
  }
  test("countdownText__french_days__jours", () => {
    assert.equal(countdownText(273_600, "fr"), "3 j 4 h");
  });
});
