/** The part of sherpa-onnx-node (which ships no types) that this program uses. Its shapes are in the package's types.js. */
declare module 'sherpa-onnx-node' {
  interface OfflineStream {
    acceptWaveform(wave: { samples: Float32Array; sampleRate: number }): void;
  }
  interface OfflineRecognizer {
    createStream(): OfflineStream;
    decodeAsync(stream: OfflineStream): Promise<{ text: string }>;
  }
  interface RecognizerConfig {
    featConfig: { sampleRate: number; featureDim: number };
    modelConfig: {
      moonshine: { encoder: string; mergedDecoder: string };
      tokens: string;
      numThreads: number;
      provider: 'cpu';
      debug: boolean;
    };
  }
  interface OfflineTts {
    readonly sampleRate: number;
    generateAsync(request: {
      text: string;
      sid: number;
      speed: number;
      enableExternalBuffer: boolean;
    }): Promise<{ samples: Float32Array; sampleRate: number }>;
  }
  interface TtsConfig {
    model: {
      vits: { model: string; tokens: string; dataDir: string };
      numThreads: number;
      provider: 'cpu';
      debug: boolean;
    };
    maxNumSentences: number;
  }
  const sherpa: {
    OfflineRecognizer: { createAsync(config: RecognizerConfig): Promise<OfflineRecognizer> };
    OfflineTts: { createAsync(config: TtsConfig): Promise<OfflineTts> };
  };

  export type { OfflineRecognizer, OfflineTts };
  export default sherpa;
}
