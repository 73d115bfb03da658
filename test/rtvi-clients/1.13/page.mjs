/** What a web application does: the published client with the published transport, and what its callbacks were told. */
import { PipecatClient } from '@pipecat-ai/client-js';
// The default media manager fetches half of itself from its maker's network.
import { WavMediaManager, WebSocketTransport } from '@pipecat-ai/websocket-transport';

const told = [];
const names = ['onUserTranscript', 'onBotOutput', 'onServerMessage', 'onMessageError', 'onError', 'onDisconnected'];
const callbacks = Object.fromEntries(names.map((name) => [name, (data) => void told.push({ name, data })]));

const client = new PipecatClient({
  transport: new WebSocketTransport({ mediaManager: new WavMediaManager() }),
  enableMic: true,
  enableCam: false,
  callbacks,
});

/** Resolves with what `bot-ready` said. */
async function connect(wsUrl) {
  await client.initDevices();
  return client.connect({ wsUrl });
}

window.application = { client, told, connect };
