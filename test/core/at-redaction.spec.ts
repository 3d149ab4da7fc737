import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLabel } from "../../src/modem/command-label.ts";
import { redactAtCommand, redactAtReply } from "../../src/core/at-redaction.ts";
import { typedCommand } from "../../src/modem/typed-text.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digestOf = (text: string): string => `[sha256:${sha256(Buffer.from(text))} length:${Buffer.byteLength(text)}]`;
const PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg\n-----END EC PRIVATE KEY-----\n";

const shownCommand = (command: string): string => redactAtCommand(command, sha256);
const shownReply = (command: string, text: string): string => redactAtReply(command, text, sha256);

describe("redactAtCommand", () => {
  it("shows a credential's content and password by digest and length", () => {
    expect(shownCommand(`AT%CMNG=0,16842753,2,"${PEM}","pass"`)).toBe(
      `AT%CMNG=0,16842753,2,"${digestOf(PEM)}","${digestOf("pass")}"`,
    );
  });

  it.each([
    ["AT%CMNG=1", "AT%CMNG=1"],
    ["AT%CMNG=1,16842753,2", "AT%CMNG=1,16842753,2"],
    ["AT%CMNG=3,16842753,2", "AT%CMNG=3,16842753,2"],
    ["AT+CFUN=4", "AT+CFUN=4"],
    ["AT+CGSN", "AT+CGSN"],
    ['AT%JWT=0,300,"",""', 'AT%JWT=0,300,"",""'],
    ['AT+CCLK="25/10/09,08:53:20+00"', 'AT+CCLK="25/10/09,08:53:20+00"'],
    [
      'AT%KEYGEN=16842753,2,0,"CN=50363154-3931-44f0-8022-121b6401627d","101010000"',
      'AT%KEYGEN=16842753,2,0,"CN=50363154-3931-44f0-8022-121b6401627d","101010000"',
    ],
    ['AT+CPIN="1234"', "AT+CPIN=[secret]"],
    ["AT+CPIN=1234", "AT+CPIN=[secret]"],
    ['AT+CLCK="SC",1,"1234"', 'AT+CLCK="SC",1,[secret]'],
    ["AT+CPIN?", "AT+CPIN?"],
    ['AT%KEYINJECT="c2VjcmV0"', `AT%KEYINJECT="${digestOf("c2VjcmV0")}"`],
    ['AT%XPMNG=0,"key",1', `AT%XPMNG=0,${digestOf('"key",1')}`],
    [
      'AT%XSUDO=8,"c2lnbmF0",5;%CMNG=0,1,3,"AABB"',
      `AT%XSUDO=8,"${digestOf("c2lnbmF0")}",5;%CMNG=0,1,3,"${digestOf("AABB")}"`,
    ],
  ])("shows %s as %s", (command, shown) => {
    expect(shownCommand(command)).toBe(shown);
  });

  it("hides what looks like a key in commands that it does not know", () => {
    for (const secret of [
      PEM,
      "0123456789abcdef0123456789ABCDEF",
      "dGhpcyBpcyBhIHNlY3JldCBrZXkh",
      "a quoted value of length",
    ])
      expect(shownCommand(`AT#XSEC=1,"${secret}"`)).toBe(`AT#XSEC=1,"${digestOf(secret)}"`);
    expect(shownCommand("AT#XSEC=0123456789abcdef0123456789abcdef")).not.toContain("0123456789");
  });

  const characters = fc.constantFrom(..."abcXYZ0189+/=_-\"',;:\r\n {}".split(""));
  const secretText = fc.string({ unit: characters, minLength: 20, maxLength: 120 }).map((text) => `S3cr3t${text}`);
  const before = fc.constantFrom(
    "AT%CMNG=0,16842753,2,",
    "at%cmng=0, 5 ,3,",
    'AT%CMNG=0,1,2,"x",',
    'AT%CMNG="0",1,2,',
    "AT%CMNG=",
    "AT%CMNG=0,",
    "AT%KEYINJECT=",
    "AT%XPMNG=0,",
    "AT%XSUDO=8,",
    'AT%XSUDO=8,"c2ln";%CMNG=0,1,2,',
    "at 'AT%CMNG=0,1,2,",
    "AT+CPIN=",
    "AT+CGAUTH=0,1,",
  );

  it("never lets a planted secret through, quoted or not, in one piece or broken by quotes and line ends", () => {
    fc.assert(
      fc.property(
        before,
        secretText,
        fc.boolean(),
        fc.constantFrom("", ',"pw"', "'", "\r\n"),
        (head, secret, quotes, tail) => {
          // behind a closed signature a semicolon begins a command of its own, which is shown by its own rules
          fc.pre(!/XSUDO=8,$/.test(head) || !/"\s*;/.test(secret));
          const command = head + (quotes ? `"${secret}"` : secret) + tail;
          const own = command.slice(0, head.length);
          for (const shown of [shownCommand(command), shownCommand(typedCommand(command, "shell"))])
            expectHidden(shown, secret, own);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("never lets a long secret through in a command that it does not know", () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    const written = key.chain((bytes) =>
      fc.constantFrom(
        bytes.toString("hex"),
        bytes.toString("base64"),
        bytes.toString("base64url"),
        `-----BEGIN PRIVATE KEY-----\n${bytes.toString("base64")}`,
      ),
    );
    fc.assert(
      fc.property(
        written,
        fc.constantFrom("AT#XKEY=", "AT%NEW=1,", "AT+THING=", "AT", "junk "),
        fc.boolean(),
        (secret, head, quotes) => {
          expectHidden(shownCommand(head + (quotes ? `"${secret}"` : secret)), secret, head);
          expectHidden(
            shownReply("AT#XKEY?", `#XKEY: ${quotes ? `"${secret}"` : secret}\r\nOK\r\n`),
            secret,
            "#XKEY: ",
          );
        },
      ),
    );
  });

  it("labels commands for facts without their secrets", () => {
    fc.assert(
      fc.property(before, secretText, (head, secret) => {
        fc.pre(!head.endsWith("=") || /CPIN|KEYINJECT/.test(head));
        expectHidden(commandLabel(`${head}"${secret}"`), secret, head);
      }),
    );
    expect(commandLabel("AT+CEREG?")).toBe("AT+CEREG?");
    expect(commandLabel('AT%KEYGEN=1,2,0,"CN=x"')).toBe("AT%KEYGEN=1,2,0,…");
  });
});

describe("redactAtReply", () => {
  it.each([
    ['AT%JWT=0,300,"",""', '%JWT: "aGRy.cGF5.c2ln"\r\nOK\r\n', `%JWT: "aGRy.cGF5.${digestOf("c2ln")}"\r\nOK\r\n`],
    ["AT%ATTESTTOKEN", '%ATTESTTOKEN: "a.b"\r\nOK\r\n', `%ATTESTTOKEN: "${digestOf("a.b")}"\r\nOK\r\n`],
    ["AT%CLAIMTOKEN", '%CLAIMTOKEN: "a.b"\r\nOK\r\n', `%CLAIMTOKEN: "${digestOf("a.b")}"\r\nOK\r\n`],
    ["AT%KEYGEN=1,2,0", '%KEYGEN: "a.b"\r\nOK\r\n', `%KEYGEN: "${digestOf("a.b")}"\r\nOK\r\n`],
    ["AT%KEYGEN=1,2,0", "+CME ERROR: 519\r\n", "+CME ERROR: 519\r\n"],
    ["AT+CGSN", "355025930000000\r\nOK\r\n", "355025930000000\r\nOK\r\n"],
    [
      "AT%DEVICEUUID",
      "%DEVICEUUID: 50363154-3931-44f0-8022-121b6401627d\r\nOK\r\n",
      "%DEVICEUUID: 50363154-3931-44f0-8022-121b6401627d\r\nOK\r\n",
    ],
  ])("shows the answer to %s without its secret", (command, text, shown) => {
    expect(shownReply(command, text)).toBe(shown);
  });

  it("shows the digests of a credential list and hides the content of one that is read", () => {
    const entry = `%CMNG: 16842753,0,"${"AB".repeat(32)}"`;
    expect(shownReply("AT%CMNG=1", `${entry}\r\n${entry}\r\nOK\r\n`)).toBe(`${entry}\r\n${entry}\r\nOK\r\n`);
    expect(shownReply("AT%CMNG=2,16842753,0", `${entry},"${PEM}"\r\nOK\r\n`)).toBe(
      `${entry},"${digestOf(PEM)}"\r\nOK\r\n`,
    );
  });

  it("hides every token and digest-worthy value of the examples", () => {
    for (const { command, response } of examples.vectors) {
      const shown = shownReply(command, response);
      for (const token of response.match(/[\w-]{60,}\.[\w-]{60,}"/g) ?? []) expect(shown).not.toContain(token);
      expect(shown.endsWith(response.slice(response.lastIndexOf("\r\n", response.length - 3) + 2))).toBe(true);
    }
  });

  it("never lets a planted secret through in the answers of commands that give secrets, however broken", () => {
    const command = fc.constantFrom(
      "AT%ATTESTTOKEN",
      "AT%KEYGEN=1,2,0",
      "AT%CMNG=2,1,2",
      "AT%XPMNG=1",
      "at%claimtoken",
      'AT%KEYINJECT="x"',
    );
    const secret = fc
      .string({ unit: fc.constantFrom(...'abcXYZ019._-"\r\n,'.split("")), minLength: 12, maxLength: 80 })
      .map((text) => `S3cr3t${text}`);
    fc.assert(
      fc.property(
        command,
        secret,
        fc.constantFrom("", "%KEYGEN: ", '%CMNG: 1,2,"', "+X: "),
        fc.constantFrom("", "OK\r\n", "ERROR\r\n"),
        (asked, text, head, final) => {
          expectHidden(shownReply(asked, `${head}"${text}"\r\n${final}`), text, head);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** No six characters of the secret in a row may be shown, other than what stands in the open part or in a digest. */
function expectHidden(shown: string, secret: string, open: string): void {
  const rest = shown
    .replaceAll(/\[sha256:[0-9a-f]{64} length:\d+\]/g, "\u2400")
    .slice(shown.startsWith(open) ? open.length : 0);
  for (let at = 0; at + 6 <= secret.length; at++) {
    const piece = secret.slice(at, at + 6);
    if (/^[\s",']*$/.test(piece) || open.includes(piece)) continue;
    expect(rest).not.toContain(piece);
  }
}
