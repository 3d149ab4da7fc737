import { describe, expect, it } from "vitest";
import { at, executionRig, responsesOf, text, type Setup } from "../fakes/execution-rig.ts";

describe("the KEYGEN retry", () => {
  const erase = at("d", "%CMNG", "3,7,2", [513]);
  const keygen = at("k", "%KEYGEN", "7,2,0");
  const lost: NonNullable<Setup["replies"]> = {
    "AT%CMNG=3,7,2": text("+CME ERROR: 513\r\n"),
    "AT%KEYGEN=7,2,0": [{ errno: -5 }, text('%KEYGEN: "a.b"\r\nOK\r\n')],
  };
  const sent = (log: readonly string[]): readonly string[] => log.filter((line) => /^AT%/.test(line));

  it("deletes the key and generates again when the reply was lost and the list had emptied the place", async () => {
    const { run, log } = executionRig({ replies: lost });
    const execution = await run([erase, keygen]);
    expect(sent(log)).toEqual(["AT%CMNG=3,7,2", "AT%KEYGEN=7,2,0", "AT%CMNG=3,7,2", "AT%KEYGEN=7,2,0"]);
    expect(log.filter((line) => line === "announce k 2/2")).toHaveLength(2);
    expect(responsesOf(execution)[1]).toEqual({ kind: "at", id: "k", message: '%KEYGEN: "a.b"\r\nOK\r\n' });
  });

  it("never touches a key that the list did not delete first", async () => {
    const { run, log } = executionRig({ replies: lost });
    expect(await run([keygen])).toMatchObject({ failure: { code: "at.silent" } });
    expect(sent(log)).toEqual(["AT%KEYGEN=7,2,0"]);
  });

  it("takes a refusal as the answer, already exists (519) included", async () => {
    const { run, log } = executionRig({ replies: { "AT%KEYGEN=7,2,0": text("+CME ERROR: 519\r\n") } });
    expect(responsesOf(await run([erase, keygen]))[1]).toMatchObject({ kind: "error", cme: 519 });
    expect(sent(log)).toEqual(["AT%CMNG=3,7,2", "AT%KEYGEN=7,2,0"]);
  });

  it("does not exist in strict compatibility", async () => {
    const { run, log } = executionRig({ replies: lost, compatibility: "strict" });
    await run([erase, keygen]);
    expect(sent(log)).toHaveLength(2);
  });
});
