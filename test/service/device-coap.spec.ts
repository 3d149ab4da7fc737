import { describe, expect, it } from "vitest";
import type { CoapRequestIn } from "../../src/coap/server-request.ts";
import { StationError } from "../../src/core/error.ts";
import { parseDeviceUuid, type DeviceUuid } from "../../src/core/ids.ts";
import { deviceCoapHandler } from "../../src/service/device-coap.ts";

const UUID = parseDeviceUuid("50363154-3931-44f0-8022-121b6401627d") as DeviceUuid;
const LIST = Uint8Array.of(0x81, 0x01);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

function rig(
  options: { readonly list?: Uint8Array; readonly connectionId?: boolean; readonly failing?: StationError } = {},
) {
  const seen = {
    parameters: [] as (readonly [string, string])[],
    transportBytes: [] as number[],
    reports: [] as Uint8Array[],
    errors: [] as StationError[],
  };
  const fail = (): void => {
    if (options.failing !== undefined) throw options.failing;
  };
  const handler = deviceCoapHandler({
    connectionId: options.connectionId ?? true,
    onError: (error) => seen.errors.push(error),
    api: {
      authenticate(token) {
        if (token !== "good") throw new StationError("service.token-refused", "the token is not good");
        return UUID;
      },
      commands(_uuid, parameters, transportBytes) {
        fail();
        seen.parameters.push(...parameters);
        seen.transportBytes.push(transportBytes);
        return options.list;
      },
      report(_uuid, body) {
        fail();
        seen.reports.push(body);
      },
    },
  });
  const ask = (code: string, path: string, rest: Partial<CoapRequestIn> = {}) => {
    const request = { ...{ code, path: path.split("/"), query: [], payload: new Uint8Array() }, ...rest };
    return handler({ contentFormat: undefined, accept: undefined, ...request });
  };
  const signOn = async () =>
    ask("0.02", "p/auth-jwt", { payload: text("good"), query: ["mver=mfw_2.0.2", "cver=3.2.0"] });
  return { ask, signOn, seen };
}

describe("the device side over CoAP", () => {
  it("takes a token with 2.01, gives commands with 2.05 as CBOR, takes a report with 2.04", async () => {
    const { ask, signOn, seen } = rig({ list: LIST });
    expect(await signOn()).toEqual({ code: "2.01" });
    const query = ["after=1", "rxMaxSize=2304", "txMaxSize=2304", "limit=10"];
    expect(ask("0.01", "p/cmd", { query })).toEqual({ code: "2.05", contentFormat: 60, payload: LIST });
    expect(ask("0.02", "p/rsp", { contentFormat: 60, payload: LIST })).toEqual({ code: "2.04" });
    expect(seen.parameters.slice(0, 2)).toEqual([
      ["after", "1"],
      ["rxMaxSize", "2304"],
    ]);
    expect(seen.parameters.slice(-2)).toEqual([
      ["mver", "mfw_2.0.2"],
      ["cver", "3.2.0"],
    ]);
    expect([seen.transportBytes, seen.reports]).toEqual([[0], [LIST]]);
  });

  it("gives 2.05 without payload when nothing waits", async () => {
    const { ask, signOn } = rig();
    await signOn();
    expect(ask("0.01", "p/cmd")).toEqual({ code: "2.05" });
  });

  it("takes a query that the device cut short", async () => {
    const { ask, signOn, seen } = rig({ list: LIST });
    await signOn();
    expect(ask("0.01", "p/cmd", { query: ["after=1", "rxMaxSize"] })).toMatchObject({ code: "2.05" });
    expect(seen.parameters).toContainEqual(["rxMaxSize", ""]);
  });

  it.each(["p/cmd", "p/rsp"])(
    "answers %s with 4.01 before a token was taken, and after one was refused",
    async (path) => {
      const code = path === "p/cmd" ? "0.01" : "0.02";
      const { ask, signOn, seen } = rig();
      expect(ask(code, path)).toEqual({ code: "4.01" });
      await signOn();
      expect(ask("0.02", "p/auth-jwt", { payload: text("bad") })).toEqual({ code: "4.01" });
      expect(ask(code, path)).toEqual({ code: "4.01" });
      expect(seen.errors.map((error) => error.code)).toEqual(Array(3).fill("service.token-refused"));
    },
  );

  it("suspends where the connection outlives a change of address, else says 4.04", async () => {
    expect(rig().ask("0.02", ".dtls/suspend")).toEqual({ code: "2.04" });
    expect(rig({ connectionId: false }).ask("0.02", ".dtls/suspend")).toEqual({ code: "4.04" });
  });

  it.each([
    ["another path", "0.01", "p/other", "4.04"],
    ["a path of the language", "0.01", "__proto__", "4.04"],
    ["no path", "0.01", "", "4.04"],
    ["another method", "0.02", "p/cmd", "4.05"],
    ["a PUT", "0.03", "p/rsp", "4.05"],
  ])("answers %s with a fitting code", async (_name, code, path, answer) => {
    const { ask, signOn } = rig();
    await signOn();
    expect(ask(code, path)).toEqual({ code: answer });
  });

  it("answers a wanted format that it does not have with 4.06, a report in another one with 4.15", async () => {
    const { ask, signOn } = rig();
    await signOn();
    expect(ask("0.01", "p/cmd", { accept: 50 })).toEqual({ code: "4.06" });
    expect(ask("0.02", "p/rsp", { contentFormat: 0 })).toEqual({ code: "4.15" });
  });

  it.each([
    ["provisioning.report-malformed", "4.00"],
    ["service.not-claimed", "4.01"],
    ["service.too-large", "4.13"],
    ["service.database", "5.00"],
  ] as const)("answers %s with %s", async (failing, answer) => {
    const { ask, signOn } = rig({ failing: new StationError(failing, "no") });
    await signOn();
    expect(ask("0.02", "p/rsp")).toEqual({ code: answer });
  });
});
