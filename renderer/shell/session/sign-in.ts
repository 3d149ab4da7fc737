import { computed, onBeforeUnmount, ref, shallowRef } from "vue";
import { reportOf, type ErrorReport } from "../../../src/core/error.ts";
import { useSession, type Credentials } from "../../stores/session.ts";

/** What a sign-in asks for next: a name, or the PIN of one. */
export type SignInStep =
  { readonly kind: "who" } | { readonly kind: "pin"; readonly name: string; readonly badge?: string };

/** The longest PIN. */
export const LONGEST_PIN = 12;
const SECOND = 1000;

/** Signing in step by step; `done` is called when somebody is signed in. */
export function useSignIn(done: () => void) {
  const session = useSession();
  const step = shallowRef<SignInStep>({ kind: "who" });
  const pin = ref("");
  const busy = ref(false);
  const failure = shallowRef<ErrorReport>();
  const wait = ref(0);
  const ticking = setInterval(() => {
    wait.value = Math.max(0, wait.value - 1);
    if (wait.value === 0 && failure.value?.code === "operators.wait") failure.value = undefined;
  }, SECOND);
  onBeforeUnmount(() => clearInterval(ticking));

  async function ask(credentials: Credentials): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      const answer = await session.signIn(credentials);
      failure.value = undefined;
      if (answer.kind === "signed-in") done();
      else step.value = { kind: "pin", name: answer.name };
    } catch (error) {
      failure.value = reportOf(error);
      wait.value = waitOf(failure.value);
    }
    pin.value = "";
    busy.value = false;
  }

  /** A name was chosen. */
  async function choose(name: string, needsPin: boolean): Promise<void> {
    failure.value = undefined;
    pin.value = "";
    if (needsPin) step.value = { kind: "pin", name };
    else await ask({ name });
  }

  const scanned = (badge: string): Promise<void> => ask({ badge });
  const ready = computed(() => pin.value.length >= 4 && wait.value === 0 && !busy.value);

  /** The PIN is typed. */
  async function enter(): Promise<void> {
    if (step.value.kind === "pin" && ready.value) await ask({ name: step.value.name, pin: pin.value });
  }

  function type(digit: string): void {
    if (pin.value.length < LONGEST_PIN) pin.value += digit;
  }

  const erase = (): void => void (pin.value = pin.value.slice(0, -1));

  function back(): void {
    step.value = { kind: "who" };
    failure.value = undefined;
    pin.value = "";
  }

  return { step, pin, busy, failure, wait, ready, choose, scanned, enter, type, erase, back };
}

/** Seconds that a name has to wait, as the failure tells. */
function waitOf({ code, facts }: ErrorReport): number {
  const { wait } = facts;
  return code === "operators.wait" && typeof wait === "object" && wait !== null ? wait.value : 0;
}
