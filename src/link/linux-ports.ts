import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SerialPortInfo } from "./serial-port-info.ts";

/** How far above its tty a port's USB device lies at most. */
const DEPTH = 8;
const TEXT_LIMIT = 256;

/**
 * The serial ports of a Linux system as the kernel lists them (/sys/class/tty), with the names that udev gives where it
 * runs; ports without hardware are left out.
 * @param root the root of the file system, other than `/` for tests
 */
export async function listLinuxPorts(root = "/"): Promise<readonly SerialPortInfo[]> {
  const folder = join(root, "sys/class/tty");
  const [byPath, byId] = await Promise.all([linkNames(root, "by-path"), linkNames(root, "by-id")]);
  const names = (await readdir(folder)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const ports = await Promise.all(names.map((name) => portOf(root, join(folder, name))));
  return ports.flatMap((port) => {
    if (port === undefined) return [];
    const tty = basename(port.path);
    return [{ ...port, ...named("byPath", byPath.get(tty)), ...named("byId", byId.get(tty)) }];
  });
}

async function portOf(root: string, tty: string): Promise<SerialPortInfo | undefined> {
  const device = await realpath(join(tty, "device")).catch(() => undefined);
  if (device === undefined || !(await hasHardware(tty, device))) return undefined;
  const path = `/dev/${basename(tty)}`;
  const found = await usbFolders(root, device);
  if (found === undefined) return { path };
  const { usb, interfaceNumber } = found;
  const [adapterSerial, manufacturer, product, vendorId, productId] = await Promise.all(
    ["serial", "manufacturer", "product", "idVendor", "idProduct"].map((name) => textOf(join(usb, name))),
  );
  return {
    path,
    usbLocation: basename(usb),
    ...(interfaceNumber === undefined ? {} : { interfaceNumber }),
    ...named("adapterSerial", adapterSerial),
    ...named("manufacturer", manufacturer),
    ...named("product", product),
    ...named("vendorId", vendorId),
    ...named("productId", productId),
  };
}

/** The kernel lists places for ports that are not there: no driver, or a UART of type 0. */
async function hasHardware(tty: string, device: string): Promise<boolean> {
  if ((await textOf(join(tty, "type"))) === "0") return false;
  const driver = await realpath(join(device, "driver")).catch(() => undefined);
  return driver !== undefined;
}

/** The folders of the USB device and, on the way to it, of the interface. */
async function usbFolders(
  root: string,
  device: string,
): Promise<{ readonly usb: string; readonly interfaceNumber: number | undefined } | undefined> {
  const top = await realpath(join(root, "sys")).catch(() => root);
  let number: number | undefined;
  for (let at = device, depth = 0; depth < DEPTH && at.startsWith(top) && at !== top; at = dirname(at), depth++) {
    const hex = await textOf(join(at, "bInterfaceNumber"));
    if (hex !== undefined && /^[0-9a-f]{1,2}$/i.test(hex)) number = Number.parseInt(hex, 16);
    if ((await textOf(join(at, "idVendor"))) !== undefined) return { usb: at, interfaceNumber: number };
  }
  return undefined;
}

/** The names below /dev/serial/by-*, by the tty that they point to; without udev there are none. */
async function linkNames(root: string, kind: "by-path" | "by-id"): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, "dev/serial", kind);
  const names = await readdir(folder).catch(() => []);
  const pairs = await Promise.all(
    names.map(async (name) => {
      const target = await realpath(join(folder, name)).catch(() => undefined);
      return target === undefined ? [] : [[basename(target), name] as const];
    }),
  );
  return new Map(pairs.flat());
}

async function textOf(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined || text.trim() === "" ? undefined : text.trim().slice(0, TEXT_LIMIT);
}

function named<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in Name]?: string };
}
