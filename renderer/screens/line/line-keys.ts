import { onBeforeUnmount, onMounted } from "vue";
import { BURST_WAIT, KeyBurst } from "../../keys/key-burst.ts";
import { modalOpen } from "../../keys/modal-open.ts";

/** What the keys of the Line screen do. */
export type LineActions = {
  readonly start: () => void;
  readonly hold: () => void;
  readonly letGo: () => void;
  /** Brings the keyboard to the scan field, with what a scanner typed elsewhere so far. */
  readonly toScan: (typed?: string) => void;
  readonly toTray: () => void;
  readonly nextNeed: (back: boolean) => void;
  readonly retry: () => void;
};

/** Listens to the window's keys while the screen is shown. */
export function useLineKeys(actions: LineActions): void {
  const burst = new KeyBurst();
  const waiting: { id?: ReturnType<typeof setTimeout> } = {};

  function pressed(event: KeyboardEvent): void {
    if (modalOpen()) return;
    if (command(event, actions)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Escape" && !event.repeat) actions.hold();
    if (isField(event.target) || event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
    letter(event);
  }

  /** A letter outside of fields: a command, unless more follow at a scanner's pace. */
  function letter(event: KeyboardEvent): void {
    clearTimeout(waiting.id);
    const meaning = burst.feed(event.key, event.timeStamp);
    if (meaning.kind === "scan") {
      event.preventDefault();
      actions.toScan(meaning.text);
      return;
    }
    const { key, shiftKey } = event;
    waiting.id = setTimeout(() => {
      if (key.toLowerCase() === "n") actions.nextNeed(shiftKey);
      if (key.toLowerCase() === "r") actions.retry();
    }, BURST_WAIT);
  }

  function released(event: KeyboardEvent): void {
    if (event.key === "Escape") actions.letGo();
  }

  const home = useFocusHome(actions.toScan);
  onMounted(() => {
    window.addEventListener("keydown", pressed, { capture: true });
    window.addEventListener("keyup", released, { capture: true });
    window.addEventListener("blur", actions.letGo);
    home.begin();
  });
  onBeforeUnmount(() => {
    clearTimeout(waiting.id);
    window.removeEventListener("keydown", pressed, { capture: true });
    window.removeEventListener("keyup", released, { capture: true });
    window.removeEventListener("blur", actions.letGo);
    home.end();
  });
}

/** Keys that mean the same everywhere on the screen; tells whether this was one. */
function command(event: KeyboardEvent, actions: LineActions): boolean {
  if (event.key === "F2") {
    actions.toScan();
    return true;
  }
  if (event.key === "Enter" && event.ctrlKey) {
    if (!event.repeat) actions.start();
    return true;
  }
  if (event.key === "ArrowDown" && event.target instanceof HTMLInputElement && event.target.value === "") {
    actions.toTray();
    return true;
  }
  return false;
}

/** Brings the keyboard back to the scan field whenever it is nowhere. */
function useFocusHome(toScan: () => void) {
  const timer: { id?: ReturnType<typeof setTimeout> } = {};
  const look = (): void => {
    clearTimeout(timer.id);
    timer.id = setTimeout(() => {
      const { activeElement } = document;
      if (!modalOpen() && (activeElement === null || activeElement === document.body)) toScan();
    });
  };
  /** A button pressed with the pointer gives the keyboard back. */
  const clicked = (event: MouseEvent): void => {
    if (event.detail > 0 && !isField(document.activeElement) && !modalOpen()) toScan();
  };
  return {
    begin: (): void => {
      document.addEventListener("focusout", look);
      window.addEventListener("focus", look);
      document.addEventListener("click", clicked);
      look();
    },
    end: (): void => {
      clearTimeout(timer.id);
      document.removeEventListener("focusout", look);
      window.removeEventListener("focus", look);
      document.removeEventListener("click", clicked);
    },
  };
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
