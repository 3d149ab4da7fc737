import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { Asked, Answers } from "../../src/contract/desktop.ts";
import { asStationError } from "../../src/core/error.ts";
import { LARGEST_NAMED } from "../../src/station/files/beside.ts";
import { checkCertificates } from "../../src/station/files/pem.ts";
import { profileText } from "../../src/station/files/profile-text.ts";
import { readTextFile } from "../../src/station/files/text-file.ts";
import { slug } from "../../src/station/library/drafts.ts";
import type { Library } from "../../src/station/library/library.ts";
import type { Handlers } from "../ipc/handlers.ts";

export type ProfileWriterParts = {
  readonly library: Pick<Library, "attach" | "locate">;
  readonly handlers: Pick<Handlers, "library.read" | "library.save">;
  /** The system's own dialog; undefined: the person chose none. */
  readonly openAttachments: () => Promise<readonly string[] | undefined>;
};

/** Writes profiles that the window's form made, as files that people read, and takes in their CA files. */
export function profileHandlers(parts: ProfileWriterParts): Pick<Handlers, "service.write" | "service.pick-ca"> {
  return {
    "service.write": (asked) => write(parts, asked),
    "service.pick-ca": async ({ profile: id }) => {
      const [source] = (await parts.openAttachments()) ?? [];
      return source === undefined ? { kind: "cancelled" } : pick(parts, id, source);
    },
  };
}

async function write({ handlers }: ProfileWriterParts, { profile: id, fields }: Asked<"service.write">) {
  const { text } = await handlers["library.read"]({ kind: "profile", id });
  return handlers["library.save"]({ kind: "profile", id, text: profileText(fields, text), replace: true });
}

/** Copies a CA file beside a profile; one that lies there already is taken as it is. @throws StationError file.*, library.* */
async function pick({ library }: ProfileWriterParts, id: string, source: string): Promise<Answers<"service.pick-ca">> {
  const { text, bytes } = await readTextFile(source, LARGEST_NAMED);
  checkCertificates(text);
  const file = `${id}/${slug(basename(source), "")}`;
  try {
    await library.attach({ kind: "profile", id }, [source]);
  } catch (error) {
    const path = await library.locate({ kind: "profile", id });
    const there = asStationError(error).code === "library.exists" && path !== undefined;
    if (!there || !(await holds(join(dirname(path), file), bytes))) throw error;
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----/g)?.length ?? 1;
  return { kind: "picked", file, sha256: createHash("sha256").update(bytes).digest("hex"), certificates };
}

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  const { bytes: other } = await readTextFile(file, LARGEST_NAMED);
  return Buffer.from(other).equals(bytes);
}
