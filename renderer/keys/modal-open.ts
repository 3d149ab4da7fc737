/** Whether a panel lies over the window: the keys are its own then. */
export function modalOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}
