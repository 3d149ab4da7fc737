// The preload of the station's window: two functions, nothing else of Electron or Node.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from "electron";
import type { DesktopApi } from "../src/contract/desktop.ts";
import { IPC } from "./ipc/channels.ts";

const api: DesktopApi = {
  request: (kind, asks) => ipcRenderer.invoke(IPC.request, kind, asks),
  subscribe(channel, listener) {
    const name = IPC[channel];
    const onMessage = (_event: IpcRendererEvent, message: unknown): void => listener(message);
    ipcRenderer.on(name, onMessage);
    return () => void ipcRenderer.removeListener(name, onMessage);
  },
};

contextBridge.exposeInMainWorld("station", api);
