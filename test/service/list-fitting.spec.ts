import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command } from "../../src/provisioning/command.ts";
import { deviceCommands, isHelper } from "../../src/service/command-translation.ts";
import { parseFetchQuery } from "../../src/service/fetch-query.ts";
import { expectedResultBytes, fitList, limitsOf, misfit } from "../../src/service/list-fitting.ts";
import type { QueueEntry } from "../../src/service/queue-rules.ts";
import { FakeDevice, report, successOf } from "./support/fake-device.ts";

const UUID = "89ed369b-0fed-4194-a703-aabb7fe8130b";
const key = { secTag: 16842753, attributes: "", keyUsage: "" };

const queueOf = (commands: readonly Command[]): QueueEntry[] =>
  commands.map((command, number) => ({ id: command.id, ownerCommand: command.id, number, command, state: "QUEUED" }));

const query = (text: string) => parseFetchQuery(new URLSearchParams(text));

describe("what a device says about itself", () => {
  it("is taken as given where it is plausible", () => {
    expect(query("after=a.1&rxMaxSize=1024&txMaxSize=2048&mver=mfw_nrf91x1_2.0.2&cver=3.2.0&limit=5")).toEqual({
      after: "a.1",
      rxMaxSize: 1024,
      txMaxSize: 2048,
      limit: 5,
      modemFirmware: "mfw_nrf91x1_2.0.2",
      clientVersion: "3.2.0",
    });
  });

  it("falls back to the sample's buffers where it is cut, missing or out of reach", () => {
    for (const text of [
      "",
      "after=&rxMaxSize=23",
      "rxMaxSize=&txMaxSize=abc&limit=0",
      "rxMaxSize=-1&limit=99999999999",
      "limit",
    ])
      expect(query(text)).toEqual({ after: "", rxMaxSize: 2304, txMaxSize: 2304, limit: 10 });
    expect(query("limit=100&rxMaxSize=100000000")).toMatchObject({ limit: 20, rxMaxSize: 65_536 });
  });
});

describe("translating owner commands", () => {
  it("makes the device commands of the vendor's examples", () => {
    const commands = deviceCommands({ kind: "clientPrivateKeyGeneration", options: key }, `${UUID}.e`);
    const vector =
      "8285782838396564333639622d306665642d343139342d613730332d6161626237666538313330622e652e73006525434d4e476c332c31363834323735332c328119020185782638396564333639622d306665642d343139342d613730332d6161626237666538313330622e650067254b455947454e6c31363834323735332c322c3180";
    expect(Buffer.from(encodeCommandList(commands)).toString("hex")).toBe(vector);
    expect(deviceCommands({ kind: "endorsementKeyGeneration", options: { secTag: 16842753 } }, `${UUID}.f`)).toEqual([
      { kind: "at", id: `${UUID}.f`, command: "%KEYGEN", parameters: "16842753,8,1", ignoreCmeErrors: [] },
    ]);
  });

  it("leaves out what the modem has a default for", () => {
    const parameters = (attributes: string, keyUsage: string): unknown => {
      const options = { ...key, attributes, keyUsage };
      const [, keygen] = deviceCommands({ kind: "certificateSigningRequest", options }, `${UUID}.1`);
      return keygen?.kind === "at" ? keygen.parameters : undefined;
    };
    expect(parameters("", "")).toBe("16842753,2,0");
    expect(parameters("CN=a", "")).toBe('16842753,2,0,"CN=a"');
    expect(parameters("", "101010000")).toBe('16842753,2,0,"","101010000"');
  });

  it("keeps every id within 45 characters", () => {
    const id = `${UUID}.ffff`;
    const psk = deviceCommands({ kind: "preSharedKey", options: { secTag: 1, identity: "a", secret: "00" } }, id);
    expect(psk.map((command) => command.id.length)).toEqual([43, 41, 45, 43]);
    expect(psk.filter((command) => isHelper(command.id))).toHaveLength(2);
  });
});

describe("fitting a list", () => {
  it("takes at most three key generations with the sample's buffers", () => {
    const commands = Array.from({ length: 5 }, (_, index) =>
      deviceCommands({ kind: "cloudAccessKeyGeneration", options: key }, `${UUID}.${index}`),
    ).flat();
    const list = fitList(queueOf(commands), limitsOf(query(""), 401));
    expect(list.filter(({ command }) => command.kind === "at" && command.command === "%KEYGEN")).toHaveLength(3);
  });

  it("sends FINISHED only when nothing stays behind", () => {
    const config = (id: string): Command => ({ kind: "config", id, properties: [["a", "b"]] });
    const finished: Command = { kind: "finished", id: "f.1" };
    const queue = queueOf([finished, config("a.1"), config("a.2"), config("a.3")]);
    const ids = (limit: number) => fitList(queue, { ...limitsOf(query(""), 0), commands: limit }).map(({ id }) => id);
    expect(ids(2)).toEqual(["a.1", "a.2"]);
    expect(ids(3)).toEqual(["a.1", "a.2", "a.3"]);
    expect(ids(4)).toEqual(["a.1", "a.2", "a.3", "f.1"]);
  });

  it("names what does not fit: AT buffer, receive buffer, transmit buffer", () => {
    const write = (size: number): Command => ({
      ...{ kind: "at", id: `${UUID}.1`, command: "%CMNG", ignoreCmeErrors: [] },
      parameters: `0,1,0,"${"x".repeat(size)}"`,
    });
    const limits = limitsOf(query("rxMaxSize=4096&txMaxSize=1024"), 401);
    expect(misfit(write(1770), limits)).toBeUndefined();
    expect(misfit(write(1780), limits)).toContain("AT command");
    expect(misfit(write(700), limitsOf(query("rxMaxSize=1024&txMaxSize=2048"), 401))).toContain("receive buffer");
    const keygen: Command = {
      kind: "at",
      id: `${UUID}.1`,
      command: "%KEYGEN",
      parameters: "1,2,0",
      ignoreCmeErrors: [],
    };
    expect(misfit(keygen, limitsOf(query("txMaxSize=512"), 401))).toContain("transmit buffer");
  });

  it("never exceeds a limit, and its reports fit the device's transmit buffer", () => {
    const device = new FakeDevice();
    const kinds = fc.constantFrom("key", "write", "config", "finished");
    fc.assert(
      fc.property(
        fc.array(kinds, { maxLength: 20 }),
        fc.nat(1200),
        fc.integer({ min: 1, max: 20 }),
        (wanted, size, limit) => {
          const commands = wanted.flatMap((kind, index): readonly Command[] => {
            const id = `${UUID}.${index.toString(16)}`;
            if (kind === "key") return deviceCommands({ kind: "clientPrivateKeyGeneration", options: key }, id);
            if (kind === "config") return [{ kind: "config", id, properties: [["k", "v".repeat(size / 10)]] }];
            if (kind === "finished") return [{ kind: "finished", id }];
            const options = { secTag: 1, content: "x".repeat(size + 1) };
            return deviceCommands({ kind: "serverCertificate", options }, id);
          });
          const limits = { ...limitsOf(query(""), 401), commands: limit };
          const list = fitList(queueOf(commands), limits);
          expect(list.length).toBeLessThanOrEqual(limit);
          if (list.length === 0) return;
          const sent = list.map(({ command }) => command);
          expect(encodeCommandList(sent).length).toBeLessThanOrEqual(1903);
          expect(sent.slice(0, -1).every(({ kind }) => kind !== "finished")).toBe(true);
          expect(report(successOf(sent, device)).length).toBeLessThanOrEqual(2304);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("estimates results no shorter than the ones of healthy modems", () => {
    const device = new FakeDevice();
    const commands = [
      ...deviceCommands({ kind: "clientPrivateKeyGeneration", options: key }, `${UUID}.1`),
      ...deviceCommands({ kind: "serverCertificate", options: { secTag: 1, content: "x" } }, `${UUID}.2`),
      ...deviceCommands({ kind: "finished", options: {} }, `${UUID}.3`),
    ];
    for (const command of commands)
      expect(report(successOf([command], device)).length - 1).toBeLessThanOrEqual(expectedResultBytes(command));
  });
});
