/** A start that can't go on for a reason that the person at the terminal can mend; its message is all they see. */
export class StartFailed extends Error {}
