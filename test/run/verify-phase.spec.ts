import { describe, expect, it } from "vitest";
import type { RunEventBody } from "../../src/contract/run-event.ts";
import { asStationError } from "../../src/core/error.ts";
import { contentDigests } from "../../src/run/ledger.ts";
import { verifyCredentials, verdictsOf, type VerifyTask } from "../../src/run/verify-phase.ts";
import { verifyBoardSettings } from "../../src/run/verify-settings.ts";
import { ScriptedModem } from "../fakes/scripted-modem.ts";
import { sha256 } from "./support/run-rig.ts";

const digests = contentDigests("a\nb\n", sha256);
const CA = { secTag: 7, credential: 0, ...digests };
const KEY = { secTag: 7, credential: 2 };
const PSK = { secTag: 7, credential: 3, ...contentDigests("00ff", sha256) };
const task = (changes: Partial<VerifyTask> = {}): VerifyTask => ({
  ...{ held: [CA, KEY, PSK], secTags: [7], forbidUnexpected: false, mode: "at", sha256 },
  ...changes,
});

describe("the read-back", () => {
  it("compares contents by digest, and what has none by presence", () => {
    const listed = [{ secTag: 7, credential: 0, sha256: digests.sha256 }, KEY, { secTag: 7, credential: 3 }];
    expect(verdictsOf(listed, task()).map(({ verdict }) => verdict)).toEqual(["match", "present", "present"]);
    const other = listed.map((one) => ({ ...one, sha256: "f".repeat(64) }));
    expect(verdictsOf(other, task()).map(({ verdict }) => verdict)).toEqual(["different", "present", "different"]);
  });

  it("takes an equal digest of a key in another form as proof, and another one as none", () => {
    const made = { ...KEY, sha256: "a".repeat(64), otherForm: true } as const;
    const verdict = (sha256: string) => verdictsOf([{ ...KEY, sha256 }], task({ held: [made] }))[0]?.verdict;
    expect([verdict("a".repeat(64)), verdict("b".repeat(64))]).toEqual(["match", "present"]);
  });

  it("does not compare the digests of firmware whose digests are not of the contents", () => {
    const listed = [{ secTag: 7, credential: 0, sha256: "f".repeat(64) }];
    const verdict = (firmware: string) => verdictsOf(listed, task({ held: [CA], firmware }))[0]?.verdict;
    expect(["mfw_nrf9160_1.3.1", "mfw_nrf9160_1.3.2", "mfw_nrf91x1_1.0.0"].map(verdict)).toEqual([
      ...["present", "different", "different"],
    ]);
  });

  it("reads what is listed without a digest, where it can be read", async () => {
    const modem = new ScriptedModem([
      ["AT%CMNG=1,7", "%CMNG: 7,0\r\n%CMNG: 7,2\r\n%CMNG: 7,3\r\nOK\r\n"],
      ["AT%CMNG=2,7,0", `%CMNG: 7,0,"","a\nb"\r\nOK\r\n`],
    ]);
    const told: string[] = [];
    const failure = await verifyCredentials(modem, task(), ({ verdict }) => told.push(verdict)).catch(asStationError);
    expect(told).toEqual(["different", "present", "present"]);
    expect(failure).toMatchObject({ code: "run.credential-different" });
  });

  it("lists everything where the modem refuses to list a tag, and leaves the modem's own entries out", async () => {
    const digest = digests.sha256.toUpperCase();
    const modem = new ScriptedModem([
      ["AT%CMNG=1,7", "+CME ERROR: 527\r\n"],
      ["AT%CMNG=1", `%CMNG: 7,0,"${digest}"\r\n%CMNG: 8,1\r\n%CMNG: 4294967293,10,"${"B".repeat(64)}"\r\nOK\r\n`],
    ]);
    const told: string[] = [];
    const only = task({ held: [CA], forbidUnexpected: true });
    await verifyCredentials(modem, only, ({ secTag, verdict }) => told.push(`${secTag} ${verdict}`));
    expect(told).toEqual(["7 match"]);
  });

  it("fails what is unexpected on the tags that the recipe names, be they its own or not", async () => {
    const lists = [
      ["AT%CMNG=1,7", "%CMNG: 7,2\r\n%CMNG: 7,5\r\nOK\r\n"],
      ["AT%CMNG=1,9", "%CMNG: 9,1\r\nOK\r\n"],
    ] as const;
    const failureOn = async (forbidUnexpected: readonly number[] | boolean) =>
      verifyCredentials(new ScriptedModem(lists), task({ held: [KEY], forbidUnexpected }), () => undefined).catch(
        asStationError,
      );
    expect(await failureOn(false)).toBeUndefined();
    expect(await failureOn(true)).toMatchObject({ code: "run.credential-unexpected", facts: { secTag: 7 } });
    const nothingOn7 = lists.map(([command, text]) => [command, text.replace("%CMNG: 7,5\r\n", "")] as const);
    const only9 = task({ held: [KEY], forbidUnexpected: [9] });
    const failure = verifyCredentials(new ScriptedModem(nothingOn7), only9, () => undefined).catch(asStationError);
    expect(await failure).toMatchObject({ code: "run.credential-unexpected", facts: { secTag: 9 } });
  });

  it("fails what the list says must not be there, also where other credentials may be", async () => {
    const modem = new ScriptedModem([["AT%CMNG=1,7", "%CMNG: 7,2\r\n%CMNG: 7,5\r\nOK\r\n"]]);
    const absent = task({ held: [KEY], absent: [{ secTag: 7, credential: 5 }] });
    const failure = await verifyCredentials(modem, absent, () => undefined).catch(asStationError);
    expect(failure).toMatchObject({ code: "run.credential-unexpected", facts: { secTag: 7, credential: 5 } });
  });

  it("expects the line ends that a shell makes of a content", () => {
    const listed = [{ secTag: 7, credential: 0, sha256: digests.shellSha256 }];
    expect(verdictsOf(listed, task({ held: [CA], mode: "shell" }))).toMatchObject([{ verdict: "match" }]);
    expect(verdictsOf(listed, task({ held: [CA] }))).toMatchObject([{ verdict: "different" }]);
  });

  it("tells all verdicts before it fails with the first bad one", async () => {
    const modem = new ScriptedModem([["AT%CMNG=1,7", `%CMNG: 7,0,"${"A".repeat(64)}"\r\n%CMNG: 7,1\r\nOK\r\n`]]);
    const told: string[] = [];
    const failure = await verifyCredentials(modem, task(), ({ verdict }) => told.push(verdict)).catch(asStationError);
    expect(told).toEqual(["different", "missing", "missing", "unexpected"]);
    expect(failure).toMatchObject({
      code: "run.credential-different",
      facts: { secTag: 7, credential: 0, expectedSha256: digests.sha256, foundSha256: "a".repeat(64) },
    });
  });

  it("passes over credentials of other tags, which some firmware lists too", async () => {
    const modem = new ScriptedModem([
      ["AT%CMNG=1,7", `%CMNG: 7,2\r\n%CMNG: 4294967292,11,"${"B".repeat(64)}"\r\nOK\r\n`],
    ]);
    const only = task({ held: [KEY], forbidUnexpected: true });
    await expect(verifyCredentials(modem, only, () => undefined)).resolves.toBeUndefined();
  });

  it.each(["garbage\r\nOK\r\n", "ERROR\r\n"])("fails by the unit when the list is %j", async (text) => {
    const modem = new ScriptedModem([["AT%CMNG=1,7", text]]);
    const failure = await verifyCredentials(modem, task(), () => undefined).catch(asStationError);
    expect(failure).toMatchObject({ code: text === "ERROR\r\n" ? "at.rejected" : "at.unreadable" });
  });

  it("reads settings back from the board's shell as bytes", async () => {
    const board = (value: string) => ({
      run: () => Promise.resolve([`00000000: ${Buffer.from(value).toString("hex").replaceAll(/../g, "$& ")}|x|`]),
    });
    const settings = new Map([["site/name", "Oslo"]]);
    const told: string[] = [];
    const tell = (body: RunEventBody): void => void told.push(body.type === "note" ? body.text : body.type);
    await expect(verifyBoardSettings(board("Oslo"), settings, tell)).resolves.toBeUndefined();
    expect(told).toEqual(["a setting is as it should be"]);
    const failure = await verifyBoardSettings(board("Rome"), settings, tell).catch(asStationError);
    expect(failure).toMatchObject({ code: "run.setting-different", facts: { key: "site/name" } });
    const gone = await verifyBoardSettings({ run: () => Promise.resolve(["Setting not found"]) }, settings, tell).catch(
      asStationError,
    );
    expect(gone).toMatchObject({ code: "run.setting-different" });
  });
});
