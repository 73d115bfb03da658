/** A key press (RFC 4733) as a capture file, for sipp to play. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const payloadType = 101;
const stepMs = 20;
const steps = 6;
/** The last packet is sent three times (RFC 4733, 2.5.1.4). */
const ends = 3;

/** RTP header and telephone-event: the digit 0 to 9, and how long it is held by now. */
function event(digit: number, n: number): Buffer {
  const step = Math.min(n + 1, steps);
  const packet = Buffer.alloc(16);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8((n === 0 ? 0x80 : 0) | payloadType, 1);
  packet.writeUInt16BE(1000 + n, 2);
  packet.writeUInt32BE(8000, 4);
  packet.writeUInt32BE(0x0a0b0c0d, 8);
  packet.writeUInt8(digit, 12);
  packet.writeUInt8((step === steps ? 0x80 : 0) | 10, 13);
  packet.writeUInt16BE(step * stepMs * 8, 14);
  return packet;
}

/** Ethernet, IPv4 and UDP around it; sipp fills in addresses, ports and checksums. */
function framed(payload: Buffer): Buffer {
  const around = Buffer.alloc(42);
  around.writeUInt16BE(0x0800, 12);
  around.writeUInt8(0x45, 14);
  around.writeUInt16BE(28 + payload.length, 16);
  around.writeUInt8(64, 22);
  around.writeUInt8(17, 23);
  around.writeUInt16BE(8 + payload.length, 38);
  return Buffer.concat([around, payload]);
}

function record(frame: Buffer, atMs: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(atMs * 1000, 4);
  head.writeUInt32LE(frame.length, 8);
  head.writeUInt32LE(frame.length, 12);
  return Buffer.concat([head, frame]);
}

/** Writes the file; returns its path. */
export function writeDigit(digit: number, folder: string): string {
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
  const packets = Array.from({ length: steps - 1 + ends }, (_, n) => record(framed(event(digit, n)), n * stepMs));
  const file = join(folder, `digit-${digit}.pcap`);
  writeFileSync(file, Buffer.concat([head, ...packets]));
  return file;
}
