import { createHash, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { replyOf } from "../../src/cli/conformance/scripted-modem.ts";
import { provisioningOptions } from "../../src/provisioning/options.ts";
import { builtInCa, installRootCa } from "../../src/provisioning/root-ca.ts";
import { AMAZON_ROOT_CA_1, NRF_CLOUD_COAP_CA } from "../../src/provisioning/root-ca-pem.ts";

const HTTP = provisioningOptions({ http: true });

function rig(...replies: readonly string[]) {
  const sent: string[] = [];
  const left = [...replies];
  const send = (command: string) => {
    sent.push(command);
    return Promise.resolve(replyOf(left.shift() ?? "OK\r\n"));
  };
  return { sent, modem: { send } };
}

describe("the service's CA in the modem", () => {
  it.each([
    ["Amazon Root CA 1", AMAZON_ROOT_CA_1, 1188, "2C43952EE9E000FF2ACC4E2ED0897C0A72AD5FA72C3D934E81741CBD54F05BD1"],
    ["nRF Cloud", NRF_CLOUD_COAP_CA, 603, "960D85D664046563D2483F724D1B076FF7DFAE9DA805533CF39B421416A00D2A"],
  ])("is %s as the library has it, to the byte", (name, pem, size, digest) => {
    expect(Buffer.byteLength(pem)).toBe(size);
    expect(createHash("sha256").update(pem).digest("hex").toUpperCase()).toBe(digest);
    expect(new X509Certificate(pem).subject).toContain(`CN=${name}`);
  });

  it("is written to the tag only if nothing is there", async () => {
    const { sent, modem } = rig("OK\r\n", "OK\r\n");
    expect(await installRootCa(modem, HTTP)).toBe("written");
    expect(sent).toEqual(["AT%CMNG=1,189298,0", `AT%CMNG=0,189298,0,"${AMAZON_ROOT_CA_1}"`]);
    const present = rig(`%CMNG: 189298,0,"${"AB".repeat(32)}"\r\nOK\r\n`);
    expect(await installRootCa(present.modem, HTTP)).toBe("present");
    expect(present.sent).toHaveLength(1);
  });

  it("is the one of the transport", () => {
    expect(builtInCa(HTTP)).toBe(AMAZON_ROOT_CA_1);
    expect(builtInCa(provisioningOptions({ coap: true }))).toBe(NRF_CLOUD_COAP_CA);
  });

  it("stays out with WITH_CERT off", async () => {
    const { sent, modem } = rig();
    expect(await installRootCa(modem, provisioningOptions({ http: true, withCert: false }))).toBe("off");
    expect(sent).toEqual([]);
  });

  it("is refused when the modem refuses, or it is larger than 4 KiB", async () => {
    const code = "provisioning.ca-not-installed";
    await expect(installRootCa(rig("ERROR\r\n").modem, HTTP)).rejects.toMatchObject({ code });
    await expect(installRootCa(rig("OK\r\n", "+CME ERROR: 518\r\n").modem, HTTP)).rejects.toMatchObject({ code });
    await expect(installRootCa(rig().modem, HTTP, "x".repeat(4097))).rejects.toBeInstanceOf(StationError);
    await expect(installRootCa(rig().modem, HTTP, 'a"b')).rejects.toMatchObject({ code });
  });
});
