import { z } from "zod";
import { Sha256HexSchema } from "./common.ts";
import { RelativePathSchema } from "./recipe-command.ts";

/** Columns of a value file. */
export const COLUMNS_LIMIT = 64;
/** Longest cell of a value file in characters; a private key with its certificate chain fits. */
export const CELL_LIMIT = 8192;
/** Units of a value file. */
export const ROWS_LIMIT = 50_000;

/** A column's name as the first line of the value file gives it. */
export const ColumnSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9_](?:[A-Za-z0-9_ .-]{0,62}[A-Za-z0-9_])?$/,
    "must be a column's name: 1 to 64 letters, digits, blanks, dots, dashes or underscores",
  );

/** Where each unit's own values come from: a CSV file whose first line names the columns, with one row a unit. */
export const ValuesSchema = z
  .strictObject({
    file: RelativePathSchema,
    /** How a unit finds its row: by its scanned board serial, by its IMEI, or by taking the next row that is not used. */
    key: z.enum(["boardSerial", "imei", "next"]),
    /** The column that tells the rows apart; absent: the one named as the key, for `next` the first. */
    column: ColumnSchema.exactOptional(),
    /** Columns that hold secrets: only for keys and passwords of commands; records show SHA-256 and length. */
    secret: z.array(ColumnSchema).max(COLUMNS_LIMIT).default([]),
    /** Columns that this recipe does not use, on purpose; they never leave the station core. */
    ignore: z.array(ColumnSchema).max(COLUMNS_LIMIT).default([]),
  })
  .superRefine(({ column, secret, ignore }, context) => {
    if (column !== undefined && secret.includes(column))
      context.addIssue({ code: "custom", path: ["column"], message: "must not be secret: records name it" });
    for (const [index, name] of ignore.entries())
      if (secret.includes(name))
        context.addIssue({ code: "custom", path: ["ignore", index], message: "is secret, thus used" });
  });
export type Values = z.output<typeof ValuesSchema>;

/** What a frozen recipe tells of its value file: never its contents. */
export const ValueFileSchema = z.strictObject({
  sha256: Sha256HexSchema,
  /** Bytes. */
  length: z.int().min(0),
  rows: z.int().min(1).max(ROWS_LIMIT),
  /** The names of its columns in the file's order; the one that tells the rows apart. */
  columns: z.array(ColumnSchema).min(1).max(COLUMNS_LIMIT),
  column: ColumnSchema,
});
export type ValueFile = z.output<typeof ValueFileSchema>;

/** The values of one unit by column, secret ones included: never stored or shown. */
export const UnitValuesSchema = z.record(ColumnSchema, z.string().max(CELL_LIMIT));
export type UnitValues = z.output<typeof UnitValuesSchema>;
