import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { headFileOf, readHeadFile } from "../../src/audit/head-file.ts";
import { writeDurably } from "../../src/audit/durable-file.ts";
import type { About } from "../../src/contract/desktop-about.ts";
import { StationError } from "../../src/core/error.ts";
import type { Handlers } from "../ipc/handlers.ts";

/** What the window shows, on paper. */
export type Paper = {
  /** Opens the system's dialog; false: the person thought better of it. @throws StationError desktop.print */
  readonly print: () => Promise<boolean>;
  /** The pages as a PDF. @throws StationError desktop.print */
  readonly pdf: () => Promise<Uint8Array>;
  /** Asks where to save it; undefined: nowhere. */
  readonly savePlace: (name: string) => Promise<string | undefined>;
};

export type AboutParts = {
  readonly versions: Pick<About, "version" | "electron" | "chromium" | "node" | "platform">;
  /** Identity of the station in the record. */
  readonly stationId: string;
  /** Path of the audit database. */
  readonly record: string;
  readonly paper: Paper;
};

type AboutHandlers = Pick<Handlers, Extract<keyof Handlers, `about.${string}` | `page.${string}`>>;

/** The requests about the station itself and about paper. */
export function aboutHandlers({ versions, stationId, record, paper }: AboutParts): AboutHandlers {
  return {
    "about.read": async () => {
      const [key, recordBytes, freeBytes] = await Promise.all([keyOf(record), sizeOf(record), freeAt(dirname(record))]);
      return {
        ...{ ...versions, station: stationId, folder: dirname(record), recordBytes },
        ...(key === undefined ? {} : { key }),
        ...(freeBytes === undefined ? {} : { freeBytes }),
      };
    },
    "page.print": async () => ({ kind: (await paper.print()) ? "printed" : "cancelled" }),
    "page.savePdf": async ({ name }) => {
      const file = await paper.savePlace(`${name}.pdf`);
      if (file === undefined) return { kind: "cancelled" };
      const pdf = await paper.pdf();
      try {
        await writeDurably(file, pdf);
      } catch (cause) {
        throw new StationError("desktop.page-file", "the PDF cannot be written", { file }, { cause });
      }
      return { kind: "saved", file };
    },
  };
}

const HeaderSchema = z.object({ kid: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });

/** The thumbprint that the newest signed head names; its signature was checked when the record was opened. */
async function keyOf(record: string): Promise<string | undefined> {
  const head = await readHeadFile(record);
  if (head === "absent" || head === "damaged") return undefined;
  try {
    const [header = ""] = head.jws.split(".");
    return HeaderSchema.parse(JSON.parse(Buffer.from(header, "base64url").toString("utf8"))).kid;
  } catch {
    return undefined;
  }
}

/** Bytes of the database with its log and its head. */
async function sizeOf(record: string): Promise<number> {
  const files = [record, `${record}-wal`, headFileOf(record)];
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function freeAt(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
