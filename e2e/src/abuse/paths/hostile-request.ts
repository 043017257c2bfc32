import type { VerbatimClient } from '../../drivers/verbatim-client.ts';
import type { Answer } from './raw-http.ts';

export interface RequestTarget {
  baseUrl: string;
  /** The attacker. */
  ben: VerbatimClient;
  bensKey: string;
  /** A job of somebody else's, done. */
  foreignId: string;
}

export interface HostileRequest {
  name: string;
  /** Of the matrix. */
  rows: number[];
  /** Any of these is right. 0: the connection is closed without an answer. */
  statuses: number[];
  send: (target: RequestTarget) => Promise<Response | Answer>;
}
