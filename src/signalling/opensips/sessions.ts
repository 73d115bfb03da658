import { fault } from '../../errors.js';
import type { Leg, Signalling } from '../leg.js';
export class OpenSipsSignalling implements Signalling {
  readonly name = 'opensips';
  constructor(readonly options: object) {}
  async start(_onLeg: (leg: Leg) => void): Promise<{ address: string; port: number }> {
    throw fault('NOT_SUPPORTED', 'x', 'y');
  }
  async place(): Promise<Leg> {
    throw fault('NOT_SUPPORTED', 'x', 'y');
  }
  held = () => ({ legs: 0, transactions: 0 });
  stop = async () => undefined;
}
