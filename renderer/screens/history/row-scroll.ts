import { computed, nextTick, onBeforeUnmount, onMounted, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { areaHeight, clampTop, isScaled, ROW_HEIGHT, scrollOf, topOf, topToShow, windowOf } from "./row-window.ts";

/** Rows drawn beyond the edges, so that a quick scroll shows no gap. */
const OVER = 8;

/** What a scrolling list of rows needs to know. */
export type RowScrollOptions = {
  readonly area: Readonly<ShallowRef<HTMLElement | null>>;
  readonly total: () => number;
  /** The row at the upper edge, with the fraction that is scrolled away. */
  readonly top: Ref<number>;
};

/** Keeps `top` and the scrollbar of an element together, and says which rows to draw and where. */
export function useRowScroll({ area, total, top }: RowScrollOptions) {
  const viewport = shallowRef(0);
  const rowHeight = shallowRef(ROW_HEIGHT);
  const space = computed(() => ({ total: total(), rowHeight: rowHeight.value, viewport: viewport.value }));
  const rows = computed(() => windowOf(space.value, top.value, OVER));
  const height = computed(() => areaHeight(space.value));
  /** Distance of row 0 from the upper edge of the whole area; rows follow at their height. */
  const offset = computed(() => scrollOf(space.value, top.value) - top.value * rowHeight.value);

  /** Brings a row to the upper edge. */
  function scrollTo(row: number): void {
    // The reference may belong to a parent and take the new value only later.
    const next = clampTop(space.value, row);
    top.value = next;
    if (area.value !== null) area.value.scrollTop = scrollOf(space.value, next);
  }

  /** The person moved the scrollbar, or the browser followed {@link scrollTo}, which changes nothing. */
  function scrolled(): void {
    if (area.value === null) return;
    const position = area.value.scrollTop;
    if (Math.abs(position - scrollOf(space.value, top.value)) > 1)
      top.value = clampTop(space.value, topOf(space.value, position));
  }

  /** In a list whose scrollbar stands for more than its pixels the wheel still moves by rows. */
  function wheeled(event: WheelEvent): void {
    if (!isScaled(space.value) || event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * rowHeight.value : event.deltaY;
    scrollTo(top.value + pixels / rowHeight.value);
  }

  const reveal = (row: number): void => scrollTo(topToShow(space.value, top.value, row));

  const observer = new ResizeObserver(([entry]) => {
    // The text size grows on large screens, and the rows with it.
    rowHeight.value = (ROW_HEIGHT / 16) * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    // The head is as high as a row and always in sight.
    viewport.value = Math.max(0, (entry?.contentRect.height ?? 0) - rowHeight.value);
  });
  onMounted(() => {
    if (area.value !== null) observer.observe(area.value);
  });
  onBeforeUnmount(() => observer.disconnect());
  // A new list, another size, or the way back from another screen: the scrollbar follows.
  watch([height, viewport], () => void nextTick(() => scrollTo(top.value)));
  watch(top, (row) => {
    if (row === 0 && area.value !== null) area.value.scrollTop = 0;
  });

  return { rows, height, offset, rowHeight, space, scrolled, wheeled, reveal };
}
