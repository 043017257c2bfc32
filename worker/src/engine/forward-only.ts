/** Progress for a caller who is to see none taken back: a recording may be begun again. */
export function forwardOnly(report: (seconds: number) => void): (seconds: number) => void {
  let furthest = 0;
  return (seconds) => {
    if (seconds <= furthest) return;
    furthest = seconds;
    report(seconds);
  };
}
