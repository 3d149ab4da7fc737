import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fieldAt,
  formOf,
  freeId,
  profileOf,
  type ProfileForm,
} from "../../../../renderer/screens/service/profile-form.ts";
import { ProfileSchema } from "../../../../src/contract/profile.ts";

const PROFILE = ProfileSchema.parse({
  ...{ profile: 1, name: "nRF Cloud", service: "nrf-cloud" },
  https: { host: "provisioning-http.nrfcloud.com", ca: "root.pem" },
  coaps: { host: "coap.nrfcloud.com", ca: "coap.pem" },
  owner: { base: "https://api.provisioning.nrfcloud.com/v1", ca: "root.pem", keyEnv: "NRF_CLOUD_API_KEY" },
  ...{ proxy: "http://proxy.example:3128", compatibility: "strict", limits: { records: 5 } },
  authorities: [
    { name: "factory", certificate: "ca.pem", key: "ca-key.pem", passphraseEnv: "CA_PASSPHRASE", days: 30 },
  ],
});
const FORM = formOf(PROFILE);
const wrongIn = (some: Partial<ProfileForm>): readonly string[] => {
  const result = profileOf({ ...FORM, ...some });
  return result.ok ? [] : [...result.wrong];
};

describe("the profile's form", () => {
  it("makes the profile that it was made of", () => {
    expect(profileOf(FORM)).toEqual({ ok: true, profile: PROFILE });
  });

  it("leaves out what is empty, and takes blanks around a value away", () => {
    const bare = { ...FORM, ownerBase: "", ownerCa: "", keyEnv: "", proxy: "", coapHost: "", coapPort: "", coapCa: "" };
    const result = profileOf({ ...bare, host: " device.example " });
    expect(result).toMatchObject({ ok: true, profile: { https: { host: "device.example" } } });
    const fields = result.ok ? Object.keys(result.profile) : [];
    expect(fields.filter((field) => ["owner", "coaps", "proxy"].includes(field))).toEqual([]);
  });

  it.each<[keyof ProfileForm, string]>([
    ["name", ""],
    ["host", "https://device.example"],
    ["host", ""],
    ["port", "0"],
    ["port", "70000"],
    ["port", "44x"],
    ["ca", ""],
    ["coapPort", "-1"],
    ["ownerBase", "http://api.example/v1"],
    ["keyEnv", "lower"],
    ["proxy", "http://user:pw@proxy:1"],
    ["clientVersion", "three"],
    ["records", "4"],
    ["rxBytes", "1e9"],
    ["caName", ""],
    ["caKey", ""],
    ["caPassphraseEnv", "lower"],
    ["caSubject", "CN=everybody"],
    ["caDays", "0"],
  ])("says that %s must not be %j", (field, value) => {
    expect(wrongIn({ [field]: value })).toEqual([field]);
  });

  it("leaves out a CA without fields, and keeps those that it has no fields for", () => {
    const bare = { ...FORM, caName: "", caCertificate: "", caKey: "", caPassphraseEnv: "", caSubject: "", caDays: "" };
    const result = profileOf(bare);
    expect(result.ok && "authorities" in result.profile).toBe(false);
    const second = { name: "second", certificate: "b.pem", key: "b-key.pem", subject: "CN={{imei}}", days: 1 };
    const both = profileOf(FORM, [second]);
    expect(both).toMatchObject({ profile: { authorities: [{ name: "factory" }, second] } });
  });

  it("wants the endpoint of the transport", () => {
    expect(wrongIn({ transport: "coaps", coapHost: "", coapPort: "", coapCa: "" })).toEqual(["coapHost", "coapCa"]);
  });

  it("never throws, whatever stands in it", () => {
    const hostile = fc.record(Object.fromEntries(Object.keys(FORM).map((field) => [field, fc.string()])));
    fc.assert(
      fc.property(hostile, (form) => {
        expect(profileOf(form as ProfileForm).ok).toBe(false);
      }),
    );
  });
});

it("fieldAt finds the field of a place, or the nearest", () => {
  expect([fieldAt("https.ca"), fieldAt("https"), fieldAt("limits.txBytes"), fieldAt("nothing")]).toEqual([
    ...["ca", "host", "txBytes", "name"],
  ]);
});

it("freeId counts up to a free name", () => {
  expect(freeId("nrf-cloud-copy", ["nrf-cloud-copy", "nrf-cloud-copy-2"])).toBe("nrf-cloud-copy-3");
  expect(freeId("x".repeat(80), [])).toHaveLength(58);
});
