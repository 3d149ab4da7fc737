import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import type { IconName } from "./components/icon-paths.ts";
import FixturesScreen from "./screens/fixtures/fixtures-screen.vue";
import HistoryScreen from "./screens/history/history-screen.vue";
import LineScreen from "./screens/line/line-screen.vue";
import RecipesScreen from "./screens/recipes/recipes-screen.vue";
import SettingsScreen from "./screens/settings/settings-screen.vue";
import ReportScreen from "./screens/report/report-screen.vue";
import ServiceScreen from "./screens/service/service-screen.vue";
import UnitScreen from "./screens/unit/unit-screen.vue";

/** What a screen's route tells the rail: its icon; `shell.screens.<name>` is its word. Screens without it are reached from others. */
type RailMeta = { readonly icon: IconName };

/** The screens, in the rail's order; each is complete. One line a screen. */
export const SCREENS: readonly (RouteRecordRaw & { readonly name: string; readonly meta?: RailMeta })[] = [
  { name: "line", path: "/", component: LineScreen, meta: { icon: "line" } },
  { name: "unit", path: "/unit/:runId?", component: UnitScreen, meta: { icon: "unit" } },
  { name: "history", path: "/history", component: HistoryScreen, meta: { icon: "history" } },
  { name: "report", path: "/report", component: ReportScreen, meta: { icon: "report" } },
  { name: "recipes", path: "/recipes", component: RecipesScreen, meta: { icon: "recipes" } },
  { name: "fixtures", path: "/fixtures", component: FixturesScreen, meta: { icon: "fixtures" } },
  { name: "service", path: "/service", component: ServiceScreen, meta: { icon: "service" } },
  { name: "settings", path: "/settings", component: SettingsScreen, meta: { icon: "settings" } },
];

/** The router; its places live behind `#`, so that they work under any scheme. */
export function stationRouter() {
  return createRouter({ history: createWebHashHistory(), routes: [...SCREENS] });
}
