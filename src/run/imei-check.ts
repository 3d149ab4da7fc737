/** Whether the last digit of an IMEI is the check digit of the others (Luhn, 3GPP TS 23.003 annex B). */
export function hasImeiCheckDigit(imei: string): boolean {
  let sum = 0;
  for (let index = 0; index < imei.length; index++) {
    const digit = Number(imei.charAt(index)) * (index % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
