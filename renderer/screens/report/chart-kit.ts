import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import type { EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

/** What a picture is drawn of. */
export type ChartOption = EChartsCoreOption;

/** A picture that can be drawn anew. */
export type Chart = Pick<ECharts, "setOption" | "resize" | "dispose"> & { readonly canvas: () => HTMLCanvasElement };

/** Draws in an element; `ratio` are the canvas's points for one px of the page. */
export function chartIn(element: HTMLElement, ratio: number): Chart {
  use([BarChart, LineChart, CustomChart, GridComponent, MarkLineComponent, CanvasRenderer]);
  const chart = init(element, null, { renderer: "canvas", devicePixelRatio: ratio });
  return {
    setOption: chart.setOption.bind(chart),
    resize: chart.resize.bind(chart),
    dispose: chart.dispose.bind(chart),
    canvas: () => chart.renderToCanvas({ pixelRatio: ratio }),
  };
}
