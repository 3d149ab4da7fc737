import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listLinuxPorts } from "../../src/link/linux-ports.ts";
import { listPorts, portInfoOf } from "../../src/link/list-ports.ts";
import { holdersOf } from "../../src/link/port-holder.ts";

const USB = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.4";

describe.runIf(process.platform !== "win32")("listLinuxPorts", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "station-sys-"));
    await mkdir(join(root, "sys/class/tty"), { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${text}\n`);
  };
  const tty = async (name: string, device: string | undefined): Promise<void> => {
    await mkdir(join(root, "sys/class/tty", name), { recursive: true });
    if (device === undefined) return;
    await mkdir(join(root, device), { recursive: true });
    await put(`sys/bus/drivers/${name}/bind`, "");
    await symlink(join(root, `sys/bus/drivers/${name}`), join(root, device, "driver")).catch(() => undefined);
    await symlink(join(root, device), join(root, "sys/class/tty", name, "device"));
  };
  const adapter = async (): Promise<void> => {
    for (const [name, text] of Object.entries({
      idVendor: "1366",
      idProduct: "1059",
      serial: "001051234567",
      manufacturer: "SEGGER",
      product: "J-Link",
    }))
      await put(`${USB}/${name}`, text);
  };

  it("tells the interfaces of one adapter apart, and names place, serial number and makers", async () => {
    await adapter();
    await put(`${USB}/1-1.4:1.0/bInterfaceNumber`, "00");
    await put(`${USB}/1-1.4:1.2/bInterfaceNumber`, "0a");
    await tty("ttyACM10", `${USB}/1-1.4:1.2`);
    await tty("ttyACM9", `${USB}/1-1.4:1.0`);
    await mkdir(join(root, "dev/serial/by-path"), { recursive: true });
    await put("dev/ttyACM9", "");
    await symlink("../../ttyACM9", join(root, "dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.0"));
    const shared = {
      usbLocation: "1-1.4",
      adapterSerial: "001051234567",
      manufacturer: "SEGGER",
      product: "J-Link",
      vendorId: "1366",
      productId: "1059",
    };
    expect(await listLinuxPorts(root)).toEqual([
      { path: "/dev/ttyACM9", interfaceNumber: 0, byPath: "pci-0000:00:14.0-usb-0:1.4:1.0", ...shared },
      { path: "/dev/ttyACM10", interfaceNumber: 10, ...shared },
    ]);
  });

  it("finds an adapter behind its driver's own folder, as ttyUSB ports have it", async () => {
    await adapter();
    await put(`${USB}/1-1.4:1.0/bInterfaceNumber`, "00");
    await tty("ttyUSB0", `${USB}/1-1.4:1.0/ttyUSB0`);
    expect(await listLinuxPorts(root)).toMatchObject([
      { path: "/dev/ttyUSB0", usbLocation: "1-1.4", interfaceNumber: 0 },
    ]);
  });

  it("leaves out ports without hardware and keeps built-in ones", async () => {
    await tty("tty0", undefined);
    await tty("ttyS0", "sys/devices/platform/serial8250/s0");
    await tty("ttyS1", "sys/devices/platform/serial8250/s1");
    await put("sys/class/tty/ttyS0/type", "4");
    await put("sys/class/tty/ttyS1/type", "0");
    expect(await listLinuxPorts(root)).toEqual([{ path: "/dev/ttyS0" }]);
  });
});

describe("listPorts", () => {
  it("lists this computer's ports", async () => {
    for (const port of await listPorts()) expect(port.path).not.toBe("");
  });

  it("reads the interface number of Windows from the plug-and-play id", () => {
    const none = { manufacturer: undefined, locationId: undefined, productId: "1059", vendorId: "1366" };
    const listed = { path: "COM3", serialNumber: "7&1", pnpId: "USB\\VID_1366&PID_1059&MI_02\\7&1", ...none };
    expect(portInfoOf(listed)).toEqual({
      path: "COM3",
      adapterSerial: "7&1",
      interfaceNumber: 2,
      vendorId: "1366",
      productId: "1059",
    });
  });
});

describe("holdersOf", () => {
  it("finds nobody where the system tells nothing", async () => {
    expect(await holdersOf("/dev/nothing", join(tmpdir(), "station-no-proc"))).toEqual([]);
  });
});
