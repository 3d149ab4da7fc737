import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openOrRescue, type Question } from "../../../main/window/record-rescue.ts";
import { TEXTS } from "../../../main/window/texts.ts";
import { backUp } from "../../../src/audit/backup.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { StationError } from "../../../src/core/error.ts";
import { batchId, batchStart, failureOf, wholeRun } from "../../audit/samples.ts";
import { TempAudit } from "../../audit/temp-audit.ts";

const LANGUAGES = ["en", "de", "es", "vi", "zh-CN"] as const;

describe("a station whose record cannot be opened", () => {
  let temp: TempAudit;
  const copy = (): string => temp.path("copy.db");
  beforeEach(async () => {
    temp = await TempAudit.make();
    const { store } = await temp.open();
    await store.startBatch(batchStart());
    for (const each of wholeRun(1)) await store.append(each);
    await store.finishBatch(batchId(1), "2026-03-01T09:00:00.000Z", 1);
    await store.close();
    await backUp(temp.file, copy());
  });
  afterEach(() => temp.dispose());

  /** Opens the store as the desktop does; the person presses `answers`, by their texts, and chooses `backup`. */
  async function opening(
    answers: readonly string[],
    {
      backup = copy(),
      language = "en",
    }: { readonly backup?: string; readonly language?: (typeof LANGUAGES)[number] } = {},
  ) {
    const asked: Question[] = [];
    const lines: string[] = [];
    const left = [...answers];
    const opened = await openOrRescue(() => temp.open({ program: "station" }), {
      ...{ record: temp.file, texts: TEXTS[language], clock: realClock, log: (line) => lines.push(line) },
      ask: async (question) => {
        asked.push(question);
        return question.buttons.indexOf(left.shift() ?? "");
      },
      openBackup: async () => backup,
    });
    return { opened, asked, lines };
  }
  const { record: en } = TEXTS.en;
  const damage = (): void => writeFileSync(temp.file, "SQLite format 3\0 and nothing of use");

  it("is not asked when nothing is wrong", async () => {
    expect(await opening([])).toMatchObject({ opened: { recovered: [] }, asked: [] });
  });

  it.each(LANGUAGES)(
    "says in the person's language what is wrong and what to do, and changes nothing: %s",
    async (language) => {
      damage();
      const before = readFileSync(temp.file);
      const { record } = TEXTS[language];
      const { opened, asked, lines } = await opening([record.close], { language });
      expect(opened).toBeUndefined();
      expect(asked).toMatchObject([
        { message: record.damaged.message, buttons: [record.close, record.restore, record.begin] },
      ]);
      expect(asked[0]?.detail).toContain(record.damaged.detail);
      expect(asked[0]?.detail).toContain(temp.file);
      expect(lines.join()).toContain("audit.corrupt");
      expect(readFileSync(temp.file).equals(before)).toBe(true);
    },
  );

  it("goes on with a backup that the person chose; what was there is kept", async () => {
    damage();
    const { opened, lines } = await opening([en.restore]);
    expect(opened).toBeDefined();
    expect(lines.join()).toMatch(/kept aside: .*audit\.db\.replaced-/);
    expect(temp.rows("SELECT count(*) AS n FROM run")).toEqual([{ n: 1 }]);
    expect(temp.rows("SELECT 1 FROM event WHERE type = 'database.restored'")).toHaveLength(1);
  });

  it("says why a backup cannot be taken, and asks again", async () => {
    damage();
    writeFileSync(temp.path("bad.db"), "no backup");
    const { opened, asked } = await opening([en.restore, en.notDone.back, en.close], { backup: temp.path("bad.db") });
    expect(opened).toBeUndefined();
    expect(asked.map(({ message }) => message)).toEqual([en.damaged.message, en.notDone.message, en.damaged.message]);
    expect(readFileSync(temp.file, "utf8")).toContain("nothing of use");
  });

  it("begins a new record after a second yes, and keeps the damaged one", async () => {
    damage();
    const { opened, asked } = await opening([en.begin, en.sure.back, en.begin, en.sure.begin]);
    expect(opened).toBeDefined();
    expect(asked).toHaveLength(4);
    expect(temp.rows("SELECT count(*) AS n FROM run")).toEqual([{ n: 0 }]);
    expect(temp.rows("SELECT type FROM event ORDER BY position LIMIT 1")).toEqual([{ type: "database.begun-anew" }]);
  });

  it("names the program that has the record, and tries again when told to", async () => {
    const { store } = await temp.open({ program: "the other" });
    const { opened, asked } = await opening([en.again, en.close]);
    expect(opened).toBeUndefined();
    expect(asked.map(({ message }) => message)).toEqual([en.taken.message, en.taken.message]);
    expect(asked[0]?.detail).toContain("the other");
    expect(asked[0]?.detail).toContain(String(process.pid));
    expect(asked[0]?.buttons).toEqual([en.close, en.again]);
    await store.close();
    expect((await opening([])).opened).toBeDefined();
  });

  it("leaves what is no matter of the record to others", async () => {
    const other = new StationError("desktop.option", "there is no such option");
    const parts = { record: temp.file, texts: TEXTS.en, clock: realClock, log: () => undefined };
    const none = { ask: () => Promise.resolve(0), openBackup: () => Promise.resolve(undefined) };
    const failure = await failureOf(openOrRescue(() => Promise.reject(other), { ...parts, ...none }));
    expect(failure).toBe(other);
    expect(existsSync(temp.file)).toBe(true);
  });
});
