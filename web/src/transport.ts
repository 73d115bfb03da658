/**
 * A transport of client-js for one who watches: RTVI as JSON text, and no media. The published WebSocket transport
 * would ask for a microphone, and brings a media library of a megabyte.
 */
import { type PipecatClientOptions, RTVIMessage, Transport, type TransportState } from '@pipecat-ai/client-js';

/** How the server ended the connection; see docs/rtvi.md for the codes. */
export interface Closing {
  code: number;
  reason: string;
}

export interface WatchTransportOptions {
  /** Every message, also those that the library has no callback for. */
  onMessage(message: RTVIMessage): void;
  onClosed(closing: Closing): void;
}

const nowhere = {};

export class WatchTransport extends Transport {
  readonly #options: WatchTransportOptions;
  #socket: WebSocket | undefined;

  constructor(options: WatchTransportOptions) {
    super();
    this.#options = options;
    // The server takes a megabyte.
    this._maxMessageSize = 1 << 20;
  }

  initialize(options: PipecatClientOptions, onMessage: (message: RTVIMessage) => void): void {
    this._options = options;
    this._callbacks = options.callbacks ?? {};
    this._onMessage = onMessage;
    this.state = 'disconnected';
  }

  async initDevices(): Promise<void> {
    this.state = 'initialized';
  }

  _validateConnectionParams(given: unknown): unknown {
    return given;
  }

  /** Resolves when the socket is open; rejects with how it was refused. */
  _connect(parameters?: { wsUrl: string }): Promise<void> {
    this.state = 'connecting';
    const socket = new WebSocket(parameters?.wsUrl ?? '');
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#received(String(data)));
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        this.state = 'connected';
        resolve();
      });
      socket.addEventListener('close', ({ code, reason }) => {
        reject(new Error(reason || `closed with ${code}`));
        this.#closed({ code, reason });
      });
    });
  }

  async _disconnect(): Promise<void> {
    this.#socket?.close();
    this.#socket = undefined;
  }

  sendReadyMessage(): void {
    this.state = 'ready';
    this.sendMessage(RTVIMessage.clientReady());
  }

  sendMessage(message: RTVIMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }

  get state(): TransportState {
    return this._state;
  }
  set state(state: TransportState) {
    if (this._state === state) return;
    this._state = state;
    this._callbacks.onTransportStateChanged?.(state);
  }

  #received(text: string): void {
    const message = JSON.parse(text) as RTVIMessage;
    this.#options.onMessage(message);
    this._onMessage(message);
  }

  #closed(closing: Closing): void {
    if (!this.#socket) return;
    this.#socket = undefined;
    this.state = 'disconnected';
    this._callbacks.onDisconnected?.();
    this.#options.onClosed(closing);
  }

  // No devices: what is asked of them does nothing.
  async getAllMics() {
    return [];
  }
  async getAllCams() {
    return [];
  }
  async getAllSpeakers() {
    return [];
  }
  updateMic() {}
  updateCam() {}
  updateSpeaker() {}
  enableMic() {}
  enableCam() {}
  enableScreenShare() {}
  get selectedMic() {
    return nowhere;
  }
  get selectedCam() {
    return nowhere;
  }
  get selectedSpeaker() {
    return nowhere;
  }
  get isCamEnabled() {
    return false;
  }
  get isMicEnabled() {
    return false;
  }
  get isSharingScreen() {
    return false;
  }
  tracks() {
    return { local: {} };
  }
}
