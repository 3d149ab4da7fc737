/** Names of the lines between the preload and the main process. */
export const IPC = {
  request: "station:request",
  news: "station:news",
  progress: "station:progress",
  ports: "station:ports",
  serviceTest: "station:service-test",
} as const;
