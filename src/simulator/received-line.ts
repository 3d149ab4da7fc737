/** A complete line: a command for the modem, or text that the firmware in between answers itself. */
export type ReceivedLine =
  { readonly kind: "command"; readonly command: string } | { readonly kind: "reply"; readonly text: string };
