import type { DocumentKind } from "../../../src/contract/desktop-library.ts";

/** The texts of menus and native dialogs. */
export type Texts = {
  readonly title: string;
  readonly file: string;
  readonly edit: string;
  readonly view: string;
  readonly training: string;
  readonly newBoards: string;
  readonly running: {
    readonly message: string;
    readonly detail: string;
    readonly stay: string;
    readonly close: string;
  };
  readonly hung: { readonly message: string; readonly detail: string; readonly wait: string; readonly reload: string };
  readonly print: string;
  readonly help: string;
  readonly helpForScreen: string;
  readonly pdfTitle: string;
  readonly exportTitle: string;
  readonly reportTitle: string;
  readonly verifyTitle: string;
  readonly records: string;
  readonly cannotStart: string;
  /** Titles of the dialogs for documents that come from elsewhere. */
  readonly importTitles: Readonly<Record<DocumentKind, string>>;
  readonly attachTitle: string;
  /** Titles of the dialogs for the line that stations share. */
  readonly lineTitle: string;
  readonly credentialsTitle: string;
  /** The line could not be opened as it was left. */
  readonly fallback: { readonly message: string; readonly detail: string };
  /** The record cannot be opened at the start. */
  readonly record: {
    readonly damaged: Told;
    readonly taken: Told;
    readonly full: Told;
    readonly unwritable: Told;
    readonly restore: string;
    readonly begin: string;
    readonly again: string;
    readonly close: string;
    readonly backupTitle: string;
    readonly sure: Told & { readonly begin: string; readonly back: string };
    readonly notDone: { readonly message: string; readonly back: string };
  };
};

/** What a dialog says. */
type Told = { readonly message: string; readonly detail: string };
