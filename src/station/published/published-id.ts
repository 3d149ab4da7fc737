import type { Publication } from "../../contract/line-publication.ts";
import { slug } from "../library/drafts.ts";

const LONGEST_NAME = 36;
const LONGEST_REVISION = 16;
const DIGITS = 8;

/**
 * The name of a published document in the station's library: of what it is called, and of its digest, so that it stands for one
 * content for ever: `tracker-7-0c4f21aa`.
 */
export function publishedId({
  kind,
  name,
  revision,
  sha256,
}: Pick<Publication, "kind" | "name" | "revision" | "sha256">): string {
  const words = [slug(name, kind).slice(0, LONGEST_NAME), slug(revision, "r").slice(0, LONGEST_REVISION)];
  return [...words.map((word) => word.replace(/[^a-z0-9]+$/, "")), sha256.slice(0, DIGITS)].join("-");
}
