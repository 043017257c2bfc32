/** The set-up can't go on; the message says what to do about it and is all that people see. */
export class SetupFailed extends Error {}
