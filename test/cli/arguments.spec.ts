import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneOf, parseArguments, required, wholeNumber } from "../../src/cli/arguments.ts";
import type { CliCommand } from "../../src/cli/command.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { StationError } from "../../src/core/error.ts";

const command: CliCommand = {
  name: "try",
  summary: "tries",
  positionals: "[FILE]",
  minPositionals: 0,
  maxPositionals: 1,
  options: {
    json: { kind: "flag", help: "prints JSON" },
    units: { kind: "value", value: "N", help: "how many" },
    fault: { kind: "list", value: "SLOT=KIND", help: "a fault" },
  },
  run: () => Promise.resolve(0),
};

const thrownBy = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};

describe("arguments", () => {
  it("gives flags, values, repeated values and positionals", () => {
    const args = parseArguments(command, [
      "--json",
      "--units",
      "8",
      "--fault",
      "1=silence",
      "--fault=2=reboot",
      "file",
    ]);
    expect([args.flag("json"), args.value("units"), args.list("fault"), args.positionals]).toEqual([
      true,
      "8",
      ["1=silence", "2=reboot"],
      ["file"],
    ]);
    expect([wholeNumber(args, "units", [1, 64], 1), wholeNumber(args, "ports", [1, 64], 7)]).toEqual([8, 7]);
  });

  it("takes values that begin with a dash, as keys may, but not options for values", () => {
    const args = parseArguments(command, ["--units", "-k3y", "--fault", "-1", "--fault", "2", "--json", "--", "-x"]);
    expect([args.value("units"), args.list("fault"), args.flag("json"), args.positionals]).toEqual([
      "-k3y",
      ["-1", "2"],
      true,
      ["-x"],
    ]);
    expect(thrownBy(() => parseArguments(command, ["--units", "--json"]))).toMatchObject({ code: "usage.option" });
    expect(thrownBy(() => parseArguments(command, ["--json", "-x"]))).toMatchObject({ code: "usage.option" });
  });

  it.each([[["--unknown"]], [["--units"]], [["--json=yes"]], [["a", "b"]], [["-x"]], [["--fault"]]])(
    "refuses %j as wrong usage",
    (argv) => {
      expect(thrownBy(() => parseArguments(command, argv))).toMatchObject({
        code: "usage.option",
        facts: { command: "try" },
      });
    },
  );

  it.each(["0", "65", "-1", "1.5", "1e1", "", "9999999999", "0x10"])(
    "refuses --units %j and names the range",
    (text) => {
      const args = parseArguments(command, [`--units=${text}`]);
      expect(thrownBy(() => wholeNumber(args, "units", [1, 64], 1))).toMatchObject({
        code: "usage.option",
        facts: { smallest: 1, largest: 64 },
      });
    },
  );

  it("refuses words that are not on the list, and options that are missing", () => {
    const args = parseArguments(command, ["--units", "many"]);
    expect(thrownBy(() => oneOf(args, "units", ["few", "all"], "few"))).toMatchObject({ code: "usage.option" });
    expect(thrownBy(() => required(args, "audit"))).toMatchObject({
      code: "usage.option",
      facts: { option: "--audit" },
    });
  });

  it("answers or refuses any command line with a usage error", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom("--json", "--units", "--", "-", "--fault="))),
        (argv) => {
          const answer = thrownBy(() => parseArguments(command, argv));
          expect(answer instanceof StationError ? answer.code : "usage.option").toBe("usage.option");
        },
      ),
    );
    expect(thrownBy(() => parseArguments(command, ["x".repeat(5000)]))).toMatchObject({ code: "usage.option" });
  });

  it("shows every option in the help", () => {
    expect(commandHelp(command)).toBe(
      [
        "tries",
        "",
        "usage: station try [FILE] [OPTIONS]",
        "",
        "  --json              prints JSON",
        "  --units N           how many",
        "  --fault SLOT=KIND…  a fault",
        "",
      ].join("\n"),
    );
  });
});
