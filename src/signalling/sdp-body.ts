/** The SDP within a SIP body, which may be one part of several (RFC 5621). */

/**
 * The description in a body of this Content-Type (whole value); '' where the body is empty, undefined where the body
 * is something else.
 */
export function sdpOf(contentType: string, body: string): string | undefined {
  if (body === '') return '';
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (type === 'application/sdp' || type === '') return body;
  if (!type.startsWith('multipart/')) return undefined;
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return undefined;
  return `\r\n${body}`
    .split(`\r\n--${boundary}`)
    .map(sdpPart)
    .find((part) => part !== undefined);
}

function sdpPart(part: string): string | undefined {
  const blank = part.indexOf('\r\n\r\n');
  if (blank < 0 || !/^content-type:\s*application\/sdp\b/im.test(part.slice(0, blank))) return undefined;
  return `${part.slice(blank + 4)}\r\n`;
}
