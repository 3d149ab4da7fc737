import { defineStore } from "pinia";
import { ref } from "vue";

const SECOND = 1000;

/** The window's clock in ms since 1970, once a second for everybody. */
export const useSecond = defineStore("second", () => {
  const now = ref(Date.now());
  setInterval(() => {
    now.value = Date.now();
  }, SECOND);
  return { now };
});
