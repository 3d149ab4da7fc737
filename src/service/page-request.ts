import type { Target } from "./http-message.ts";

const PAGE = { usual: 50, most: 500 } as const;

/** A page of a list: what it begins behind, and how many items it may have. */
export type PageRequest = { readonly after: string; readonly count: number };

/** `pageNextToken` and `pageLimit`; what is no number from 1 to 500 is 50 or the nearer end. */
export function pageOf({ parameters }: Target): PageRequest {
  const limit = first(parameters, "pageLimit");
  const count = /^\d{1,4}$/.test(limit) ? Math.min(Math.max(Number(limit), 1), PAGE.most) : PAGE.usual;
  return { after: first(parameters, "pageNextToken"), count };
}

/** The first value of a query parameter; empty where it is missing. */
export function first(parameters: Target["parameters"], name: string): string {
  return parameters.find(([key]) => key === name)?.[1] ?? "";
}
