import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/core/real-clock.ts";
import { openerFor } from "../../src/link/opener.ts";
import { serialOpenError } from "../../src/link/serial-errors.ts";
import { AtChannel } from "../../src/modem/at-channel.ts";
import { SHORT } from "../fakes/fake-at-link.ts";
import { failureOf } from "../modem/rig.ts";
import { describeAtLink } from "./at-link-contract.ts";
import { hasPseudoTerminals, PseudoTerminal } from "./pseudo-terminal.ts";

describe.runIf(hasPseudoTerminals)("serial ports", () => {
  describeAtLink({ name: "a pseudo-terminal", exclusive: true, flood: 1_000_000 }, async () => {
    const terminal = await PseudoTerminal.make();
    return {
      opener: openerFor({ kind: "serial", path: terminal.path, line: {} }, realClock, { stuck: SHORT }),
      far: {
        send: (bytes) => terminal.send(bytes),
        received: (count) => terminal.collector.received(count),
        stall: () => terminal.stall(),
        vanish: () => terminal.vanish(),
      },
      dispose: async () => terminal.vanish(),
    };
  });

  const ended: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0)) await end();
  });

  it("names who holds a busy port", async () => {
    const terminal = await PseudoTerminal.make();
    const opener = openerFor({ kind: "serial", path: terminal.path, line: { flowControl: "none" } });
    const link = await opener.open();
    ended.push(
      () => link.close(),
      () => terminal.vanish(),
    );
    const failure = await failureOf(opener.open());
    expect(failure.code).toBe("link.busy");
    const told = process.platform === "linux" ? `(process ${process.pid})` : "";
    expect(failure.facts["heldBy"] ?? "").toContain(told);
  });

  it("opens a port again after it was closed", async () => {
    const terminal = await PseudoTerminal.make();
    const folder = await mkdtemp(join(tmpdir(), "station-link-"));
    const path = join(folder, "port");
    await symlink(terminal.path, path);
    const link = await openerFor({ kind: "serial", path, line: { baud: 460_800, flowControl: "xonxoff" } }).open();
    ended.push(
      () => rm(folder, { recursive: true }),
      () => terminal.vanish(),
    );
    expect(link.name).toBe(`serial:${path}`);
    await link.close();
    const again = await openerFor({ kind: "serial", path, line: {} }).open();
    await again.close();
  });

  it("answers 200 commands in turn over each of 16 ports at once", async () => {
    const channels = await Promise.all(
      Array.from({ length: 16 }, async (_unused, index) => {
        const terminal = await PseudoTerminal.make();
        terminal.onBytes = () => terminal.send(Buffer.from(`+CFUN: ${index}\r\nOK\r\n`));
        const link = await openerFor({ kind: "serial", path: terminal.path, line: {} }).open();
        const channel = new AtChannel(link, { clock: realClock });
        ended.push(
          () => channel.close(),
          () => terminal.vanish(),
        );
        return channel;
      }),
    );
    const answered = await Promise.all(
      channels.map(async (channel, index) => {
        const lines: string[] = [];
        for (let count = 0; count < 200; count++) lines.push(...(await channel.send("AT+CFUN?")).lines);
        return lines.filter((line) => line === `+CFUN: ${index}`).length;
      }),
    );
    expect(answered).toEqual(Array.from({ length: 16 }, () => 200));
  });
});

describe("serial ports that do not open", () => {
  it("are absent where there is no file", async () => {
    const path = process.platform === "win32" ? "COM250" : join(tmpdir(), "station-no-such-port");
    const failure = await failureOf(openerFor({ kind: "serial", path, line: {} }).open());
    expect(failure).toMatchObject({ code: "link.absent", facts: { port: `serial:${path}` } });
  });

  it("are no ports where the file is another kind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "station-link-"));
    const path = join(folder, "file");
    await writeFile(path, "");
    const failure = await failureOf(openerFor({ kind: "serial", path, line: {} }).open());
    await rm(folder, { recursive: true });
    expect(["link.open-failed", "link.absent"]).toContain(failure.code);
  });

  it.each([
    ["Error: No such file or directory, cannot open /dev/ttyUSB0", "link.absent"],
    ["Error: No such device or address, cannot open /dev/ttyS0", "link.absent"],
    ["Error: Permission denied, cannot open /dev/ttyUSB0", "link.denied"],
    ["Error: Device or resource busy, cannot open /dev/ttyUSB0", "link.busy"],
    ["Error Resource temporarily unavailable Cannot lock port", "link.busy"],
    ["Opening COM3: Access denied", "link.busy"],
    ["Opening COM3: File not found", "link.absent"],
    ["Opening COM3: Unknown error code 1167", "link.absent"],
    ["Error baud rate of 12 is not supported on your platform", "link.open-failed"],
  ])("are told by what the system says: %s", async (text, code) => {
    expect((await serialOpenError("serial:x", "/nowhere", new TypeError(text))).code).toBe(code);
  });
});
