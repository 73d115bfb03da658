/** Who is at the other end of a SIP message, and what a transport tells of it. */
import { fault, type OavcError } from '../../errors.js';

export type TransportName = 'UDP' | 'TCP';

export interface Peer {
  transport: TransportName;
  ip: string;
  /** Where its messages come from: over TCP the far end of the connection, which is used again while it stands. */
  port: number;
  /** TCP: where it listens, should that connection be gone (18.2.2). */
  listensAt?: number;
}

export interface TransportHandlers {
  /** A whole message, or a datagram that should be one. */
  onMessage(bytes: Buffer, from: Peer): void;
  /** Whether anything is read from this address at all. */
  reads(ip: string): boolean;
}

export const cannotListen = (ip: string, port: number, why: string): OavcError =>
  fault('LISTEN_FAILED', 'SIP', `${ip}:${port}`, why);
