/**
 * A transport for the releases that are older than the published WebSocket transport: JSON text over the address that
 * `POST /connect` told, by the interface that those releases have for it.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

type OnMessage = (message: unknown) => void;
interface TransportBase {
  _options: { callbacks?: { onTransportStateChanged?(state: string): void } };
  _onMessage: OnMessage;
  _callbacks: TransportBase['_options']['callbacks'];
}
/** `Transport` of realtime-ai 0.1 takes options and handler at construction, later ones by `initialize`. */
export type TransportClass = new (options?: object, onMessage?: OnMessage) => TransportBase;

/** The libraries read what came as an envelope, and `bot-ready` makes some of them ready. */
interface Envelope {
  label?: string;
  type: string;
}

export function textTransport(Base: TransportClass, sockets: WebSocket[]): new () => object {
  return class extends Base {
    #socket: WebSocket | undefined;
    #state = 'disconnected';

    initialize(options: TransportBase['_options'], onMessage: OnMessage): void {
      this._options = options;
      this._callbacks = options.callbacks;
      this._onMessage = onMessage;
      this.state = 'disconnected';
    }
    async initDevices(): Promise<void> {
      this.state = 'initialized';
    }
    async connect({ ws_url }: { ws_url: string }): Promise<void> {
      this.state = 'connecting';
      const socket = new WebSocket(ws_url);
      this.#socket = socket;
      sockets.push(socket);
      socket.on('message', (data: Buffer) => this.#received(JSON.parse(data.toString()) as Envelope));
      await once(socket, 'open');
      this.state = 'connected';
    }
    async disconnect(): Promise<void> {
      this.#socket?.close();
      this.state = 'disconnected';
    }
    sendReadyMessage(): void {
      this.state = 'ready';
      this.sendMessage({ label: 'rtvi-ai', type: 'client-ready', id: 'ready', data: {} });
    }
    sendMessage(message: object): void {
      this.#socket?.send(JSON.stringify(message));
    }
    get state(): string {
      return this.#state;
    }
    set state(state: string) {
      this.#state = state;
      this._options?.callbacks?.onTransportStateChanged?.(state);
    }
    tracks(): object {
      return { local: {} };
    }

    #received(message: Envelope): void {
      if (message.label === 'rtvi-ai') this._onMessage(message);
    }
  };
}
