/** The part of proxy-from-env 2.1 that is used; the package brings no types. */
declare module "proxy-from-env" {
  /** The proxy of the environment for a URL, or an empty text. */
  export function getProxyForUrl(url: string): string;
}
