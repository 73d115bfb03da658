/** The configuration of the demo's server, as an INI file in a folder of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'ini';
import type { Config } from '../config/schema.js';
import type { Script } from './script.js';

/** The waits for engines that the configuration asks for: a slow machine may need longer ones. */
const waits = ({ stt_timeout_ms, llm_timeout_ms, tts_timeout_ms }: Config['turn']) => ({
  stt_timeout_ms,
  llm_timeout_ms,
  tts_timeout_ms,
});

/** Free loopback ports for SIP and RTVI, the engines of the script, and its one agent. Returns the path. */
export function writeServerConfig(folder: string, script: Script, { models, rtp, tts, turn, log }: Config): string {
  const path = join(folder, 'demo.ini');
  const sections = {
    opensips: { enabled: false },
    sip: { enabled: true, ip: '127.0.0.1', port: 0 },
    rtvi: { enabled: true, ip: '127.0.0.1', port: 0 },
    rtp: { min_port: rtp.min_port, max_port: rtp.max_port, bind_ip: '127.0.0.1', ip: '127.0.0.1' },
    models: { dir: models.dir },
    stt: script.stt,
    llm: script.llm,
    tts: { engine: tts.engine },
    turn: waits(turn),
    log: { level: log.level === 'info' ? 'warn' : log.level },
    'agent demo': { ...script.agent, language: script.language, match: '*' },
  };
  writeFileSync(path, stringify(sections, { whitespace: true }));
  return path;
}
