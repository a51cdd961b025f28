/** The middle of the numbers, or the number at another part of them. */
export function median(numbers, part = 0.5) {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * part)];
}

export function perSecond(rate) {
  return Math.round(rate).toLocaleString("en");
}
