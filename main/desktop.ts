import { app, dialog, nativeTheme, powerMonitor, session, type BrowserWindow } from "electron";
import type { LineState } from "../src/contract/desktop-line.ts";
import type { DesktopSettings, SettingsChange } from "../src/contract/desktop-settings.ts";
import type { Clock } from "../src/core/clock.ts";
import { describeError } from "../src/core/error.ts";
import { Awake } from "./awake.ts";
import { aboutHandlers } from "./desk/about-desk.ts";
import { configurationHandlers } from "./desk/configuration-desk.ts";
import { fixtureHandlers } from "./desk/fixture-desk.ts";
import { goldenHandlers } from "./desk/golden-desk.ts";
import { GoldenFile } from "./desk/golden-file.ts";
import { historyHandlers } from "./desk/history-desk.ts";
import { Jobs } from "./desk/jobs.ts";
import { libraryHandlers } from "./desk/library-desk.ts";
import { openInsertions, type OpenedInsertions } from "./desk/open-insertions.ts";
import { NewsOutlet } from "./desk/news-outlet.ts";
import { reportHandlers } from "./desk/report-desk.ts";
import { SettingsFile } from "./desk/settings-file.ts";
import { ShiftBook } from "./desk/shift-book.ts";
import { StationDesk } from "./desk/station-desk.ts";
import type { Handlers } from "./ipc/handlers.ts";
import { serveWindow, tellWindow } from "./ipc/serve-window.ts";
import type { Options } from "./options.ts";
import { BUNDLED, dataPlaces, resourcesFolder } from "./places.ts";
import { desktopServiceHandlers, forgettingRemoved, openVault } from "./service/open-service-desk.ts";
import { OwnerKeys } from "./service/owner-keys.ts";
import { OperatorsFile } from "./session/operators-file.ts";
import { PinThrottle } from "./session/pin-throttle.ts";
import { sessionHandlers } from "./session/session-desk.ts";
import { SessionKeeper } from "./session/session-keeper.ts";
import { openCentral, type Central } from "./shared-line/central.ts";
import { LineChoiceFile } from "./shared-line/line-choice-file.ts";
import { LineSecrets } from "./shared-line/line-secrets.ts";
import { openLineDesk } from "./shared-line/open-line-desk.ts";
import { hostStation, type HostedStation } from "./station-host.ts";
import { UtilityWorkerHost } from "./utility-worker-host.ts";
import { servePages } from "./window/app-protocol.ts";
import { CloseGuard } from "./window/close-guard.ts";
import { guardPage } from "./window/crash-guard.ts";
import { fileDialogs, libraryDialogs, lineDialogs, reportDialogs } from "./window/file-dialogs.ts";
import { lockSession } from "./window/lock-down.ts";
import { setMenu } from "./window/menu.ts";
import { windowPaper } from "./window/paper.ts";
import { confirmClose, tellFallback } from "./window/questions.ts";
import { openWindow } from "./window/station-window.ts";
import { versions } from "./versions.ts";
import { TEXTS, type Texts } from "./window/texts.ts";

/** A running application: one station, at most one window. */
export class Desktop {
  readonly #hosted: HostedStation;
  readonly #clock: Clock;
  readonly #desk: StationDesk;
  readonly #jobs: Jobs;
  readonly #settings: SettingsFile;
  readonly #shift: ShiftBook;
  readonly #operators: OperatorsFile;
  readonly #golden: GoldenFile;
  readonly #session: SessionKeeper;
  readonly #insertions: OpenedInsertions;
  readonly #central: Central;
  readonly #outlet: NewsOutlet;
  readonly #guard: CloseGuard;
  readonly #data: string;
  #window: BrowserWindow | undefined;

  private constructor(
    hosted: HostedStation,
    { operators, golden }: { readonly operators: OperatorsFile; readonly golden: GoldenFile },
    data: string,
    clock: Clock,
    log: (line: string) => void,
  ) {
    this.#hosted = hosted;
    this.#operators = operators;
    this.#golden = golden;
    this.#clock = clock;
    this.#data = data;
    this.#settings = new SettingsFile(dataPlaces(data).settings);
    this.#jobs = new Jobs(clock, (progress) => tellWindow(this.#current, "progress", progress));
    const awake = new Awake();
    const outlet = (this.#outlet = new NewsOutlet(clock, (bundle) => tellWindow(this.#current, "news", bundle)));
    this.#session = new SessionKeeper({
      ...{ operators, clock, throttle: new PinThrottle(clock) },
      tell: (session) => {
        // What was armed was armed by whoever worked here before.
        this.#insertions.desk.disarm();
        outlet.tell({ kind: "session", session });
      },
    });
    const { line, audit, history } = hosted;
    this.#central = openCentral(hosted.lineSecrets);
    this.#shift = new ShiftBook(history, clock, () => this.#settings.current.shiftStarts);
    this.#desk = new StationDesk({
      ...{ station: line, files: () => line.files, clock, log, settings: this.#settings, jobs: this.#jobs },
      ...{ stationId: audit.store.stationId, version: app.getVersion() },
      shift: this.#shift,
      outlet,
      session: () => this.#session.current,
      insertions: () => this.#insertions.desk,
      sharedLine: () => hosted.sharedLine.watch?.state,
      onBusy: (busy) => awake.set(busy),
      training: { facts: () => line.training, renew: () => line.renewBoards() },
    });
    const desk = this.#desk.handlers();
    this.#insertions = openInsertions({
      ...{ station: line, clock, files: () => line.files, start: async (request) => desk.start(request) },
      tell: (insertions) => outlet.tell({ kind: "insertions", insertions }),
      tellPorts: (telling) => tellWindow(this.#current, "ports", telling),
    });
    this.#guard = new CloseGuard({
      busy: () => this.#desk.busy,
      confirm: () => confirmClose(this.#current, this.#texts()),
      shutDown: () => this.#shutDown(),
    });
  }

  /** Opens the station and its window. @throws StationError when the station cannot be opened */
  static async open(
    options: Options & { readonly data: string },
    clock: Clock,
    log: (line: string) => void,
  ): Promise<Desktop> {
    const { data } = options;
    const operators = OperatorsFile.open(dataPlaces(data).operators);
    const golden = new GoldenFile(dataPlaces(data).golden);
    const vault = await openVault(data, clock);
    // The line is looked for before there is anybody to tell.
    const told: { line: (state: LineState) => void } = { line: () => undefined };
    const hosted = await hostStation({
      ...{ options, data, clock, version: app.getVersion(), environment: process.env },
      resources: resourcesFolder(app.isPackaged),
      workers: new UtilityWorkerHost(BUNDLED.worker, clock),
      keys: new OwnerKeys(vault, process.env),
      lineChoice: new LineChoiceFile(dataPlaces(data).sharedLine),
      lineSecrets: new LineSecrets(vault),
      golden: golden.rule,
      onLine: (state) => told.line(state),
    });
    const desktop = new Desktop(hosted, { operators, golden }, data, clock, log);
    told.line = (line) => desktop.#outlet.tell({ kind: "shared-line", line });
    desktop.#begin();
    return desktop;
  }

  /** Brings the window to the front, for a person who started the application again. */
  show(): void {
    const window = this.#current();
    if (window === undefined) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  }

  /** A person wants to close: asks while runs are active. */
  requestClose(): void {
    void this.#guard.request();
  }

  /** The system wants the end: runs are stopped in order, nobody is asked. */
  forceClose(): void {
    void this.#guard.force();
  }

  readonly #current = (): BrowserWindow | undefined => this.#window;

  readonly #texts = (): Texts => TEXTS[this.#settings.current.language];

  #begin(): void {
    const { history, audit, line, configurator } = this.#hosted;
    const dialogs = fileDialogs(this.#current, this.#texts);
    const [clock, jobs, store, record] = [this.#clock, this.#jobs, audit.store, this.#hosted.record];
    const desk = this.#desk.handlers();
    const library = this.#libraryHandlers();
    const central = () => this.#central.reader();
    const handlers: Handlers = {
      ...desk,
      ...sessionHandlers(this.#operators, this.#session),
      ...this.#insertions.desk.handlers(),
      ...historyHandlers({ history, central, store, clock, jobs, dialogs, record }),
      ...forgettingRemoved(library, this.#hosted.keys),
      ...desktopServiceHandlers({
        ...this.#hosted,
        ...{ data: this.#data, jobs, clock, window: this.#current, handlers: library },
        openAttachments: libraryDialogs(this.#current, this.#texts).openAttachments,
      }),
      ...configurationHandlers(configurator),
      ...reportHandlers({ history, central, clock, jobs, dialogs: reportDialogs(this.#current, this.#texts) }),
      ...openLineDesk({
        ...{ hosted: this.#hosted, central: this.#central },
        dialogs: lineDialogs(this.#current, this.#texts),
        restart: () => this.#restart(),
      }),
      ...goldenHandlers({
        ...{ file: this.#golden, store, clock, files: () => line.files, subscribe: line.subscribe },
        start: (request, proof) => this.#desk.startProof(request, proof),
      }),
      ...aboutHandlers({
        ...{ versions: versions(), stationId: store.stationId, record },
        paper: windowPaper(this.#current, this.#texts),
      }),
      "shift.schedule": ({ starts }) => this.#scheduleShifts(starts),
      "settings.write": (change) => this.#changeSettings(change),
    };
    serveWindow(this.#current, handlers, () => this.#session.current);
    lockSession(session.defaultSession);
    servePages(session.defaultSession, BUNDLED.pages);
    this.#applySettings(this.#settings.current);
    this.#shift.watch(() => void this.#desk.tellShift());
    powerMonitor.on("shutdown", () => this.forceClose());
    line.watchChanges(() => {
      this.#applySettings(this.#settings.current);
      this.#desk.configured();
    });
    this.#insertions.desk.begin();
    this.#openWindow();
    tellFallback(this.#current, this.#texts(), this.#hosted.configurator.fallback);
  }

  #libraryHandlers() {
    const { library, line, configurator } = this.#hosted;
    const handlers = libraryHandlers({
      library,
      dialogs: libraryDialogs(this.#current, this.#texts),
      choose: ({ kind, id }) => configurator.choose(kind, id),
      requireIdle: () => line.requireIdle(),
      inUse: ({ kind, id }) => configurator.inUse(kind, id),
    });
    return { ...handlers, ...fixtureHandlers(handlers) };
  }

  async #scheduleShifts(starts: readonly string[]): Promise<DesktopSettings> {
    const settings = await this.#settings.change({ shiftStarts: [...new Set(starts)].toSorted() });
    await this.#desk.tellShift();
    return settings;
  }

  async #changeSettings(change: SettingsChange): Promise<DesktopSettings> {
    const before = this.#settings.current.operator;
    const settings = await this.#settings.change(change);
    if (settings.operator !== before) this.#insertions.desk.disarm();
    this.#applySettings(settings);
    return settings;
  }

  /** What the system draws follows the settings too. */
  #applySettings({ theme }: DesktopSettings): void {
    nativeTheme.themeSource = theme;
    const training = this.#hosted.line.training !== undefined;
    const renewBoards = (): void => void this.#desk.renewBoards().catch((error: unknown) => this.#showError(error));
    const reload = (): void => this.#window?.webContents.reload();
    const press = (key: "F1" | "Control+P"): void => this.#press(key);
    setMenu(this.#texts(), { reload, press, ...(training ? { renewBoards } : {}) }, app.isPackaged);
  }

  #press(key: "F1" | "Control+P"): void {
    const keyCode = key === "F1" ? key : "P";
    const modifiers = key === "F1" ? [] : ["control" as const];
    for (const type of ["keyDown", "keyUp"] as const)
      this.#window?.webContents.sendInputEvent({ type, keyCode, modifiers });
  }

  #openWindow(): void {
    const window = openWindow({
      preload: BUNDLED.preload,
      title: this.#texts().title,
      state: dataPlaces(this.#data).window,
      dark: nativeTheme.shouldUseDarkColors,
    });
    this.#window = window;
    guardPage(window, this.#clock, this.#texts);
    window.webContents.on("input-event", () => this.#session.touch());
    // Windows ends the session of whoever logs out; the other systems tell it through powerMonitor.
    window.on("session-end", () => this.forceClose());
    window.on("close", (event) => {
      event.preventDefault();
      this.requestClose();
    });
  }

  /** Ends in order and starts anew. */
  #restart(): void {
    app.relaunch();
    this.requestClose();
  }

  async #shutDown(): Promise<void> {
    this.#jobs.cancelAll();
    this.#insertions.desk.disarm();
    await this.#insertions.close();
    await this.#central.renew();
    // The window stays and shows how the runs end.
    await this.#hosted.close();
    this.#window?.destroy();
    app.exit(0);
  }

  #showError(error: unknown): void {
    dialog.showErrorBox(this.#texts().title, describeError(error));
  }
}
