import { expect, it } from "vitest";
import { isLoopback } from "../../src/core/loopback.ts";

it.each(["localhost", "127.0.0.1", "127.8.9.10", "[::1]"])("%s is this computer", (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each(["", "localhost.example", "127.0.0.1.example", "128.0.0.1", "::1", "[::2]", "nats1"])(
  "%s may be another computer",
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);
