import type { Insertions, PortsTelling } from "../../src/contract/desktop-ports.ts";
import type { Port } from "../../src/contract/port.ts";
import type { SlotId } from "../../src/core/ids.ts";

/** After somebody began to look, one more board is plugged in; in ms. */
const PLUGGED_AFTER = 2600;
const KIT = { manufacturer: "SEGGER", product: "J-Link", vendorId: "1366", productId: "1059" };

/** The three interfaces of a development kit. */
function kit(usbLocation: string, first: number, serial: string): readonly Port[] {
  return [0, 2, 4].map((interfaceNumber, index) => ({
    ...{ path: `/dev/ttyACM${first + index}`, usbLocation, interfaceNumber, adapterSerial: serial, ...KIT },
  }));
}

/** Who wants to be told of changes. */
type Tell = {
  readonly ports: (telling: PortsTelling) => void;
  readonly insertions: (insertions: Insertions) => void;
};

/** Ports of a computer with boards on a hub; one is plugged in while somebody looks. */
export class FakePorts {
  readonly #tell: Tell;
  readonly #absent: readonly SlotId[];
  #armed = false;
  #ports: readonly Port[] = [
    ...[1, 2, 4].map((socket, index) => ({
      ...{ path: `/dev/ttyUSB${index}`, usbLocation: `1-1.1.${socket}`, interfaceNumber: 0 },
      ...{ adapterSerial: `FT8Z${1040 + socket}`, manufacturer: "FTDI", product: "FT232R USB UART" },
    })),
    ...[1, 2, 3].map((socket, index) => ({
      ...{ path: `/dev/ttyUSB${index + 3}`, usbLocation: `1-1.2.${socket}`, interfaceNumber: 0 },
      ...{ adapterSerial: `FT8Z${1050 + socket}`, manufacturer: "FTDI", product: "FT232R USB UART" },
    })),
  ];
  #plugging = false;

  /** @param absent slots at whose port nothing is plugged in */
  constructor(absent: readonly SlotId[], tell: Tell) {
    this.#absent = absent;
    this.#tell = tell;
  }

  get insertions(): Insertions {
    return { armed: this.#armed, absent: [...this.#absent], waiting: [] };
  }

  answer(kind: "ports.list" | "ports.watch" | "insertion.arm" | "insertion.serials", asked: unknown): unknown {
    const { on = false, armed = false } = (asked ?? {}) as { readonly on?: boolean; readonly armed?: boolean };
    switch (kind) {
      case "ports.list":
        return this.#list();
      case "ports.watch":
        return this.#watch(on);
      case "insertion.arm":
        this.#armed = armed;
        this.#tell.insertions(this.insertions);
        return null;
      case "insertion.serials":
        return null;
    }
  }

  #list(): PortsTelling {
    return { ports: [...this.#ports] };
  }

  #watch(on: boolean): null {
    if (!on || this.#plugging) return null;
    this.#plugging = true;
    setTimeout(() => {
      this.#ports = [...this.#ports, ...kit("1-1.3", 0, "001050213442")];
      this.#tell.ports(this.#list());
    }, PLUGGED_AFTER);
    return null;
  }
}
