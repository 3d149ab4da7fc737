import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { modemRig } from "./modem-rig.ts";

const OK = "OK\r\n";
const sha = (text: string): string => createHash("sha256").update(text).digest("hex").toUpperCase();

describe("SimulatedModem's credentials", () => {
  const offline = (options = {}) => {
    const rig = modemRig(options);
    rig.say("AT+CMEE=1");
    rig.say("AT+CFUN=4");
    return rig;
  };

  it("are listed with the digest of exactly what was written, and read back exactly", () => {
    const { say } = offline();
    for (const [tag, text] of [
      [1, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
      [2, "-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----"],
      [3, "one, two \u00e9"],
    ] as const) {
      expect(say(`AT%CMNG=0,${tag},0,"${text}"`)).toBe(OK);
      expect(say(`AT%CMNG=1,${tag}`)).toBe(`%CMNG: ${tag},0,"${sha(text)}"\r\n${OK}`);
      expect(say(`AT%CMNG=2,${tag},0`)).toBe(`%CMNG: ${tag},0,"${sha(text)}","${text}"\r\n${OK}`);
    }
  });

  it("keep bytes that are no UTF-8", () => {
    const { say } = offline();
    const text = "a\udcff\udc80b";
    say(`AT%CMNG=0,1,4,"${text}"`);
    expect(say("AT%CMNG=2,1,4")).toContain(`,"${text}"`);
    expect(say("AT%CMNG=1,1")).toContain(
      createHash("sha256").update(Buffer.from("61ff8062", "hex")).digest("hex").toUpperCase(),
    );
  });

  it.each([0, 4])("can be changed in functional mode %i", (mode) => {
    const { say } = offline();
    say(`AT+CFUN=${mode}`);
    expect(say('AT%CMNG=0,1,0,"x"')).toBe(OK);
  });

  it.each([1, 2, 20, 21, 30, 31, 40, 41, 44])(
    "cannot be changed in functional mode %i, but listed and read",
    (mode) => {
      const { say } = offline();
      say('AT%CMNG=0,1,0,"x"');
      say(`AT+CFUN=${mode}`);
      for (const command of ['AT%CMNG=0,2,0,"x"', "AT%CMNG=3,1,0", "AT%KEYGEN=2,2,0"]) {
        expect(say(command)).toBe("+CME ERROR: 518\r\n");
      }
      expect(say("AT%CMNG=1,1")).toContain(sha("x"));
      expect(say("AT%CMNG=2,1,0")).toContain('"x"');
    },
  );

  it("are listed by tag, then type, all or one tag or one type of a tag", () => {
    const { say } = offline();
    for (const [tag, type] of [
      [7, 4],
      [7, 0],
      [5, 1],
      [2147483647, 3],
    ])
      say(`AT%CMNG=0,${tag},${type},"x"`);
    const places = (text: string) =>
      [...text.matchAll(/%CMNG: (\d+),(\d+)/g)].map((match) => `${match[1]}/${match[2]}`);
    expect(places(say("AT%CMNG=1"))).toEqual([
      "5/1",
      "7/0",
      "7/4",
      "2147483647/3",
      "4294967292/11",
      "4294967293/10",
      "4294967294/6",
    ]);
    expect(places(say("AT%CMNG=1,7"))).toEqual(["7/0", "7/4"]);
    expect(places(say("AT%CMNG=1,7,4"))).toEqual(["7/4"]);
    expect(say("AT%CMNG=1,8")).toBe(OK);
  });

  it.each([1, 2, 3, 8, 9, 13])("of type %i cannot be read", (type) => {
    const { say } = offline();
    say(`AT%CMNG=0,1,${type},"x"`);
    expect(say(`AT%CMNG=2,1,${type}`)).toBe("+CME ERROR: 514\r\n");
  });

  it("that are missing answer 513, deleted ones are gone", () => {
    const { say } = offline();
    expect(say("AT%CMNG=3,1,0")).toBe("+CME ERROR: 513\r\n");
    expect(say("AT%CMNG=2,1,0")).toBe("+CME ERROR: 513\r\n");
    say('AT%CMNG=0,1,0,"x"');
    expect(say("AT%CMNG=3,1,0")).toBe(OK);
    expect(say("AT%CMNG=1,1")).toBe(OK);
  });

  it("answer 519 to a second write, where the model does not replace", () => {
    const { say } = offline();
    say('AT%CMNG=0,1,0,"x"');
    expect(say('AT%CMNG=0,1,0,"y"')).toBe("+CME ERROR: 519\r\n");
    const older = offline({ model: "nRF9160-SICA" });
    older.say('AT%CMNG=0,1,0,"x"');
    expect(older.say('AT%CMNG=0,1,0,"y"')).toBe(OK);
    expect(older.say("AT%CMNG=1,1")).toContain(sha("y"));
  });

  it("on reserved tags and of reserved types belong to the modem", () => {
    const { say, board } = offline();
    for (const place of ["4294967294,6", "2147483668,0", "1,6", "1,7", "1,8", "1,10", "1,11"]) {
      expect(say(`AT%CMNG=0,${place},"x"`)).toBe("+CME ERROR: 514\r\n");
    }
    expect(say("AT%CMNG=3,4294967294,6")).toBe("+CME ERROR: 514\r\n");
    expect(say('AT%CMNG=0,2147483667,0,"x"')).toBe(OK);
    expect(offline({ model: "nRF9160-SICA" }).say('AT%CMNG=0,2147483648,0,"x"')).toBe("+CME ERROR: 514\r\n");
    expect(say("AT%CMNG=2,4294967294,6")).toContain("-----BEGIN PUBLIC KEY-----");
    expect(say("AT%CMNG=2,4294967294,6").replaceAll("\n", "")).toContain(
      Buffer.from(board.identityKey.publicDer).toString("base64"),
    );
  });

  it.each([
    "AT%CMNG=0,1,0",
    'AT%CMNG=0,1,0,""',
    "AT%CMNG=0,1,0,x",
    'AT%CMNG=0,1,12,"x"',
    'AT%CMNG=0,-1,0,"x"',
    'AT%CMNG=0,4294967296,0,"x"',
    'AT%CMNG=0,"1",0,"x"',
    "AT%CMNG=1,x",
    "AT%CMNG=1,1,0,0",
    "AT%CMNG=2,1",
    "AT%CMNG=3",
  ])("are not touched by the malformed %j", (command) => {
    const { say } = offline({ listReserved: false });
    expect(say(command)).toBe("ERROR\r\n");
    expect(say("AT%CMNG=1")).toBe(OK);
  });

  it("take the password of an encrypted key", () => {
    expect(offline().say('AT%CMNG=0,1,2,"-----BEGIN ENCRYPTED PRIVATE KEY-----","word"')).toBe(OK);
  });

  it("answer 515 when the storage is full by number or size", () => {
    const { say } = offline({ storage: { entries: 2, bytes: 10 } });
    expect(say('AT%CMNG=0,1,0,"123456789"')).toBe(OK);
    expect(say('AT%CMNG=0,2,0,"12"')).toBe("+CME ERROR: 515\r\n");
    expect(say("AT%KEYGEN=3,2,0")).toBe("+CME ERROR: 515\r\n");
    expect(say('AT%CMNG=0,2,0,"1"')).toBe(OK);
    expect(say('AT%CMNG=0,3,0,"1"')).toBe("+CME ERROR: 515\r\n");
  });

  it("are parsed where the firmware does so, and 527 answers what cannot be", () => {
    const { say } = offline({ checkContent: true });
    expect(say('AT%CMNG=0,1,0,"no certificate"')).toBe("+CME ERROR: 527\r\n");
    expect(say('AT%CMNG=0,1,2,"no key"')).toBe("+CME ERROR: 527\r\n");
    expect(say('AT%CMNG=0,1,3,"xyz"')).toBe("+CME ERROR: 527\r\n");
    expect(say('AT%CMNG=0,1,3,"6e7266"')).toBe(OK);
    expect(say('AT%CMNG=0,1,4,"anything"')).toBe(OK);
  });

  it("of user tags go with a factory reset, which needs the modem offline", () => {
    const { say } = offline();
    say('AT%CMNG=0,1,0,"x"');
    expect(say("AT%XFACTORYRESET=1")).toBe(OK);
    expect(say("AT%CMNG=1,1")).toContain(sha("x"));
    expect(say("AT%XFACTORYRESET=0")).toBe(OK);
    expect(say("AT%CMNG=1,1")).toBe(OK);
  });

  it("that cannot be kept are a memory failure of this modem only", () => {
    const memory = {
      load: () => [],
      save: () => {
        throw new StationError("simulator.storage", "disk full");
      },
    };
    expect(offline({ memory }).say('AT%CMNG=0,1,0,"x"')).toBe("+CME ERROR: 23\r\n");
  });
});
