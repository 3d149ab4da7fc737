import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { libraryConsole } from "../../src/cli/library-console.ts";
import { station } from "./station-process.ts";

describe("what libraries print", () => {
  const printed = (print: (console: Console) => void): string => {
    let text = "";
    print(libraryConsole((more) => (text += more)));
    return text;
  };

  it("is one line each, of text and of errors, on whatever stream they meant", () => {
    expect(printed((console) => console.log("reader closed", new RangeError("no\nmore")))).toBe(
      "reader closed RangeError: no\n",
    );
    expect(printed((console) => console.error("late"))).toBe("late\n");
    expect(printed((console) => console.log(""))).toBe("");
  });

  it("cannot steer a terminal, and is bounded", () => {
    expect(printed((console) => console.warn("\u001b[2Jgone\r"))).toBe("\\u001b[2Jgone\\u000d\n");
    expect(printed((console) => console.info("x".repeat(5000))).length).toBe(301);
  });
});

describe("a command whose library prints", () => {
  let folder: string;
  let server: Server;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "console-"));
    // A server of NATS tells its version.
    server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("INFO {}\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("writes its JSON and nothing else to stdout", async () => {
    const file = join(folder, "line.yaml");
    const { port } = server.address() as AddressInfo;
    writeFileSync(
      file,
      `schema: 1
name: line 7
station: { name: a1 }
servers: [ "nats://127.0.0.1:${port}" ]
limits: { connectSeconds: 1, requestSeconds: 1 }
`,
    );
    const { code, stdout, stderr } = await station(["line", "status", "--line", file, "--json"]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: expect.stringMatching(/^line\./) as string } });
    expect(stderr).toContain("reader closed");
  });
});
