import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressesOf, isRemote, namedPath, portsAt, presenceOf, wayOf } from "../../src/contract/port-fit.ts";
import { portChanges, portKey, PortSchema, type Port } from "../../src/contract/port.ts";
import { PortAddressSchema } from "../../src/contract/fixture.ts";
import { findPort } from "../../src/link/find-port.ts";

const word = fc.constantFrom("a", "b", "c");
const port: fc.Arbitrary<Port> = fc
  .record(
    {
      path: fc.constantFrom("/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyACM2", "COM3"),
      usbLocation: word,
      interfaceNumber: fc.constantFrom(0, 2),
      adapterSerial: word,
      byPath: word,
    },
    { requiredKeys: ["path"] },
  )
  .map((made) => PortSchema.parse(made));
const ports = fc.uniqueArray(port, { maxLength: 4, selector: ({ path }) => path });

describe("what differs between two looks at the ports", () => {
  it("turns the first look into the second", () => {
    fc.assert(
      fc.property(ports, ports, (before, after) => {
        const { appeared, vanished } = portChanges(before, after);
        const gone = new Set(vanished.map(portKey));
        const kept = before.map(portKey).filter((key) => !gone.has(key));
        expect([...kept, ...appeared.map(portKey)].toSorted()).toEqual(after.map(portKey).toSorted());
      }),
    );
  });

  it("is the other way round for the looks the other way round, and nothing for the same look", () => {
    fc.assert(
      fc.property(ports, ports, (before, after) => {
        const there = portChanges(before, after);
        const back = portChanges(after, before);
        expect(back).toEqual({ appeared: there.vanished, vanished: there.appeared });
        expect(portChanges(after, after)).toEqual({ appeared: [], vanished: [] });
      }),
    );
  });

  it("sees a board that was changed for another at the same place, but not a name that came late", () => {
    const board = { path: "/dev/ttyACM0", usbLocation: "1-1.4", interfaceNumber: 0, adapterSerial: "1050" };
    const other = { ...board, adapterSerial: "1051" };
    expect(portChanges([board], [other])).toEqual({ appeared: [other], vanished: [board] });
    expect(portChanges([board], [{ ...board, byPath: "pci-1" }])).toEqual({ appeared: [], vanished: [] });
  });
});

describe("the port at a slot's address", () => {
  const address = fc.oneof(
    port.map(({ path }) => ({ path })),
    fc.record({ usb: word, interface: fc.constantFrom(0, 2) }, { requiredKeys: ["usb"] }),
    fc.record({ adapterSerial: word, interface: fc.constantFrom(0, 2) }, { requiredKeys: ["adapterSerial"] }),
    fc.record({ byPath: word }),
  );

  it("is the one that a worker opens", () => {
    fc.assert(
      fc.property(address, ports, (how, all) => {
        const opened = ((): string => {
          try {
            const found = findPort(how, all);
            return found.kind === "serial" ? found.path : "";
          } catch {
            return "";
          }
        })();
        const presence = presenceOf(how, all);
        // A path stands for itself: a worker opens it whatever the list says.
        const listed = presence === "present" ? portsAt(how, all)[0]?.path : "";
        const expected = "path" in how && !all.some(({ path }) => path === how.path) ? "" : opened;
        expect(listed).toBe(expected);
      }),
    );
  });

  it("is found by each address that the port offers, the most lasting first", () => {
    fc.assert(
      fc.property(port, (one) => {
        const offered = addressesOf(one);
        expect(offered.map(({ way }) => way)).toEqual(offered.map(({ address: at }) => wayOf(at)));
        for (const { address: at } of offered) {
          expect(PortAddressSchema.parse(at)).toEqual(at);
          expect(portsAt(at, [one])).toEqual([one]);
        }
      }),
    );
    const kit = PortSchema.parse({ path: "COM3", usbLocation: "1-1", interfaceNumber: 2, adapterSerial: "9" });
    expect(addressesOf(kit)).toEqual([
      { way: "usb", address: { usb: "1-1", interface: 2 } },
      { way: "adapterSerial", address: { adapterSerial: "9", interface: 2 } },
      { way: "path", address: { path: "COM3" } },
    ]);
  });

  it("is unknown on a network, and told as several where the address is not exact", () => {
    expect(presenceOf({ tcp: "10.0.0.7:4001" }, [])).toBe("unknown");
    expect(isRemote({ path: "tcp://10.0.0.7:4001" })).toBe(true);
    expect(namedPath({ path: "serial:/dev/ttyUSB0" })).toBe("/dev/ttyUSB0");
    const [first, second] = [0, 2].map((interfaceNumber) => {
      return { path: `/dev/ttyACM${interfaceNumber}`, usbLocation: "1-1", interfaceNumber };
    });
    expect(presenceOf({ usb: "1-1" }, [first!, second!])).toBe("several");
    expect(presenceOf({ usb: "1-1", interface: 2 }, [first!, second!])).toBe("present");
    expect(presenceOf({ path: "/dev/serial/by-id/x" }, [{ ...first!, aliases: ["/dev/serial/by-id/x"] }])).toBe(
      "present",
    );
  });
});
