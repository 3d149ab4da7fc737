import { shortId } from "./short-id.ts";

/** What people call a station of the line: its name, or the end of its identity where it told none. */
export function stationWord(
  stations: readonly { readonly id: string; readonly name?: string | undefined }[],
  id: string,
): string {
  return stations.find((station) => station.id === id)?.name ?? shortId(id);
}
