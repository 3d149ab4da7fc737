import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replyOf } from "../../src/cli/conformance/scripted-modem.ts";
import type { ApiResult } from "../../src/provisioning/api-result.ts";
import { answerShellLine, parseShellLine, type ShellPorts } from "../../src/provisioning/shell.ts";
import { anyText } from "../fakes/session-rig.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d";

function ports(result: ApiResult = 0, reply = "ERROR\r\n"): ShellPorts & { readonly intervals: number[] } {
  const intervals: number[] = [];
  return {
    intervals,
    client: {
      triggerManually: () => result,
      setInterval: (seconds) => {
        intervals.push(seconds);
        return Promise.resolve(result);
      },
    },
    modem: { send: () => Promise.resolve(replyOf(reply)) },
  };
}

describe("the shell command nrf_provisioning", () => {
  it("now prints nothing on success", async () => {
    expect(await answerShellLine("nrf_provisioning now", ports())).toEqual({ lines: [], result: 0 });
  });

  it("now tells in one line with a number that the client is not initialised, or what else failed", async () => {
    const { lines, result } = await answerShellLine("nrf_provisioning now", ports("EFAULT"));
    expect({ lines: lines.length, number: lines[0]?.includes("-14"), result }).toEqual({
      lines: 1,
      number: true,
      result: "EFAULT",
    });
    expect((await answerShellLine("nrf_provisioning now", ports("EBUSY"))).lines[0]).toContain("-16");
  });

  it("token prints both parts on one line, then an empty line", async () => {
    const answer = await answerShellLine("nrf_provisioning token", ports(0, '%ATTESTTOKEN: "attest.cose"\r\nOK\r\n'));
    expect(answer).toEqual({ lines: ["attest.cose", ""], result: 0 });
  });

  it("uuid prints the device UUID, then an empty line", async () => {
    const answer = await answerShellLine("nrf_provisioning uuid", ports(0, `%DEVICEUUID: ${UUID}\r\nOK\r\n`));
    expect(answer).toEqual({ lines: [UUID, ""], result: 0 });
  });

  it("token and uuid print a line with the number when they fail", async () => {
    for (const word of ["token", "uuid"]) {
      const { lines } = await answerShellLine(`nrf_provisioning ${word}`, ports());
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/ -\d+$/);
    }
  });

  it("interval prints nothing and reads its argument as C's atoi does", async () => {
    const given = ports();
    for (const [text] of [["60"], [" 60s"], ["x"], ["99999999999"], ["-3"]]) {
      expect(await answerShellLine(`nrf_provisioning interval "${text}"`, given)).toEqual({ lines: [], result: 0 });
    }
    expect(given.intervals).toEqual([60, 60, 0, 2_147_483_647, -3]);
  });

  it("interval without argument prints an error and a usage line", async () => {
    const { lines, result } = await answerShellLine("nrf_provisioning interval", ports());
    expect(lines).toEqual([expect.any(String), "Usage: nrf_provisioning interval <seconds>"]);
    expect(result).toBe("EINVAL");
  });

  it("interval prints a line with the number when it fails", async () => {
    for (const [result, number] of [
      ["ENOTSUP", "-95"],
      ["EINVAL", "-22"],
      ["ENOSTR", "-60"],
      ["EFAULT", "-14"],
    ] as const)
      expect((await answerShellLine("nrf_provisioning interval 5", ports(result))).lines).toEqual([
        expect.stringContaining(number),
      ]);
  });

  it("lists its subcommands alone and after a wrong one", async () => {
    for (const line of ["nrf_provisioning", "nrf_provisioning later"]) {
      const text = (await answerShellLine(line, ports())).lines.join("\n");
      for (const word of ["now", "token", "uuid", "interval"]) expect(text).toContain(word);
    }
  });

  it("leaves other commands to others", async () => {
    expect(parseShellLine("kernel uptime")).toBeUndefined();
    expect((await answerShellLine("kernel uptime", ports())).result).toBe("ENOENT");
    expect(await answerShellLine("   ", ports())).toEqual({ lines: [], result: 0 });
  });

  it("answers any line", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        for (const line of [text, `nrf_provisioning ${text}`]) {
          const { lines } = await answerShellLine(line, ports());
          expect(Array.isArray(lines)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
