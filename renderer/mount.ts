import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "@fontsource-variable/noto-sans-sc/index.css";
import "vuetify/styles/core";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/panels.css";
import "./styles/print.css";
import { createPinia } from "pinia";
import { createApp } from "vue";
import type { DesktopApi } from "../src/contract/desktop.ts";
import { providedClient, stationClient } from "./api/station-client.ts";
import { stationTexts } from "./i18n.ts";
import { stationRouter } from "./router.ts";
import StationApp from "./shell/station-app.vue";
import { stationVuetify } from "./vuetify.ts";

/** Shows the station in the page's `#app`, over the real bridge or a fake of it. */
export function mountStation(api: DesktopApi): void {
  createApp(StationApp)
    .provide(...providedClient(stationClient(api)))
    .use(createPinia())
    .use(stationTexts())
    .use(stationVuetify())
    .use(stationRouter())
    .mount("#app");
}
