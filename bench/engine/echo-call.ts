/** One call of an echo in JavaScript: a worker takes 16 kHz out of its heard ring and puts 8 kHz into the spoken one. */
import { heardLayout } from '../../src/media/ring-layout.js';
import { HeardRing, type Rings, SpokenRing } from '../../src/media/sample-ring.js';
import type { HopRecord, Marked } from './hop-record.js';

const heard = new Int16Array(heardLayout.frameSamples);
const line = new Int16Array(heardLayout.frameSamples / 2);

export class EchoCall implements Marked {
  readonly heard: HeardRing;
  readonly spoken: SpokenRing;
  markedNs = 0n;
  sequence = 0;

  constructor(rings: Rings) {
    this.heard = new HeardRing(rings.heard);
    this.spoken = new SpokenRing(rings.spoken);
  }

  /** Answers every frame that is there. What it hears holds nothing over 4 kHz, so every second sample says it all. */
  answer(record: HopRecord | undefined): void {
    while (this.heard.available() >= heard.length) {
      record?.heard(this);
      this.heard.read(heard);
      for (let i = 0; i < line.length; i++) line[i] = heard[2 * i] ?? 0;
      record?.speaks(this);
      this.spoken.write(line, 0);
    }
  }
}
