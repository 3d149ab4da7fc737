import { onMounted, watch, type ShallowRef } from "vue";

/** Scrolls a list to the place where the run failed, whenever another run is shown. */
export function useShowFailure(
  list: Readonly<ShallowRef<HTMLElement | null>>,
  shown: () => unknown,
  failure: string,
): void {
  const show = (): void => {
    const place = list.value?.querySelector<HTMLElement>(failure);
    if (list.value === null || place === undefined || place === null) return;
    const middle = (list.value.clientHeight - place.clientHeight) / 2;
    const below = place.getBoundingClientRect().top - list.value.getBoundingClientRect().top;
    list.value.scrollTop += below - middle;
  };
  onMounted(show);
  watch(shown, show, { flush: "post" });
}
