import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { UUID_PATTERN } from "../../src/core/ids.ts";
import { MODELS, type ModemModel } from "../../src/simulator/model.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };
import { modemRig } from "./modem-rig.ts";

const OK = "OK\r\n";
const sha = (text: string): string => createHash("sha256").update(text).digest("hex").toUpperCase();

/** The answer with everything that differs from unit to unit replaced. */
function shape(text: string): string {
  return text
    .replaceAll(/"[\w-]{20,}(\.[\w-]+)+"/g, '"TOKEN"')
    .replaceAll(/"[0-9A-F]{64}"/g, '"SHA"')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(/\b\d{15}\b/g, "IMEI")
    .replaceAll(/\b89\d{17,18}F/g, "ICCID");
}

// What must have happened before, for the examples that need it.
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  "AT+CFUN?": [],
  'AT%CMNG=0,16842753,0,"x"': ["AT+CMEE=1"],
  "AT%CMNG=1,42384,0": ["AT+CFUN=4", 'AT%CMNG=0,42384,0,"a"'],
  "AT%CMNG=1,16842753": ["AT+CFUN=4", 'AT%CMNG=0,16842753,0,"a"', 'AT%CMNG=0,16842753,2,"b"'],
  "AT%CMNG=1,16842753,1": ["AT+CFUN=4", 'AT%CMNG=0,16842753,1,"b"'],
  "AT%XFACTORYRESET=0": ["AT+CFUN=0"],
};

function preparation(command: string, response: string): readonly string[] {
  const errors = response.startsWith("+CME ERROR") ? ["AT+CMEE=1"] : [];
  if (command.includes("CCLK?")) return response.startsWith("ERROR") ? [] : ['AT%CCLK="25/10/09,08:53:20+08",0'];
  if (command.startsWith("AT%KEYGEN")) {
    return ["AT+CFUN=4", ...errors, ...(errors.length > 0 ? ["AT%KEYGEN=52,2,0"] : [])];
  }
  if (command.startsWith("AT%CMNG=3")) {
    return ["AT+CFUN=4", ...errors, ...(errors.length > 0 ? [] : ['AT%CMNG=0,16842753,2,"k"'])];
  }
  if (command.startsWith("AT%CMNG=0") && response === OK) return ["AT+CFUN=4"];
  return BEFORE[command] ?? errors;
}

const optionsFor = (command: string, response: string) => ({
  listReserved: command !== "AT%CMNG=1",
  ...(response.includes("nrf9160_1.3.6") ? { model: "nRF9160-SICA" as const } : {}),
  ...(command === "AT%HWVERSION" ? { model: "nRF9161-LACA" as const } : {}),
});

describe("SimulatedModem against the examples of the AT reference", () => {
  // 525 needs a fault: nothing that a host does makes a healthy modem answer so.
  const rows = examples.vectors.filter((row) => !row.response.includes("525"));

  it.each(rows.map((row) => [row.command, row.response] as const))(
    "answers %j in the form of %j",
    (command, response) => {
      const { say } = modemRig(optionsFor(command, response));
      for (const before of preparation(command, response)) say(before);
      expect(shape(say(command))).toBe(shape(response));
    },
  );
});

describe("SimulatedModem's identity", () => {
  it.each(Object.keys(MODELS) as ModemModel[])("is that of its model: %s", (model) => {
    const { say, board } = modemRig({ model });
    const { firmware, hardware, x1 } = MODELS[model];
    expect(say("AT+CGMM")).toBe(`${model}\r\n${OK}`);
    expect(say("AT+CGMR")).toBe(`${firmware}\r\n${OK}`);
    expect(say("AT%SHORTSWVER")).toBe(`%SHORTSWVER: ${firmware.slice(4)}\r\n${OK}`);
    expect(say("AT%HWVERSION")).toBe(`%HWVERSION: ${hardware}\r\n${OK}`);
    expect(say("AT+CGSN")).toBe(`${board.imei}\r\n${OK}`);
    expect(say("AT%DEVICEUUID")).toBe(x1 ? `%DEVICEUUID: ${board.uuid}\r\n${OK}` : "ERROR\r\n");
    expect(say("AT%XMODEMUUID").slice(13, 49)).toMatch(UUID_PATTERN);
  });

  it("takes other texts for firmware and hardware", () => {
    const { say } = modemRig({ firmware: "mfw_nrf91x1_2.0.1", hardware: "nRF9151 LACA A1A" });
    expect(say("AT+CGMR")).toContain("mfw_nrf91x1_2.0.1");
    expect(say("AT%HWVERSION")).toContain("nRF9151 LACA A1A");
  });

  it("names the SIM only while it is powered", () => {
    const { say, board } = modemRig();
    expect(say("AT%XICCID")).toBe(`%XICCID: ${board.iccid}\r\n${OK}`);
    say("AT+CFUN=4");
    expect(say("AT%XICCID")).toBe("ERROR\r\n");
    say("AT+CFUN=41");
    expect(say("AT%XICCID")).toContain(board.iccid);
    expect(modemRig({ sim: false }).say("AT%XICCID")).toBe("ERROR\r\n");
  });
});

describe("SimulatedModem's settings", () => {
  it.each([0, 1, 2, 4, 20, 21, 30, 31, 40, 41, 44])("takes functional mode %i and reads it back", (mode) => {
    const { say } = modemRig();
    expect(say(`AT+CFUN=${mode}`)).toBe(OK);
    expect(say("AT+CFUN?")).toBe(`+CFUN: ${mode}\r\n${OK}`);
  });

  it.each([
    "AT+CFUN=3",
    "AT+CFUN=",
    "AT+CFUN=1,1",
    "AT+CMEE=2",
    "AT+CGSN=9",
    "AT%XFACTORYRESET=0",
    "AT+CCLK=1",
    'AT%CCLK="25/10/09,08:53:20+08"',
    "AT%CMNG",
    "AT%CMNG?",
    "AT+CGMR=1",
    "hello",
    "AT%CMNG=9",
  ])("refuses %j with ERROR, CMEE on or off", (command) => {
    const { say } = modemRig();
    expect(say(command)).toBe("ERROR\r\n");
    say("AT+CMEE=1");
    expect(say(command)).toBe("ERROR\r\n");
  });

  it("shows CME codes only while CMEE is on", () => {
    const { say } = modemRig();
    expect(say("AT%CMNG=2,7,0")).toBe("ERROR\r\n");
    say("AT+CMEE=1");
    expect(say("AT+CMEE?")).toBe(`+CMEE: 1\r\n${OK}`);
    expect(say("AT%CMNG=2,7,0")).toBe("+CME ERROR: 513\r\n");
  });

  it("takes network settings that do not matter here, and test forms", () => {
    const { say } = modemRig();
    for (const command of ["AT+CGEREP=1", "AT%XTIME=1", "AT+CEREG=5", "AT%XSYSTEMMODE=1,0,1,0", "AT+CFUN=?"]) {
      expect(say(command)).toBe(OK);
    }
  });

  it("turns the echo on and off", () => {
    const { modem, say } = modemRig();
    say("ATE1");
    expect(modem.echo).toBe(true);
    say("ATE0");
    expect(modem.echo).toBe(false);
  });

  it("has no time until it is set, and forgets all but its credentials without power", async () => {
    const { modem, say, clock } = modemRig({ bootMode: 0 });
    expect(say("AT+CCLK?")).toBe("ERROR\r\n");
    say('AT+CCLK="25/10/09,08:53:20+08"');
    await clock.advance(seconds(5));
    expect(say("AT%CCLK?")).toBe(`%CCLK: "25/10/09,08:53:25+08",0\r\n${OK}`);
    for (const command of ["AT+CFUN=4", "AT+CMEE=1", "ATE1", 'AT%CMNG=0,1,0,"kept"']) say(command);
    modem.powerCycle();
    expect([say("AT+CFUN?"), say("AT+CMEE?"), modem.echo]).toEqual([`+CFUN: 0\r\n${OK}`, `+CMEE: 0\r\n${OK}`, false]);
    expect(say("AT+CCLK?")).toBe("ERROR\r\n");
    expect(say("AT%CMNG=1,1")).toContain(sha("kept"));
  });
});

describe("SimulatedModem under hostile input", () => {
  it("answers every text and never throws", () => {
    const { say } = modemRig({ bootMode: 4 });
    const names = ["AT%CMNG=", "AT%KEYGEN=", "AT%JWT=", "AT%ATTESTTOKEN=", "AT+CCLK=", "AT+CFUN=", "AT", ""];
    const parts = fc.array(
      fc.oneof(
        fc.integer().map(String),
        fc.string().map((text) => `"${text}"`),
        fc.string(),
      ),
    );
    const command = fc.tuple(fc.constantFrom(...names), parts).map(([name, list]) => name + list.join(","));
    fc.assert(
      fc.property(command, (text) => {
        expect(say(text)).toMatch(/(OK|ERROR|\+CME ERROR: \d+)\r\n$/);
      }),
      { numRuns: 500 },
    );
  });
});
