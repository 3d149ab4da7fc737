import type { PortAddress } from "../contract/fixture.ts";

/** How a slot's port is named before it is found: `tcp://10.0.0.7:4001`, `serial:/dev/ttyUSB0`, `usb:1-1.2 interface 0`. */
export function portLabel(port: PortAddress): string {
  if ("tcp" in port) return `tcp://${port.tcp}`;
  if ("path" in port) return `serial:${port.path}`;
  if ("byPath" in port) return `by-path:${port.byPath}`;
  const way = "usb" in port ? `usb:${port.usb}` : `adapter:${port.adapterSerial}`;
  return port.interface === undefined ? way : `${way} interface ${port.interface}`;
}
