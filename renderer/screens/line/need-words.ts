import { useI18n } from "vue-i18n";
import type { ErrorReport } from "../../../src/core/error.ts";
import { remedyOf, type FaultFamily } from "./fault-family.ts";
import type { Need } from "./needs.ts";

/** The sentences about a fault in the window's language. */
export function useNeedWords() {
  const texts = useI18n();
  const { t, locale } = texts;

  /** What to do: the error table's advice in English, else the family's remedy in the window's language. */
  function remedy(family: FaultFamily, error: ErrorReport | undefined): string {
    const key = `remedies.${family}`;
    if (texts.te(key, locale.value)) return t(key);
    return error === undefined ? t("line.scanAgain") : remedyOf(error.advice);
  }

  /** Whether the unit may be shipped, where the outcome leaves that open. */
  function condition({ condition: state, slots }: Need): string | undefined {
    return state === "failed" ? undefined : t(`line.condition.${state}`, slots.length);
  }

  const what = (family: FaultFamily): string => t(`faults.${family}.what`);
  return { what, remedy, condition };
}
