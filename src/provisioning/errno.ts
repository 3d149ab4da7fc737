/**
 * The library's results as names; the values are Linux errno numbers (protocol.md, heading). They steer the client as in the
 * library (protocol.md 10) and are compared with the vendor's vectors; operators see the StationError that carries them.
 */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EINVAL: 22,
  ENOSPC: 28,
  ENOMSG: 42,
  ENOSTR: 60,
  ENODATA: 61,
  ETIME: 62,
  EBADMSG: 74,
  ENOTSUP: 95,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ENOTCONN: 107,
  ESHUTDOWN: 108,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EALREADY: 114,
} as const;

/** The name of a library result. */
export type Errno = keyof typeof ERRNO;

/** The name of a result given as a number of either sign; EIO for numbers that the library has no case for. */
export function errnoName(value: number): Errno {
  const found = NAMES.find((name) => ERRNO[name] === Math.abs(value));
  return found ?? "EIO";
}

const NAMES: readonly Errno[] = Object.keys(ERRNO).filter((name): name is Errno => Object.hasOwn(ERRNO, name));
