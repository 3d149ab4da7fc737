import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "../../src/core/error-codes.ts";
import { asStationError, describeError, errorOf, reportOf, StationError } from "../../src/core/error.ts";
import { lasting, quantity } from "../../src/core/fact.ts";
import { seconds } from "../../src/core/duration.ts";
import { ErrorReportSchema } from "../../src/contract/common.ts";

const error = new StationError(
  "at.timeout",
  "no final result",
  { command: "AT+CGSN", limit: lasting(seconds(5)), received: quantity(3, "bytes") },
  { cause: Object.assign(new TypeError("bad"), { code: "ERR_BAD" }) },
);

describe("StationError", () => {
  it("reads as one line with code, sentence and facts in units", () => {
    expect(describeError(error)).toBe("[at.timeout] no final result (command AT+CGSN, limit 5 s, received 3 bytes)");
  });

  it("crosses processes as a report with advice and causes, and back", () => {
    const report = reportOf(error);
    expect(report.cause).toEqual({ code: "ERR_BAD", what: "bad", facts: {} });
    expect(ErrorReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(reportOf(errorOf(report))).toEqual(report);
  });

  it("bounds the chain of causes", () => {
    const loop = new Error("loop");
    loop.cause = loop;
    expect(JSON.stringify(reportOf(loop)).match(/"loop"/g)?.length).toBeLessThanOrEqual(5);
  });

  it.each(["a text", null, undefined, 7, { message: "x" }])(
    "wraps %j, which is no error, as station.internal",
    (thrown) => {
      expect(asStationError(thrown).code).toBe("station.internal");
    },
  );
});

describe("the code table", () => {
  it.each(Object.entries(ERROR_CODES))(
    "%s tells the operator what to do in a sentence of at most 200 characters",
    (code, { advice }) => {
      expect(code).toMatch(/^[a-z]+\.[a-z0-9-]+$/);
      expect(advice.length).toBeLessThanOrEqual(200);
      expect(advice).toMatch(/^[A-Z].*\.$/s);
      expect(advice).not.toMatch(/!|please|undefined|TODO/i);
    },
  );
});
