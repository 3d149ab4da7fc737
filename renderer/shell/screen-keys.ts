import { onBeforeUnmount, onMounted } from "vue";
import { useRouter } from "vue-router";
import { modalOpen } from "../keys/modal-open.ts";

/** Alt and a digit go to the rail's screens, in their order. */
export function useScreenKeys(names: readonly string[]): void {
  const router = useRouter();
  const pressed = (event: KeyboardEvent): void => {
    if (!event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key) || modalOpen()) return;
    const name = names[Number(event.key) - 1];
    if (name === undefined) return;
    event.preventDefault();
    void router.push({ name });
  };
  onMounted(() => window.addEventListener("keydown", pressed));
  onBeforeUnmount(() => window.removeEventListener("keydown", pressed));
}
