/** Reads an `E_UA_SESSION` datagram. */
import { parseHeaders, type SipHeaders } from '../sip/headers.js';

export type UaEventType = 'NEW' | 'EARLY' | 'ANSWERED' | 'REJECTED' | 'UPDATED' | 'TERMINATED';

export interface UaEvent {
  /** Opaque; names the session in every command. */
  key: string;
  type: UaEventType;
  entity: 'UAS' | 'UAC';
  /** 0 for a request, else the status of the reply. */
  status: number;
  reason: string;
  method: string;
  /** Undefined where OpenSIPS gave none: no flag `b`, no Content-Length, or a reply that it made up. */
  body: string | undefined;
  /** Empty without flag `h`, or where they cannot be read. */
  headers: SipHeaders;
  /** Third argument of `ua_session_server_init`; in NEW only. */
  extraParams: string | undefined;
}

const types: readonly string[] = ['NEW', 'EARLY', 'ANSWERED', 'REJECTED', 'UPDATED', 'TERMINATED'];

/** Undefined for anything but an event that names a session. Bytes that are no UTF-8 are kept as U+FFFD. */
export function readUaEvent(datagram: Buffer): UaEvent | undefined {
  const params = paramsOf(datagram.toString('utf8'));
  if (!params) return undefined;
  const { key, event_type: type, entity_type: entity, method } = params;
  if (typeof key !== 'string' || key === '' || typeof method !== 'string' || typeof type !== 'string') return undefined;
  if (!types.includes(type) || (entity !== 'UAS' && entity !== 'UAC')) return undefined;
  return {
    key,
    type: type as UaEventType,
    entity,
    status: typeof params.status === 'number' ? params.status : 0,
    reason: text(params.reason) ?? '',
    method,
    body: text(params.body),
    headers: headersOf(text(params.headers)),
    extraParams: text(params.extra_params),
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function paramsOf(datagram: string): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(datagram);
    if (typeof message !== 'object' || message === null) return undefined;
    const { method, params } = message as Record<string, unknown>;
    return method === 'E_UA_SESSION' && typeof params === 'object' && params !== null
      ? (params as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A header block that nobody can read must not lose the session: it still has to be answered. */
function headersOf(block: string | undefined): SipHeaders {
  try {
    return parseHeaders(block ?? '');
  } catch {
    return {};
  }
}
