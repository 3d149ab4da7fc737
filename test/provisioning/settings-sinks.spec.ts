import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScriptedModem } from "../../src/cli/conformance/scripted-modem.ts";
import { StationError } from "../../src/core/error.ts";
import { decodeWireText, encodeWireText } from "../../src/core/wire-text.ts";
import type { ShellPort } from "../../src/modem/shell-port.ts";
import { AtSettings } from "../../src/provisioning/at-settings.ts";
import type { SettingsSink } from "../../src/provisioning/execution-seam.ts";
import type { StoredSetting } from "../../src/provisioning/library-settings.ts";
import { StoreAndBoardSettings } from "../../src/provisioning/settings-targets.ts";
import { ShellSettings } from "../../src/provisioning/shell-settings.ts";
import { StoredSettings, type KeyValueStore } from "../../src/provisioning/stored-settings.ts";
import { wireTexts } from "../fakes/command-arbitraries.ts";

/** The settings commands of a Zephyr shell: values go in as hex and come out as a hex dump. */
class SettingsShell implements ShellPort {
  readonly values = new Map<string, Uint8Array>();
  readonly lines: string[] = [];

  async run(line: string): Promise<readonly string[]> {
    this.lines.push(line);
    const match = /^settings (write|read|delete) ('(?:[^'\\]|\\.)*'|\S+) ?([0-9a-f]*)$/.exec(line);
    const name = unquoted(match?.[2] ?? "");
    const verb = match?.[1];
    if (verb === "read") return dump(this.values.get(name));
    if (verb === "write") this.values.set(name, Buffer.from(match?.[3] ?? "", "hex"));
    else if (verb === "delete") this.values.delete(name);
    else return ["settings: wrong parameter count"];
    return [];
  }
}

function unquoted(word: string): string {
  if (!word.startsWith("'")) return word;
  const bytes = word
    .slice(1, -1)
    .replaceAll(/\\x([0-9a-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decodeWireText(Buffer.from(bytes.replaceAll("\\'", "'"), "latin1"));
}

function dump(value: Uint8Array | undefined): readonly string[] {
  if (value === undefined) return ["Setting not found"];
  const hex = [...value].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  const rows = Math.ceil(hex.length / 16);
  return Array.from({ length: rows }, (_, row) => {
    const cells = hex.slice(row * 16, row * 16 + 16);
    const halves = `${cells.slice(0, 8).join(" ")}  ${cells.slice(8).join(" ")}`;
    return `${(row * 16).toString(16).toUpperCase().padStart(8, "0")}: ${halves.padEnd(49)} |................|`;
  });
}

function memoryStore(fails = false): KeyValueStore & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    read: async () => {
      if (fails) throw new TypeError("disk");
      return [...values];
    },
    write: async (key, value) => {
      if (fails) throw new TypeError("disk");
      values.set(key, value);
    },
  };
}

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "written",
    (error: unknown) => (error instanceof StationError ? { code: error.code, errno: error.facts["errno"] } : error),
  );
const refused = { code: "provisioning.setting-refused", errno: 22 };

describe("settings in the station's store", () => {
  it("are kept and read back below their path", async () => {
    const settings = new StoredSettings(memoryStore());
    await settings.open();
    await settings.write("provisioning/interval-sec", "99");
    await settings.write("app/k", "v");
    expect(await settings.load("provisioning")).toEqual([["provisioning/interval-sec", "99"]]);
  });

  it("are refused beyond their limits, and a failing store is named", async () => {
    const settings = new StoredSettings(memoryStore());
    expect(await failureOf(settings.write("", "v"))).toEqual(refused);
    expect(await failureOf(settings.write("k".repeat(129), "v"))).toEqual(refused);
    expect(await failureOf(settings.write("k", "é".repeat(257)))).toEqual(refused);
    const broken = new StoredSettings(memoryStore(true));
    expect(await failureOf(broken.write("k", "v"))).toEqual({ code: "provisioning.setting-not-kept", errno: 5 });
    expect(await failureOf(broken.open())).toMatchObject({ code: "provisioning.settings-unavailable" });
  });
});

describe("settings in a board's shell", () => {
  it("carry any value and are read back", async () => {
    await fc.assert(
      fc.asyncProperty(wireTexts(60), async (value) => {
        const shell = new SettingsShell();
        await new ShellSettings(shell).write("app/k", value);
        expect(decodeWireText(shell.values.get("app/k") ?? new Uint8Array(0))).toBe(value);
      }),
    );
  });

  it("are typed as hex, which every version of Zephyr takes", async () => {
    const shell = new SettingsShell();
    await new ShellSettings(shell).write("provisioning/interval-sec", "99");
    expect(shell.lines).toEqual([
      "settings write provisioning/interval-sec 3939",
      "settings read provisioning/interval-sec",
    ]);
  });

  it("carry any name that Zephyr can hold, and refuse the others", async () => {
    await fc.assert(
      fc.asyncProperty(wireTexts(30), async (key) => {
        const shell = new SettingsShell();
        const outcome = await failureOf(new ShellSettings(shell).write(key, "v"));
        expect(["written", refused]).toContainEqual(outcome);
        expect([...shell.values.keys()]).toEqual(outcome === "written" ? [key] : []);
      }),
    );
    expect(await failureOf(new ShellSettings(new SettingsShell()).write("é/0 x", "v"))).toBe("written");
  });

  it("are refused when the board shows something else, with the errno that the shell printed", async () => {
    const deaf: ShellPort = {
      run: async (line) =>
        line.startsWith("settings write") ? ["Failed to write setting: -28"] : ["Setting not found"],
    };
    expect(await failureOf(new ShellSettings(deaf).write("k", "v"))).toEqual({ ...refused, errno: 28 });
    const mute: ShellPort = { run: async () => [] };
    expect(await failureOf(new ShellSettings(mute).write("k", "v"))).toEqual({ ...refused, errno: 5 });
  });

  it("are refused when longer than the name, the value or the shell's line may be", async () => {
    const sink = new ShellSettings(new SettingsShell(), { key: 64, value: 256, line: 100 });
    expect(await failureOf(sink.write("k".repeat(65), "v"))).toEqual(refused);
    expect(await failureOf(sink.write("k", "v".repeat(257)))).toEqual(refused);
    expect(await failureOf(sink.write("k", "v".repeat(50)))).toEqual(refused);
  });
});

describe("settings as an AT command", () => {
  const rig = (template = 'AT#XSET="{key}","{value}"', reply?: string) => {
    const modem = new ScriptedModem({ cfun: 4, cmee: 1 }, () => (reply === undefined ? undefined : { text: reply }));
    return { modem, sink: new AtSettings(modem, template) };
  };

  it("fill the template once, also when the value spells a place of it", async () => {
    const { modem, sink } = rig();
    await sink.write("{value}", "{key} $& x");
    expect(modem.exchanges.map(({ sent }) => sent)).toEqual(['AT#XSET="{value}","{key} $& x"']);
  });

  it("never leave their quotes", async () => {
    await fc.assert(
      fc.asyncProperty(wireTexts(30), wireTexts(60), async (key, value) => {
        const { modem, sink } = rig();
        const outcome = await failureOf(sink.write(key, value));
        expect(["written", refused]).toContainEqual(outcome);
        for (const { sent } of modem.exchanges) {
          expect(sent).toBe(`AT#XSET="${key}","${value}"`);
          expect(sent.split('"')).toHaveLength(5);
          expect(encodeWireText(sent).every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
        }
      }),
    );
  });

  it("pass plain words only where the template has no quotes", async () => {
    const { sink } = rig("AT#XSET={key},{value}");
    expect(await failureOf(sink.write("app/k", "99"))).toBe("written");
    expect(await failureOf(sink.write("app/k", "9,9"))).toEqual(refused);
  });

  it("are refused when the board refuses them", async () => {
    expect(await failureOf(rig(undefined, "+CME ERROR: 50\r\n").sink.write("k", "v"))).toEqual({
      ...refused,
      errno: 5,
    });
  });

  it.each([
    "ATX={key}",
    'AT#X="{key}","{value}","{key}"',
    'AT#X="{key},{value}',
    "#X={key},{value}",
    "AT#X={key},{value}\r",
  ])("do not take the template %s", (template) => {
    expect(() => rig(template)).toThrow(StationError);
  });
});

describe("settings for store and board", () => {
  it("reach the store only when the board took them", async () => {
    const store = memoryStore();
    const took: StoredSetting[] = [];
    const board: SettingsSink = {
      write: async (key, value) => {
        if (key === "bad") throw new StationError("provisioning.setting-refused", "no", { errno: 22 });
        took.push([key, value]);
      },
    };
    const settings = new StoreAndBoardSettings(new StoredSettings(store), board);
    await settings.open();
    await settings.write("app/k", "v");
    expect(await failureOf(settings.write("bad", "v"))).toEqual(refused);
    expect(took).toEqual([["app/k", "v"]]);
    expect([...store.values]).toEqual([["app/k", "v"]]);
    expect(await settings.load("app")).toEqual([["app/k", "v"]]);
  });
});
