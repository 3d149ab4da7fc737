import type { DocumentKind } from "../../src/contract/desktop-library.ts";
import type { Library, Which } from "../../src/station/library/library.ts";
import type { Handlers } from "../ipc/handlers.ts";

/** The system's own dialogs for documents; undefined: the person chose none. */
export type LibraryDialogs = {
  /** Recipes' folders, or files of fixtures and profiles. */
  readonly openDocuments: (kind: DocumentKind) => Promise<readonly string[] | undefined>;
  /** Files to lay beside a document. */
  readonly openAttachments: () => Promise<readonly string[] | undefined>;
};

export type LibraryDeskParts = {
  readonly library: Library;
  readonly dialogs: LibraryDialogs;
  /** Makes the line work with a document. */
  readonly choose: (which: Which) => Promise<void>;
  /** Whether the line may be changed now. @throws StationError while runs are active */
  readonly requireIdle: () => void;
  readonly inUse: (which: Which) => boolean;
};

type LibraryHandlers = Pick<Handlers, Extract<keyof Handlers, `library.${string}`>>;

/** The requests about the library. */
export function libraryHandlers(parts: LibraryDeskParts): LibraryHandlers {
  const { library, dialogs, choose, requireIdle, inUse } = parts;
  return {
    "library.list": ({ kind }) => library.list(kind),
    "library.read": (which) => library.read(which),
    "library.check": async ({ text, ...which }) => ({ problems: await library.check(which, text) }),
    "library.save": async ({ text, replace, ...which }) => {
      const used = replace && inUse(which);
      if (used) requireIdle();
      const saved = await library.save(which, text, replace);
      // What the line works with is always what the library shows.
      if (used) await choose(which);
      return saved;
    },
    "library.duplicate": ({ as, revision, ...which }) => library.duplicate(which, as, revision),
    "library.remove": async (which) => {
      await library.remove(which);
      return null;
    },
    "library.import": async ({ kind }) => {
      const sources = await dialogs.openDocuments(kind);
      if (sources === undefined) return { kind: "cancelled" };
      return { kind: "imported", documents: await library.import(kind, sources.slice(0, 100)) };
    },
    "library.attach": async (which) => {
      const sources = await dialogs.openAttachments();
      if (sources === undefined) return { kind: "cancelled" };
      return { kind: "attached", opened: await library.attach(which, sources.slice(0, 64)) };
    },
    "library.select": async (which) => {
      await choose(which);
      return null;
    },
  };
}
