import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { findPort } from "../../src/link/find-port.ts";
import { linkName, parseHostPort, parseLinkName } from "../../src/link/link-name.ts";
import type { PortAddress } from "../../src/link/port-address.ts";
import type { SerialPortInfo } from "../../src/link/serial-port-info.ts";

const ports: readonly SerialPortInfo[] = [
  { path: "/dev/ttyACM0", usbLocation: "1-1.1", interfaceNumber: 0, adapterSerial: "A1", byPath: "pci-0:1.1:1.0" },
  { path: "/dev/ttyACM1", usbLocation: "1-1.1", interfaceNumber: 2, adapterSerial: "A1", byPath: "pci-0:1.1:1.2" },
  { path: "/dev/ttyUSB0", usbLocation: "1-1.2", adapterSerial: "B2" },
  { path: "/dev/ttyS0" },
];

const failure = (how: PortAddress): StationError => {
  try {
    findPort(how, ports);
  } catch (error) {
    if (error instanceof StationError) return error;
  }
  throw new StationError("station.internal", "a port was found");
};

describe("findPort", () => {
  it.each([
    [{ usb: "1-1.1", interface: 2 }, "/dev/ttyACM1"],
    [{ usb: "1-1.2" }, "/dev/ttyUSB0"],
    [{ adapterSerial: "A1", interface: 0 }, "/dev/ttyACM0"],
    [{ adapterSerial: "B2" }, "/dev/ttyUSB0"],
    [{ byPath: "pci-0:1.1:1.2" }, "/dev/ttyACM1"],
    [{ byPath: "/dev/serial/by-path/pci-0:1.1:1.2" }, "/dev/ttyACM1"],
    [{ path: "/dev/pts/7" }, "/dev/pts/7"],
    [{ path: "serial:COM3" }, "COM3"],
  ] as const)("finds %o", (how, path) => {
    const line = { baud: 9600, flowControl: "none" } as const;
    expect(findPort(how, ports, line)).toEqual({ kind: "serial", path, line });
  });

  it("takes a network address as it is", () => {
    expect(findPort({ tcp: "10.0.0.7:4001" }, [])).toEqual({ kind: "tcp", host: "10.0.0.7", port: 4001 });
  });

  it("says what was looked for when nothing fits, and lists what fits when several do", () => {
    expect(failure({ usb: "9-9", interface: 1 })).toMatchObject({
      code: "link.absent",
      facts: { usb: "9-9", interface: 1 },
    });
    expect(failure({ adapterSerial: "A1" })).toMatchObject({
      code: "link.ambiguous",
      facts: { adapterSerial: "A1", ports: "/dev/ttyACM0, /dev/ttyACM1" },
    });
    expect(failure({ tcp: "nowhere" })).toMatchObject({ code: "link.bad-address" });
  });
});

describe("parseLinkName", () => {
  it.each(["serial:/dev/ttyUSB0", "serial:COM3", "tcp://10.0.0.7:4001", "tcp://[::1]:4001", "tcp://host-1.local:1"])(
    "reads back %s",
    (name) => {
      expect(linkName(parseLinkName(name))).toBe(name);
    },
  );

  it("takes a bare path for a serial port", () => {
    expect(linkName(parseLinkName("/dev/ttyUSB0"))).toBe("serial:/dev/ttyUSB0");
  });

  it("reads any text, or refuses it as link.bad-address", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((rest) => `tcp://${rest}`),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(parseLinkName, parseHostPort), (name, parse) => {
        const result = attempt(() => parse(name));
        expect(result === undefined || (result instanceof StationError && result.code === "link.bad-address")).toBe(
          true,
        );
      }),
    );
  });

  it.each(["", "serial:", "http://x:1", "tcp://x", "tcp://x:0", "tcp://x:65536", "tcp://x:1/y", "a\nb"])(
    "refuses %j",
    (name) => {
      expect(attempt(() => parseLinkName(name))).toMatchObject({ code: "link.bad-address" });
    },
  );
});

function attempt(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}
