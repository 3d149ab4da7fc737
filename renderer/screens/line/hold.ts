import { onBeforeUnmount, ref } from "vue";

/** Something that happens when a key or button has been held for `span` ms without a break. */
export function useHold(span: number, action: () => void) {
  const holding = ref(false);
  const timer: { id?: ReturnType<typeof setTimeout> } = {};

  function begin(): void {
    if (holding.value) return;
    holding.value = true;
    timer.id = setTimeout(() => {
      holding.value = false;
      action();
    }, span);
  }

  function end(): void {
    clearTimeout(timer.id);
    holding.value = false;
  }

  onBeforeUnmount(end);
  return { holding, begin, end };
}
