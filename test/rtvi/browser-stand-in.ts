/** What the client libraries expect of a browser, for Node: sockets are real ones, a microphone is there and silent. */
import { WebSocket } from 'ws';

const realInterval = setInterval;

/** Puts what the libraries ask for where they look for it; returns the sockets opened from now on. */
export function standInForBrowser(): WebSocket[] {
  const sockets: WebSocket[] = [];
  class BrowserSocket extends WebSocket {
    constructor(address: string) {
      super(address);
      Object.assign(this, { binaryType: 'blob' });
      sockets.push(this);
    }
  }
  const navigator = {
    userAgent: 'node',
    mediaDevices: { addEventListener: () => undefined, enumerateDevices: () => Promise.resolve([]) },
  };
  const absent = {
    window: globalThis,
    document: { createElement: () => ({}), addEventListener: () => undefined },
    location: { href: 'http://127.0.0.1/' },
    addEventListener: () => undefined,
    localStorage: { getItem: () => null, setItem: () => undefined },
    navigator,
  };
  for (const [name, value] of Object.entries(absent))
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  // The libraries leave intervals behind, which end with the page; here they must not keep the process.
  const interval = (work: () => void, ms: number) => realInterval(work, ms).unref();
  Object.assign(globalThis, { WebSocket: BrowserSocket, setInterval: interval });
  // The old ones tell each message to the console.
  Object.assign(console, { debug: () => undefined });
  return sockets;
}

/** A media manager that has no devices: whatever is called on it succeeds and does nothing. */
export function noMedia(): object {
  const flags = new Set(['isMicEnabled', 'isCamEnabled', 'isSharingScreen', 'supportsScreenShare']);
  const asked = (name: string): unknown => {
    if (name === 'then') return undefined;
    if (name === 'tracks') return () => ({});
    if (flags.has(name)) return false;
    return name.startsWith('getAll') ? () => Promise.resolve([]) : () => Promise.resolve();
  };
  return new Proxy<Record<string, unknown>>(
    {},
    { get: (kept, name) => (typeof name === 'string' ? (kept[name] ?? asked(name)) : undefined) },
  );
}
