import { onBeforeUnmount, onMounted } from "vue";
import { modalOpen } from "../keys/modal-open.ts";

/** What the keys do that mean the same on every screen. */
export type GlobalActions = {
  readonly help: () => void;
  readonly print: () => void;
  /** To the Line's scan field, from wherever. */
  readonly toScan: () => void;
  /** To the History's search, from wherever. */
  readonly toSearch: () => void;
  readonly hold: () => void;
  readonly letGo: () => void;
};

/** Listens to the window's keys as long as it lives; screens may take a key first. */
export function useGlobalKeys(actions: GlobalActions): void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || modalOpen()) return;
    if (event.key === "Escape" && !event.repeat) actions.hold();
    const action = actionOf(event, actions);
    if (action === undefined) return;
    event.preventDefault();
    if (!event.repeat) action();
  };
  const released = (event: KeyboardEvent): void => {
    if (event.key === "Escape") actions.letGo();
  };
  onMounted(() => {
    window.addEventListener("keydown", pressed);
    window.addEventListener("keyup", released);
    window.addEventListener("blur", actions.letGo);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("keydown", pressed);
    window.removeEventListener("keyup", released);
    window.removeEventListener("blur", actions.letGo);
  });
}

function actionOf(event: KeyboardEvent, actions: GlobalActions): (() => void) | undefined {
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (event.key === "F1") return actions.help;
  if (event.key === "F2") return actions.toScan;
  if (command && event.key.toLowerCase() === "p") return actions.print;
  if (command && event.key.toLowerCase() === "f") return actions.toSearch;
  return undefined;
}
