/** Whether the last digit of an IMEI is the check digit of the others (Luhn, 3GPP TS 23.003 annex B). */
export function hasImeiCheckDigit(imei: string): boolean {
  let sum = 0;
  for (const [index, character] of [...imei].entries()) {
    const digit = Number(character) * (index % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
