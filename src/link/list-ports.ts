import type { SerialPort } from "serialport";
import { StationError } from "../core/error.ts";
import { listLinuxPorts } from "./linux-ports.ts";
import type { SerialPortInfo } from "./serial-port-info.ts";

/** The serial ports of this computer, in a stable order. @throws StationError link.listing-failed */
export async function listPorts(platform: string = process.platform): Promise<readonly SerialPortInfo[]> {
  try {
    if (platform === "linux") return await listLinuxPorts();
    const serialport = await import("serialport");
    const ports = await serialport.SerialPort.list();
    return ports.map(portInfoOf).sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
  } catch (cause) {
    throw new StationError("link.listing-failed", "the system's ports could not be listed", { platform }, { cause });
  }
}

type ListedPort = Awaited<ReturnType<typeof SerialPort.list>>[number];

/** What serialport tells about a port, in our words; Windows names the interface in the plug-and-play id as `MI_02`. */
export function portInfoOf(port: ListedPort): SerialPortInfo {
  const interfaceHex = /[&\\]MI_([0-9A-F]{2})/i.exec(port.pnpId ?? "")?.[1];
  const known = {
    usbLocation: port.locationId,
    adapterSerial: port.serialNumber,
    manufacturer: port.manufacturer,
    vendorId: port.vendorId?.toLowerCase(),
    productId: port.productId?.toLowerCase(),
  };
  return {
    path: port.path,
    ...(interfaceHex === undefined ? {} : { interfaceNumber: Number.parseInt(interfaceHex, 16) }),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined && value !== "")),
  };
}
