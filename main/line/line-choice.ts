import { BORN, type TrainingNumbers } from "../../src/contract/desktop-configuration.ts";
import type { DocumentKind } from "../../src/contract/desktop-library.ts";

/** A document that the line is to work with: of the library, or a file that a switch of this start names. */
export type DocumentChoice = { readonly id: string } | { readonly file: string };

/** What the line is to work with. */
export type LineChoice = Readonly<Record<DocumentKind, DocumentChoice>> & { readonly training: TrainingNumbers };

/** Whether the line works with this document of the library. */
export function uses(choice: LineChoice, kind: DocumentKind, id: string): boolean {
  const document = choice[kind];
  return "id" in document && document.id === id;
}

/** Whether the boards are simulated. */
export function wantsTray(choice: LineChoice): boolean {
  return uses(choice, "fixture", BORN.fixture);
}

/** Whether the service is the station's own. */
export function wantsService(choice: LineChoice): boolean {
  return uses(choice, "profile", BORN.profile);
}
