/** The W3C's parser and validator comes without types: what our tests use of it. */
declare module 'webvtt-parser' {
  export interface CueNode {
    type?: 'object' | 'text' | 'timestamp';
    name?: string;
    /** A text, or the annotation of a voice. */
    value?: string;
    children?: CueNode[];
  }

  export interface ParsedCue {
    startTime: number;
    endTime: number;
    tree: CueNode;
  }

  export class WebVTTParser {
    /** By their whole names, `&lt;`. */
    constructor(entities: Record<string, string>);
    parse(input: string): { cues: ParsedCue[]; errors: { message: string; line: number }[] };
  }
}
