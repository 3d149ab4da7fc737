import type { PortsTelling } from "../../src/contract/desktop-ports.ts";
import type { Port } from "../../src/contract/port.ts";

/** After somebody began to look, one more board is plugged in; in ms. */
const PLUGGED_AFTER = 2600;
const KIT = { manufacturer: "SEGGER", product: "J-Link", vendorId: "1366", productId: "1059" };

/** The three interfaces of a development kit. */
function kit(usbLocation: string, first: number, serial: string): readonly Port[] {
  return [0, 2, 4].map((interfaceNumber, index) => ({
    ...{ path: `/dev/ttyACM${first + index}`, usbLocation, interfaceNumber, adapterSerial: serial, ...KIT },
  }));
}

/** Ports of a computer with boards on a hub; one is plugged in while somebody looks. */
export class FakePorts {
  readonly #tell: (telling: PortsTelling) => void;
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

  constructor(tell: (telling: PortsTelling) => void) {
    this.#tell = tell;
  }

  list(): PortsTelling {
    return { ports: [...this.#ports] };
  }

  watch(on: boolean): null {
    if (!on || this.#plugging) return null;
    this.#plugging = true;
    setTimeout(() => {
      this.#ports = [...this.#ports, ...kit("1-1.3", 0, "001050213442")];
      this.#tell(this.list());
    }, PLUGGED_AFTER);
    return null;
  }
}
