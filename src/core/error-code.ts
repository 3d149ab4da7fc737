/** Who is to blame: decides between FAIL (the unit) and ERROR (everything else); `person` stands for a deliberate stop. */
export type Blame = "unit" | "station" | "service" | "line" | "input" | "person";

/** One row of the code table: who is to blame, whether trying again may help, and one sentence for the operator. */
export type CodeEntry = {
  readonly blame: Blame;
  readonly retry: boolean;
  readonly advice: string;
};

/** A part of the code table; one file of `codes/` each. */
export type CodeTable = Readonly<Record<string, CodeEntry>>;
