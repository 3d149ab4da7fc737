import { onMounted, shallowRef } from "vue";
import type { About } from "../../../src/contract/desktop-about.ts";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useStationClient } from "../../api/station-client.ts";

/** What the main process tells about the station itself; read when the screen opens. */
export function useAbout() {
  const client = useStationClient();
  const about = shallowRef<About>();
  const failure = shallowRef<ErrorReport>();
  onMounted(async () => {
    try {
      about.value = await client.ask("about.read", null);
    } catch (error) {
      failure.value = reportOf(error);
    }
  });
  return { about, failure };
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** A number of bytes as people read it: `1.3 GB`. */
export function bytesText(bytes: number, language: string): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}

/** A thumbprint in groups, for reading aloud and comparing. */
export function grouped(thumbprint: string): string {
  return thumbprint.match(/.{1,8}/g)?.join(" ") ?? thumbprint;
}
