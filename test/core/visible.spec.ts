import { describe, expect, it } from "vitest";
import { describeError, StationError } from "../../src/core/error.ts";
import { visible } from "../../src/core/visible.ts";

describe("what others wrote", () => {
  it("is shown without control characters", () => {
    expect(visible("a\u001b[2J\r\n\u0000\u009b é 😀")).toBe("a\\u001b[2J\\u000d\\u000a\\u0000\\u009b é 😀");
  });

  it("keeps an error on one line", () => {
    const error = new StationError("at.timeout", "refused\n", { reply: "\u001b]0;title\u0007" });
    expect(describeError(error)).toBe("[at.timeout] refused\\u000a (reply \\u001b]0;title\\u0007)");
  });
});
