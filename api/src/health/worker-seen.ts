/** A worker counts as there until it has missed three heartbeats. */
export const workerSeenWithinMs = 35_000;
