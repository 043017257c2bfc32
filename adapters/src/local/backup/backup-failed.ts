/** A backup or restore that can't go on; its message is a sentence for the person who asked for it. */
export class BackupFailed extends Error {}
