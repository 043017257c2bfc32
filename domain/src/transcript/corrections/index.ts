export { correctSegment } from './correct-segment.ts';
export { splitAmongSegments } from './split-among-segments.ts';
