import { onBeforeUnmount, ref, type Ref } from "vue";

const SECOND = 1000;

/** The window's clock in ms since 1970, once a second; ends with the component. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => {
    now.value = Date.now();
  }, SECOND);
  onBeforeUnmount(() => clearInterval(timer));
  return now;
}
