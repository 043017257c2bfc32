/** What an empty page says: what to do, and a recording to try it with. */
export function FirstSteps() {
  return null;
}
