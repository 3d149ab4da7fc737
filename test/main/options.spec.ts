import { describe, expect, it } from "vitest";
import { parseOptions } from "../../main/options.ts";

describe("parseOptions", () => {
  it("leaves everything to the configuration when nothing is said", () => {
    expect(parseOptions(["electron", ".", "--no-sandbox"])).toEqual({ faults: [] });
  });

  it("reads every option, faults as often as they come", () => {
    const argv = [
      "--station-data=/data",
      "--station-units=64",
      "--station-latency=realistic",
      "--station-fault=3=mute",
    ];
    expect(parseOptions([...argv, "--station-fault=4=slow:1000@/^AT/*2", "--station-profile=p.yaml"])).toEqual({
      ...{ data: "/data", units: 64, latency: "realistic", profile: "p.yaml" },
      faults: ["3=mute", "4=slow:1000@/^AT/*2"],
    });
  });

  it.each([
    ["--station-units=129", "--station-units"],
    ["--station-units=two", "--station-units"],
    ["--station-latency=some", "--station-latency"],
    ["--station-data", "--station-data"],
    ["--station-unit=1", "--station-unit"],
    ["--station-__proto__=1", "--station-__proto__"],
  ])("refuses %s and names the option", (argument, option) => {
    expect(() => parseOptions([argument])).toThrow(
      expect.objectContaining({ code: "desktop.option", facts: expect.objectContaining({ option }) as unknown }),
    );
  });
});
