import { describe, expect, it } from "vitest";
import type { OwnerCall } from "../../src/cloud/owner-api.ts";
import {
  claimCall,
  discardCommandCall,
  dryRunCall,
  listCommandsCall,
  queueCall,
  readCommandCall,
  readUnitCall,
  unclaimCall,
} from "../../src/cloud/owner-call.ts";
import { ownerCommands } from "../../src/cloud/owner-command.ts";
import { ClaimRequestSchema, ProvisioningCommandSchema } from "../../src/contract/owner-api.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { asStationError } from "../../src/core/error.ts";
import { recipe } from "../run/support/run-rig.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;
const bodyOf = (call: OwnerCall): unknown => JSON.parse(call.body?.reveal() ?? "null");

describe("requests to the owner API", () => {
  it("have the paths and methods of the API", () => {
    const [command] = ownerCommands(recipe());
    const calls = [
      ...[claimCall("t", []), dryRunCall("t"), readUnitCall(UUID), unclaimCall(UUID), queueCall(UUID, command!)],
      ...[listCommandsCall(UUID), readCommandCall(UUID, "a/b"), discardCommandCall(UUID, "a")],
    ];
    expect(calls.map(({ method, path }) => `${method} ${path.replace(UUID, "UUID")}`)).toEqual([
      "POST claimed-devices",
      "POST claimed-devices?dryrun=true",
      "GET claimed-devices/UUID",
      "DELETE claimed-devices/UUID",
      "POST claimed-devices/UUID/provisioning",
      "GET claimed-devices/UUID/provisioning",
      "GET claimed-devices/UUID/provisioning/a%2Fb",
      "DELETE claimed-devices/UUID/provisioning/a",
    ]);
    expect(calls[0]?.headers).toContainEqual(["Content-Type", "application/json"]);
  });

  it("claim with token and tags", () => {
    const body = bodyOf(claimCall("aa.bb", ["line 1"]));
    expect(ClaimRequestSchema.parse(body)).toEqual({ claimToken: "aa.bb", tags: ["line 1"] });
  });

  it("keep their bodies from being printed, as claim tokens and keys are in them", () => {
    expect(JSON.stringify(claimCall("aa.bb", []))).not.toContain("aa.bb");
  });

  it.each([
    [
      { certificateSigningRequest: { secTag: 1, attributes: "O=N", keyUsage: "101010000" } },
      { secTag: 1, attributes: "O=N", keyUsage: "101010000" },
    ],
    [{ cloudAccessKeyGeneration: { secTag: 1 } }, { secTag: 1 }],
    [{ clientPrivateKeyGeneration: { secTag: 1 } }, { secTag: 1 }],
    [{ endorsementKeyGeneration: { secTag: 1 } }, { secTag: 1 }],
    [{ serverCertificate: { secTag: 1, file: "ca.pem" } }, { secTag: 1, content: "CA\r\n" }],
    [{ clientCertificate: { secTag: 1, file: "ca.pem" } }, { secTag: 1, content: "CA\r\n" }],
    [{ clientPrivateKey: { secTag: 1, key: { file: "ca.pem" } } }, { secTag: 1, content: "CA\r\n" }],
    [
      { clientPrivateKey: { secTag: 1, key: { file: "ca.pem" }, password: { env: "PSK" } } },
      { secTag: 1, content: "CA\r\n", password: "00112233" },
    ],
    [
      { preSharedKey: { secTag: 1, identity: "board", key: { env: "PSK" } } },
      { secTag: 1, identity: "board", secret: "00112233" },
    ],
    [
      { atCommand: { command: "%XTIME", parameters: "1" } },
      { command: "%XTIME", parameters: "1", ignoreCmeErrors: [] },
    ],
    [{ config: { "a/b": "1" } }, { "a/b": "1" }],
    ["finished", {}],
  ])("queue %j by the API's names, and the embedded service takes them", (command, options) => {
    const [made] = ownerCommands(recipe({ commands: [command] }, "CA\r\n"));
    const body = bodyOf(queueCall(UUID, made!)) as { readonly request: Readonly<Record<string, unknown>> };
    expect(Object.values(body.request)).toEqual([options]);
    expect(ProvisioningCommandSchema.safeParse(body).success).toBe(true);
  });

  it("say which file or variable of the recipe is missing", () => {
    const missing = [
      { serverCertificate: { secTag: 1, file: "no.pem" } },
      { clientPrivateKey: { secTag: 1, key: { env: "NONE" } } },
    ];
    const facts = missing.map((command) => {
      try {
        return ownerCommands(recipe({ commands: [command] }));
      } catch (error) {
        return asStationError(error).facts;
      }
    });
    expect(facts).toEqual([{ file: "no.pem" }, { variable: "NONE" }]);
  });
});
