import { describe, expect, it } from "vitest";
import type { AtLink, AtLinkReader } from "../../src/modem/at-link.ts";
import { EchoWatch } from "../../src/run/echo-watch.ts";

function rig() {
  const far: { reader?: AtLinkReader } = {};
  const link: AtLink = {
    name: "fake",
    listen: (reader) => (far.reader = reader),
    write: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const watch = new EchoWatch(link);
  const heard: number[] = [];
  watch.listen({ onData: (bytes) => heard.push(...bytes), onClosed: () => undefined });
  const hear = (text: string): void => far.reader?.onData(new TextEncoder().encode(text));
  const type = (text: string): Promise<void> => watch.write(new TextEncoder().encode(text));
  return { watch, hear, type, heard };
}

describe("an echo watch", () => {
  it("notices a typed line that comes back, in any chunks, and hands every byte on", async () => {
    const { watch, hear, type, heard } = rig();
    await type("AT+CGSN\r\n");
    hear("\r\nAT+C");
    expect(watch.echoed).toBe(false);
    hear("GSN\r\n355\r\nOK\r\n");
    expect(watch.echoed).toBe(true);
    expect(new TextDecoder().decode(Uint8Array.from(heard))).toBe("\r\nAT+CGSN\r\n355\r\nOK\r\n");
  });

  it("takes no answer for an echo", async () => {
    const { watch, hear, type } = rig();
    await type("AT\r\n");
    hear("OK\r\nAT\r\n");
    await type("\r\n");
    hear("\r\n");
    expect(watch.echoed).toBe(false);
  });
});
