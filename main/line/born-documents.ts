import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BORN } from "../../src/contract/desktop-configuration.ts";
import { fixtureText } from "../../src/station/files/fixture-text.ts";
import type { BornDocument } from "../../src/station/library/catalogue.ts";
import { trainingFixture } from "../training/training-fixture.ts";

/** Where `station simulate` lets the first of its modems listen. */
const FIRST_PORT = 4001;

const TRAY_WORDS = (modems: number): string =>
  [
    "# The training tray: simulated modems that the station starts and finds by itself.",
    `# A copy of it finds those that run beside the station: station simulate --units ${modems} --port ${FIRST_PORT}`,
  ].join("\n");

/**
 * The training tray and the embedded service, as documents of the library.
 * @param modems how many modems the tray has now @throws StationError never; the file system's error where resources are missing
 */
export async function bornDocuments(resources: string, modems: () => number): Promise<readonly BornDocument[]> {
  const service = await readFile(join(resources, "profiles", `${BORN.profile}.yaml`), "utf8");
  return [
    { kind: "fixture", id: BORN.fixture, text: () => trayText(modems()) },
    { kind: "profile", id: BORN.profile, text: () => service },
  ];
}

function trayText(modems: number): string {
  const units = Array.from({ length: modems }, (_, index) => {
    return { slot: String(index + 1), link: `tcp://127.0.0.1:${FIRST_PORT + index}` };
  });
  return `${TRAY_WORDS(modems)}\n${fixtureText(trainingFixture(units))}`;
}
