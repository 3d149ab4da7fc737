import { useI18n } from "vue-i18n";
import { isErrorCode } from "../../../src/core/error-codes.ts";
import { percent } from "../../components/spans.ts";
import { faultFamily } from "../line/fault-family.ts";

/** The language in which pictures and tables speak. */
export type Words = {
  readonly language: string;
  /** A text of `report.json`, by its key without `report.`. */
  readonly text: (key: string, named?: Readonly<Record<string, unknown>>, count?: number) => string;
  readonly number: (value: number) => string;
  /** A share from 0 to 1 in percent with one decimal; a dash of undefined. */
  readonly percent: (share: number | undefined) => string;
  /** What an error code means, in two or three words; the code itself where nobody knows it. */
  readonly reason: (code: string | null) => string;
};

/** The words of the language that is set now. */
export function useWords(): () => Words {
  const { t, n, locale } = useI18n();
  return () => ({
    language: locale.value,
    text: (key, named = {}, count = 1) => t(`report.${key}`, named, count),
    number: (value) => n(value),
    percent: (share) => (share === undefined ? "–" : (percent(share, 1, locale.value) ?? "–")),
    reason: (code) => {
      if (code === null) return t("report.noCode");
      return isErrorCode(code) ? t(`faults.${faultFamily(code)}.short`) : code;
    },
  });
}
