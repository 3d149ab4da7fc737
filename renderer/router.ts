import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import type { IconName } from "./components/icon-paths.ts";
import LineScreen from "./screens/line/line-screen.vue";

/** What a screen's route tells the rail: its icon; `shell.screens.<name>` is its word. Screens without it are reached from others. */
type RailMeta = { readonly icon: IconName };

/**
 * The screens, in the rail's order; each is complete. The line is there at once, also after a reload in
 * mid-batch; the others come as files of their own when they are first asked for.
 */
export const SCREENS: readonly (RouteRecordRaw & { readonly name: string; readonly meta?: RailMeta })[] = [
  { name: "line", path: "/", component: LineScreen, meta: { icon: "line" } },
  {
    name: "unit",
    path: "/unit/:runId?",
    component: () => import("./screens/unit/unit-screen.vue"),
    meta: { icon: "unit" },
  },
  {
    name: "history",
    path: "/history",
    component: () => import("./screens/history/history-screen.vue"),
    meta: { icon: "history" },
  },
  {
    name: "report",
    path: "/report",
    component: () => import("./screens/report/report-screen.vue"),
    meta: { icon: "report" },
  },
  {
    name: "recipes",
    path: "/recipes",
    component: () => import("./screens/recipes/recipes-screen.vue"),
    meta: { icon: "recipes" },
  },
  {
    name: "fixtures",
    path: "/fixtures",
    component: () => import("./screens/fixtures/fixtures-screen.vue"),
    meta: { icon: "fixtures" },
  },
  {
    name: "service",
    path: "/service",
    component: () => import("./screens/service/service-screen.vue"),
    meta: { icon: "service" },
  },
  {
    name: "settings",
    path: "/settings",
    component: () => import("./screens/settings/settings-screen.vue"),
    meta: { icon: "settings" },
  },
];

/** The router; its places live behind `#`, so that they work under any scheme. */
export function stationRouter() {
  return createRouter({ history: createWebHashHistory(), routes: [...SCREENS] });
}
