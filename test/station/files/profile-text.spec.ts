import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ProfileSchema } from "../../../src/contract/profile.ts";
import { profileText } from "../../../src/station/files/profile-text.ts";

const BEFORE = `# Our own cloud.
profile: 1
name: Own cloud # as the plan calls it
service: nrf-cloud
https: { host: device.example, port: 443, ca: own/root.pem }
# The key comes from the vault.
owner: { base: "https://api.example/v1" }
`;
const read = (text: string) => ProfileSchema.parse(parse(text));

describe("profileText", () => {
  it("changes what changed, and leaves comments and order as they were", () => {
    const profile = read(BEFORE);
    const text = profileText({ ...profile, name: "Other cloud", proxy: "http://proxy.example:3128" }, BEFORE);
    expect(text).toContain("# Our own cloud.\nprofile: 1\nname: Other cloud # as the plan calls it\n");
    expect(text).toContain("# The key comes from the vault.\n");
    expect(read(text)).toEqual({ ...profile, name: "Other cloud", proxy: "http://proxy.example:3128" });
    expect(profileText(profile, BEFORE)).toBe(BEFORE);
  });

  it("takes out what is gone, and changes an endpoint on its line", () => {
    const { owner: _gone, ...profile } = read(BEFORE);
    const text = profileText({ ...profile, https: { host: "new.example", port: 8443, ca: "own/root.pem" } }, BEFORE);
    expect(text).toContain("https: { host: new.example, port: 8443, ca: own/root.pem }");
    expect(text).not.toContain("api.example");
  });

  it("makes a new text of what is not as usual", () => {
    const profile = read(BEFORE);
    const text = profileText(profile);
    expect(text).not.toContain("limits");
    expect(read(text)).toEqual(profile);
    const strict = { ...profile, compatibility: "strict" as const, limits: { ...profile.limits, records: 5 } };
    expect(read(profileText(strict))).toEqual(strict);
    expect(read(profileText(strict, "no: profile"))).toEqual(strict);
  });
});
