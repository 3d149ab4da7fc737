import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { expect, test } from "@playwright/test";
import { PACKAGE } from "./station-app.ts";

/** A fuse is a sign in the program: `0` or `1`. */
const [OFF, ON] = [0x30, 0x31];

test("the package runs as the station only: not as Node, with no options or code of others", async () => {
  const wire = await getCurrentFuseWire(PACKAGE);
  expect(wire[FuseV1Options.RunAsNode]).toBe(OFF);
  expect(wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable]).toBe(OFF);
  expect(wire[FuseV1Options.OnlyLoadAppFromAsar]).toBe(ON);
  expect(wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation]).toBe(ON);
  expect(wire[FuseV1Options.EnableCookieEncryption]).toBe(ON);
  expect(wire[FuseV1Options.GrantFileProtocolExtraPrivileges]).toBe(OFF);
});
