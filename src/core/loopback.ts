const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host of a URL is this computer itself: `localhost`, `127.0.0.1` and its like, `[::1]`. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
