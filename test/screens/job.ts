/** Which pages to paint: `root` holds the built page, `out` takes the pictures. */
export type ScreensJob = { readonly root: string; readonly out: string; readonly shots: readonly Shot[] };

/** A picture: its name without ending, the page's query, its size in px, and scripts to run in the page before it is taken. */
export type Shot = {
  readonly name: string;
  readonly query: string;
  readonly width: number;
  readonly height: number;
  readonly script: readonly { readonly run: string; readonly wait: number }[];
};
