import {
  BadgeSchema,
  OperatorNameSchema,
  PinSchema,
  type Operator,
  type Role,
} from "../../../src/contract/desktop-session.ts";
import type { Asks } from "../../../src/contract/desktop.ts";

/** What is typed about an operator. */
export type OperatorForm = {
  readonly name: string;
  readonly role: Role;
  readonly enabled: boolean;
  /** Empty: the PIN stays as it is. */
  readonly pin: string;
  readonly again: string;
  readonly dropPin: boolean;
  readonly badge: string;
};

/** A field with a problem; `settings.problems.<kind>` says it. */
export type FormProblem = "name" | "pin" | "pinAgain" | "pinMissing" | "badge";

/** The form of an operator as the station knows it; of a new one without. */
export function formOf(operator: Operator | undefined, first: boolean): OperatorForm {
  const { name = "", role = first ? "engineer" : "operator", enabled = true, badge = "" } = operator ?? {};
  return { name, role, enabled, badge, pin: "", again: "", dropPin: false };
}

/** What keeps the form from being sent; undefined: nothing. */
export function problemOf(form: OperatorForm, known: Operator | undefined): FormProblem | undefined {
  if (!OperatorNameSchema.safeParse(form.name.trim()).success) return "name";
  if (form.pin !== "" && !PinSchema.safeParse(form.pin).success) return "pin";
  if (form.pin !== form.again) return "pinAgain";
  const hasPin = form.pin !== "" || (known?.pin === true && !form.dropPin);
  if (form.role === "engineer" && !hasPin) return "pinMissing";
  if (form.badge.trim() !== "" && !BadgeSchema.safeParse(form.badge.trim()).success) return "badge";
  return undefined;
}

/** The request that enters a new operator. */
export function additionOf(form: OperatorForm): Asks<"operators.add"> {
  const badge = form.badge.trim();
  return {
    ...{ name: form.name.trim(), role: form.role },
    ...(form.pin === "" ? {} : { pin: form.pin }),
    ...(badge === "" ? {} : { badge }),
  };
}

/** The request that changes what differs from what the station knows. */
export function changeOf(form: OperatorForm, known: Operator): Asks<"operators.change"> {
  const [name, badge] = [form.name.trim(), form.badge.trim()];
  return {
    name: known.name,
    ...(name === known.name ? {} : { rename: name }),
    ...(form.role === known.role ? {} : { role: form.role }),
    ...(form.enabled === known.enabled ? {} : { enabled: form.enabled }),
    ...(form.pin === "" ? (form.dropPin ? { pin: null } : {}) : { pin: form.pin }),
    ...(badge === (known.badge ?? "") ? {} : { badge: badge === "" ? null : badge }),
  };
}
