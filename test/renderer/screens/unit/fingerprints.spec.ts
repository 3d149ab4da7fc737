import { describe, expect, it } from "vitest";
import { fingerprintsOf, groupedDigest } from "../../../../renderer/screens/unit/fingerprints.ts";
import { textParts, shortText } from "../../../../renderer/screens/unit/text-parts.ts";
import { factsOf, unitName } from "../../../../renderer/screens/unit/unit-facts.ts";
import { recordedRuns } from "../recorded-runs.ts";

describe("the fingerprints of a run", () => {
  const { passed, failed } = recordedRuns();

  it("lists credentials by tag and type, artefacts and settings", () => {
    const { credentials, artefacts, settings } = fingerprintsOf(passed.events);
    expect(credentials.map(({ secTag, credential, verdict }) => [secTag, credential, verdict])).toEqual([
      [42384, 0, "match"],
      [16842753, 0, "match"],
      [16842753, 2, "present"],
    ]);
    expect(artefacts.map(({ name, length }) => [name, length])).toEqual([["csr 16842753", 268]]);
    expect(settings).toHaveLength(3);
  });

  it("puts what does not fit first, and the last finding of a repeated phase counts", () => {
    const changed = passed.events.map((event) =>
      event.type === "credential.verified" && event.secTag === 16842753 && event.credential === 2
        ? { ...event, verdict: "missing" as const }
        : event,
    );
    expect(fingerprintsOf(changed).credentials[0]).toMatchObject({ credential: 2, verdict: "missing" });
    expect(fingerprintsOf([...changed, ...passed.events]).credentials).toHaveLength(3);
    expect(fingerprintsOf([...changed, ...passed.events]).credentials[2]?.verdict).toBe("present");
    expect(fingerprintsOf(failed.events).credentials).toEqual([]);
  });

  it("lists the certificates that a CA of one's own gave out", () => {
    const { runId, slot, at } = passed.events[0]!;
    const digest = "0".repeat(64);
    const issued = {
      ...({
        type: "certificate.issued",
        runId,
        slot,
        seq: 99,
        at,
        secTag: 7,
        by: "factory",
        authority: digest,
      } as const),
      ...{ serial: "41", sha256: digest, subject: "CN=u", notAfter: "2036-01-01T00:00:00.000Z", pem: "PEM" },
    };
    expect(fingerprintsOf([...passed.events, issued]).certificates).toMatchObject([{ by: "factory", serial: "41" }]);
  });

  it("writes digests in groups, short or whole", () => {
    const digest = "0123456789abcdef".repeat(4);
    expect(groupedDigest(digest)).toBe("0123 4567 89ab cdef … cdef");
    expect(groupedDigest(digest, true).replaceAll(" ", "")).toBe(digest);
    expect(groupedDigest("")).toBe("");
  });
});

describe("a redacted text", () => {
  const hidden = `[sha256:${"a".repeat(64)} length:180]`;

  it("falls into plain pieces and secrets that together are the whole", () => {
    expect(textParts(`%X: "${hidden}",1`)).toEqual([
      { kind: "plain", text: '%X: "' },
      { kind: "hidden", sha256: "a".repeat(64), length: 180 },
      { kind: "plain", text: '",1' },
    ]);
    expect(textParts("")).toEqual([]);
    expect(shortText(`%CMNG 0,1,0,${hidden}`)).toBe("%CMNG 0,1,0,…");
  });

  it("is left alone where it only looks redacted", () => {
    expect(textParts("[sha256:12 length:x]")).toEqual([{ kind: "plain", text: "[sha256:12 length:x]" }]);
  });
});

describe("the facts of a run", () => {
  const { run } = recordedRuns().failed;

  it("leave out what is not known", () => {
    expect(factsOf(run).map(({ name }) => name)).toEqual([
      ...[
        "model",
        "firmware",
        "hardware",
        "imei",
        "iccid",
        "uuid",
        "recipe",
        "operator",
        "link",
        "release",
        "batch",
        "run",
      ],
    ]);
    const unknown = { model: null, firmware: null, hardware: null, imei: null, iccid: null, uuid: null, release: null };
    expect(factsOf({ ...run, ...unknown, again: true }).map(({ name }) => name)).toEqual([
      ...["recipe", "operator", "link", "again", "batch", "run"],
    ]);
  });

  it("name a unit by serial, else IMEI, else device UUID", () => {
    const names = { boardSerial: "PS-1", imei: run.imei, uuid: run.uuid };
    expect(unitName(names)).toBe("PS-1");
    expect(unitName({ ...names, boardSerial: null })).toBe("355025936247749");
    expect(unitName({ boardSerial: null, imei: null, uuid: run.uuid })).toBe(run.uuid);
    expect(unitName({ boardSerial: null, imei: null, uuid: null })).toBeUndefined();
  });
});
