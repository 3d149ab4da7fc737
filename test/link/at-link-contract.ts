import { afterEach, describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import type { AtLink, AtLinkOpener } from "../../src/modem/at-link.ts";
import { ByteCollector } from "../fakes/byte-collector.ts";
import { failureOf } from "../modem/rig.ts";

/** One line of the kind under test with its far side. */
export type ContractLine = {
  /** Opens the near side with a stuck limit of 300 ms. */
  readonly opener: AtLinkOpener;
  readonly far: {
    send(bytes: Uint8Array): Promise<void> | void;
    /** Resolves when the far side has received `count` bytes, with all that it has received. */
    received(count: number): Promise<Uint8Array>;
    /** Takes no more bytes. */
    stall(): void;
    /** Is unplugged, or closes. */
    vanish(): void;
  };
  dispose(): Promise<void>;
};

/** What the line can tell that others cannot. */
export type ContractTraits = {
  readonly name: string;
  /** Only one program may have the port open. */
  readonly exclusive: boolean;
  /** Bytes that are certainly more than the system buffers. */
  readonly flood: number;
};

/** What a reader was told, with promises to wait on. */
class Listener {
  readonly #collector = new ByteCollector();
  readonly closed: Promise<StationError | undefined>;
  closings = 0;

  constructor(link: AtLink) {
    this.closed = new Promise((resolve) => {
      link.listen({
        onData: (bytes) => this.#collector.push(bytes),
        onClosed: (reason) => {
          this.closings++;
          resolve(reason);
        },
      });
    });
  }

  received(count: number): Promise<Uint8Array> {
    return this.#collector.received(count);
  }
}

/** Bytes of every value, including those that terminals and flow control care about, in no pattern that repeats by 256. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_unused, index) => (index * 7 + (index >> 8)) & 0xff);
}

/** The suite that every link passes: bytes both ways in order, one close, named losses, limits. */
export function describeAtLink(traits: ContractTraits, makeLine: () => Promise<ContractLine>): void {
  describe(`AtLink over ${traits.name}`, () => {
    const opened: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const close of opened.splice(0).reverse()) await close();
    });

    const makeOpen = async (): Promise<{ readonly line: ContractLine; readonly link: AtLink }> => {
      const line = await makeLine();
      opened.push(() => line.dispose());
      const link = await line.opener.open();
      opened.push(() => link.close());
      return { line, link };
    };

    it("carries bytes of every value both ways, in order", async () => {
      const { line, link } = await makeOpen();
      const listener = new Listener(link);
      const bytes = pattern(3000);
      await link.write(bytes.subarray(0, 1000));
      const rest = [link.write(bytes.subarray(1000, 1001)), link.write(bytes.subarray(1001))];
      expect(await line.far.received(3000)).toEqual(bytes);
      await Promise.all(rest);
      await line.far.send(bytes);
      expect(await listener.received(3000)).toEqual(bytes);
    });

    it("carries large writes whole", async () => {
      const { line, link } = await makeOpen();
      const bytes = pattern(200_000);
      await link.write(bytes);
      expect(await line.far.received(bytes.length)).toEqual(bytes);
    });

    it("delivers what came before the reader", async () => {
      const { line, link } = await makeOpen();
      await line.far.send(pattern(100));
      await link.write(pattern(10));
      await line.far.received(10);
      expect(await new Listener(link).received(100)).toEqual(pattern(100));
    });

    it("closes once, without a reason, however often it is asked, and refuses writes afterwards", async () => {
      const { link } = await makeOpen();
      const listener = new Listener(link);
      await Promise.all([link.close(), link.close()]);
      await link.close();
      expect(await listener.closed).toBeUndefined();
      expect(listener.closings).toBe(1);
      expect((await failureOf(link.write(pattern(1)))).code).toBe("link.closed");
    });

    it("tells a loss at once and by name, fails writes afterwards, and can still be closed", async () => {
      const { line, link } = await makeOpen();
      const listener = new Listener(link);
      line.far.vanish();
      expect(await listener.closed).toMatchObject({ code: "link.lost", facts: { port: link.name } });
      expect((await failureOf(link.write(pattern(10)))).code).toBe("link.lost");
      await link.close();
      expect(listener.closings).toBe(1);
    });

    it("tells a reader that comes after the loss", async () => {
      const { line, link } = await makeOpen();
      const first = new Listener(link);
      line.far.vanish();
      await first.closed;
      expect(await new Listener(link).closed).toMatchObject({ code: "link.lost" });
    });

    it("fails a write as link.stuck when the far side takes nothing, and closes", async () => {
      const { line, link } = await makeOpen();
      const listener = new Listener(link);
      line.far.stall();
      const failure = await failureOf(link.write(new Uint8Array(traits.flood)));
      expect(failure).toMatchObject({
        code: "link.stuck",
        facts: { port: link.name, limit: { value: 300, unit: "ms" } },
      });
      expect(await listener.closed).toBe(failure);
    });

    it("answers an aborted write at once", async () => {
      const { line, link } = await makeOpen();
      line.far.stall();
      const controller = new AbortController();
      const failure = failureOf(link.write(new Uint8Array(traits.flood), controller.signal));
      controller.abort(new StationError("station.aborted", "stopped"));
      expect((await failure).code).toBe("station.aborted");
      expect((await failureOf(link.write(pattern(1), controller.signal))).code).toBe("station.aborted");
    });

    if (!traits.exclusive) return;
    it("refuses a second opening as link.busy", async () => {
      const { line, link } = await makeOpen();
      const failure = await failureOf(line.opener.open());
      expect(failure).toMatchObject({ code: "link.busy", facts: { port: link.name } });
    });
  });
}
