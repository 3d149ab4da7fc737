import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Publication } from "../../../src/contract/line-publication.ts";
import { ResolvedProfileSchema } from "../../../src/contract/profile.ts";
import type { StationFiles } from "../../../src/station/batch-plan.ts";
import { loadFixture } from "../../../src/station/files/fixture-file.ts";
import { openRecipe } from "../../../src/station/files/recipe-file.ts";
import { DocumentGuard } from "../../../src/station/published/document-guard.ts";
import { FIXTURE } from "../library/library-rig.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";
import { StationRig } from "../station-rig.ts";

const RECIPES = join(import.meta.dirname, "../../../resources/recipes");
const TRAINING = join(RECIPES, "training/recipe.yaml");
const PSK = join(RECIPES, "psk-per-unit/recipe.yaml");

let rig: PublishedRig;
let fixtureFile: string;
beforeEach(async () => {
  rig = await PublishedRig.make();
  fixtureFile = join(rig.folder, "tray.yaml");
  await writeFile(fixtureFile, FIXTURE);
});
afterEach(() => rig.remove());

async function filesOf(recipe: string, more: Partial<StationFiles> = {}): Promise<StationFiles> {
  return {
    ...(await openRecipe(recipe, {})),
    fixture: await loadFixture(fixtureFile),
    profile: ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Embedded", service: "embedded" },
      https: { host: "localhost", port: 8443, ca: "PEM" },
      owner: { base: "https://localhost:8444/v1" },
    }),
    ...more,
  };
}

/** A copy of a recipe's folder that may be changed. */
async function ownCopy(recipe: string): Promise<string> {
  const folder = join(rig.folder, "own");
  await cp(dirname(recipe), folder, { recursive: true });
  return join(folder, "recipe.yaml");
}

async function publishBoth(recipe: string): Promise<Publication> {
  const published = await rig.publish(recipe);
  await rig.publish(fixtureFile);
  await rig.fetch();
  return published;
}

const started = (files: StationFiles, require = true): Promise<string> =>
  new DocumentGuard(rig.shelf, { require }).requireCovered(files).then(
    () => "started",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
  );

describe("a station that starts only what was signed", () => {
  it("starts what a trusted publisher has signed, wherever it was loaded from and however it is laid out", async () => {
    await publishBoth(TRAINING);
    expect(await started(await filesOf(TRAINING))).toBe("started");
    const own = await ownCopy(TRAINING);
    await writeFile(own, `# A comment.\n${await readFile(own, "utf8")}`);
    expect(await started(await filesOf(own))).toBe("started");
  });

  it("starts nothing that nobody has signed, nor with one of the two only", async () => {
    const files = await filesOf(TRAINING);
    expect(await started(files)).toBe("line.document-unsigned");
    await rig.publish(TRAINING);
    await rig.fetch();
    expect(await started(files)).toBe("line.document-unsigned");
    await rig.publish(fixtureFile);
    await rig.fetch();
    expect(await started(files)).toBe("started");
  });

  it.each([
    ["a changed command", async (own: string) => change(own, "secTag: 16842753", "secTag: 16842754")],
    ["a command more", async (own: string) => change(own, "commands:", 'commands:\n  - config: { more: "1" }')],
    ["another tag", async (own: string) => change(own, "tags: [training]", "tags: [production]")],
    [
      "a changed file",
      async (own: string) =>
        cp(join(dirname(own), "nrf-cloud-coap-ca.pem"), join(dirname(own), "amazon-root-ca-1.pem")),
    ],
  ])("does not start with %s", async (_what, edit) => {
    await publishBoth(TRAINING);
    const own = await ownCopy(TRAINING);
    await edit(own);
    expect(await started(await filesOf(own))).toBe("line.document-unsigned");
    expect(await started(await filesOf(own), false)).toBe("started");
    expect(await started(await filesOf(own, { published: { recipe: true } }), false)).toBe("line.document-unsigned");
  });

  it("does not start with a changed fixture", async () => {
    await publishBoth(TRAINING);
    await writeFile(fixtureFile, FIXTURE.replace("4001", "4002"));
    expect(await started(await filesOf(TRAINING))).toBe("line.document-unsigned");
  });

  it("does not start what is in memory unsigned, though the file is signed again", async () => {
    await publishBoth(TRAINING);
    const files = await filesOf(TRAINING);
    const [command] = files.recipe.recipe.commands;
    if (command === undefined) throw new TypeError("no command");
    const recipe = { ...files.recipe, recipe: { ...files.recipe.recipe, commands: [command] } };
    expect(await started({ ...files, recipe })).toBe("line.document-unsigned");
    const swapped = Object.fromEntries(
      Object.entries(files.recipe.files).map(([path, file]) => [path, { ...file, content: `${file.content}\n` }]),
    );
    expect(await started({ ...files, recipe: { ...files.recipe, files: swapped } })).toBe("line.document-unsigned");
  });

  it("covers the units' values, unless the signature leaves them to each station", async () => {
    const own = await ownCopy(PSK);
    await publishBoth(own);
    await cp(join(dirname(own), "values.csv"), join((await rig.shelf.copies("recipe"))[0]?.folder ?? "", "values.csv"));
    expect(await started(await filesOf(own))).toBe("started");
    await writeFile(join(dirname(own), "values.csv"), `identity,psk,site\nother,${"ab".repeat(16)},Oslo\n`);
    expect(await started(await filesOf(own))).toBe("line.document-unsigned");
    await rig.publish(own, { ownValues: true });
    await rig.fetch();
    expect(await started(await filesOf(own))).toBe("started");
  });

  it("starts nothing that was withdrawn, whether signatures are required or not", async () => {
    const { sha256 } = await publishBoth(TRAINING);
    await rig.withdraw(sha256);
    await rig.fetch();
    expect(await started(await filesOf(TRAINING))).toBe("line.document-withdrawn");
    expect(await started(await filesOf(TRAINING), false)).toBe("line.document-withdrawn");
  });

  it("starts what is published under another digest after a withdrawal", async () => {
    const { sha256 } = await publishBoth(TRAINING);
    await rig.withdraw(sha256);
    const own = await ownCopy(TRAINING);
    await writeFile(own, `# Published again.\n${await readFile(own, "utf8")}`);
    await rig.publish(own);
    await rig.fetch();
    expect(await started(await filesOf(TRAINING))).toBe("started");
  });

  it("starts nothing with a copy that was changed, and says why", async () => {
    await publishBoth(TRAINING);
    const files = await filesOf(TRAINING);
    const [copy] = await rig.shelf.copies("recipe");
    await rm(join(copy?.folder ?? "", "amazon-root-ca-1.pem"));
    await expect(new DocumentGuard(rig.shelf, { require: true }).requireCovered(files)).rejects.toMatchObject({
      ...{ code: "line.document-unsigned", cause: { code: "line.document-changed" } },
    });
  });

  it("lets simulated trays run: nobody signs these", async () => {
    expect(await started(await filesOf(TRAINING, { simulated: true }))).toBe("started");
  });

  it("does not touch a modem, nor the record, when it refuses", async () => {
    const guarded = new StationRig({ documents: new DocumentGuard(rig.shelf, { require: true }) });
    const { station, store } = guarded;
    await expect(station.start(guarded.request())).rejects.toMatchObject({ code: "line.document-unsigned" });
    expect(store.events).toEqual([]);
    await station.close();
  });
});

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  await writeFile(file, changed);
}
