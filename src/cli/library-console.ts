import { Console } from "node:console";
import { Writable } from "node:stream";
import { visible } from "../core/visible.ts";

/** The longest text of a library that is shown. */
const LONGEST = 300;

/**
 * A console for libraries that print, as the client of NATS does of a server whose bytes it cannot read: to stderr, one line each,
 * where nothing that came from outside can steer a terminal. What a command prints goes its own way.
 */
export function libraryConsole(err: (text: string) => void): Console {
  const sink = new Writable({
    decodeStrings: false,
    write: (text: string | Buffer, _encoding, done) => {
      const [first = ""] = text.toString().split("\n");
      if (first.trim() !== "") err(`${visible(first.slice(0, LONGEST))}\n`);
      done();
    },
  });
  return new Console({ stdout: sink, stderr: sink, colorMode: false });
}
