import { chartIn } from "./chart-kit.ts";
import { printTheme, type ChartTheme } from "./chart-theme.ts";
import type { Picture } from "./picture.ts";

const WIDTH = 1120;
const HEIGHT = 630;
const MARGIN = 40;
const HEAD = 108;
const FOOT = 44;
/** Points of the file for one px: sharp in print. */
const RATIO = 2;

/**
 * The picture as a PNG for documents: light, with its title, what it counts, and which runs are in it. `heading` names the
 * runs: mode, range, filters. Undefined where there is nothing to draw.
 */
export async function picturePng(picture: Picture, heading: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const holder = document.createElement("div");
  // Drawn where nobody sees it.
  Object.assign(holder.style, { position: "fixed", left: "-10000px", top: "0" });
  Object.assign(holder.style, { width: `${WIDTH - 2 * MARGIN}px`, height: `${HEIGHT - HEAD - FOOT}px` });
  document.body.append(holder);
  try {
    const theme = printTheme(15);
    const option = picture.draw?.(theme);
    if (option === undefined) return undefined;
    const chart = chartIn(holder, RATIO);
    try {
      chart.setOption(option);
      const sheet = sheetOf(chart.canvas(), picture, heading, theme);
      return await bytesOf(sheet);
    } finally {
      chart.dispose();
    }
  } finally {
    holder.remove();
  }
}

function sheetOf(drawn: HTMLCanvasElement, picture: Picture, heading: string, theme: ChartTheme): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  sheet.width = WIDTH * RATIO;
  sheet.height = HEIGHT * RATIO;
  const pen = sheet.getContext("2d");
  if (pen === null) return sheet;
  pen.scale(RATIO, RATIO);
  pen.fillStyle = theme.raised;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const write = (text: string, font: string, colour: string, y: number): void => {
    pen.font = `${font} ${theme.font}`;
    pen.fillStyle = colour;
    pen.fillText(text, MARGIN, y, WIDTH - 2 * MARGIN);
  };
  write(picture.title, "650 26px", theme.ink, 54);
  write(heading, "500 16px", theme.ink2, 82);
  pen.drawImage(drawn, MARGIN, HEAD, WIDTH - 2 * MARGIN, HEIGHT - HEAD - FOOT);
  write(picture.caption, "400 15px", theme.ink3, HEIGHT - 16);
  return sheet;
}

async function bytesOf(canvas: HTMLCanvasElement): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  return blob === null ? undefined : new Uint8Array(await blob.arrayBuffer());
}
