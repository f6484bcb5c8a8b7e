/** Milliseconds since 1970 of an ISO date, with or without a time, in UTC; NaN for other spellings. */
export function parseDate(text: string): number {
  const found =
    /^\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?\s*$/.exec(
      text,
    );
  if (!found) return Number.NaN;
  const [, year, month, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] = found;
  return (
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) +
    Number(fraction) * 1000
  );
}
