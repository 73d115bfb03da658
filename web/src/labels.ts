/** The words of the page, in English and Turkish. */

const english = {
  title: 'Calls',
  liveCalls: 'Live calls',
  noCalls: 'No call is running. The next one appears here by itself.',
  connecting: 'Connecting…',
  connected: 'Connected',
  waiting: 'Connection lost, trying again…',
  refused: 'A token is needed',
  onlyWatching: 'Watching only',
  tokenTitle: 'This server asks for a token',
  tokenHint: 'Use the token of [rtvi] in the server’s configuration. It stays in this tab.',
  token: 'Token',
  enter: 'Continue',
  conversation: 'Conversation',
  chooseCall: 'Choose a call to watch it live.',
  quiet: 'Nothing has been said yet.',
  caller: 'Caller',
  bot: 'Bot',
  listening: 'Listening',
  hearing: 'Caller speaks',
  thinking: 'Thinking',
  speaking: 'Speaking',
  deaf: 'Not listening',
  ended: 'Ended',
  interrupted: 'interrupted',
  silentLine: 'not spoken',
  sayPlaceholder: 'Type a text…',
  say: 'Say it',
  sayHint: 'The bot speaks these words',
  ask: 'Ask the bot',
  askHint: 'The bot answers as if the caller had said this',
  interrupt: 'Interrupt',
  hangUp: 'Hang up',
  hangUpSure: 'Really hang up?',
  transfer: 'Transfer',
  transferTo: 'Transfer to',
  transferPlaceholder: 'sip:desk@example.com or a number',
  transferred: 'Transferred',
  keys: 'Keys to the line',
  keysPlaceholder: 'Keys to the line: 0-9 * #',
  send: 'Send',
  settings: 'Settings',
  mute: 'Mute the bot',
  volume: 'Volume',
  voice: 'Voice',
  usualVoice: 'the usual one',
  speed: 'Speed',
  language: 'Language',
  temperature: 'Temperature',
  maxTokens: 'Longest answer (tokens)',
  confidence: 'Least confidence',
  latency: 'Response time',
  latencyHint: 'From the end of the caller’s speech to the first sound of the answer',
  noTurns: 'No turn yet.',
  average: 'Average',
  quality: 'Line quality',
  mos: 'Quality',
  loss: 'Loss',
  jitter: 'Jitter',
  delay: 'Buffer',
  roundTrip: 'Round trip',
  concealed: 'Concealed frames',
  history: 'Changes',
  noChanges: 'Nothing was changed in this call.',
  summary: 'Summary',
  duration: 'Duration',
  turns: 'Turns',
  interruptions: 'Interruptions',
  reason: 'End',
  medianLatency: 'Median response',
  on: 'on',
  off: 'off',
  jitter_wait: 'Jitter buffer',
  silence_wait: 'Silence',
  turn_decision: 'Turn decision',
  stt_final: 'Recognition',
  llm_first_token: 'First token',
  first_sentence: 'First sentence',
  tts_first_audio: 'Voice',
  ring_wait: 'Playout',
};
export type Label = keyof typeof english;

const turkish: Record<Label, string> = {
  title: 'Çağrılar',
  liveCalls: 'Süren çağrılar',
  noCalls: 'Süren çağrı yok. Yeni çağrı burada kendiliğinden görünür.',
  connecting: 'Bağlanıyor…',
  connected: 'Bağlı',
  waiting: 'Bağlantı koptu, yeniden deneniyor…',
  refused: 'Erişim anahtarı gerekli',
  onlyWatching: 'Yalnızca izleme',
  tokenTitle: 'Bu sunucu bir erişim anahtarı istiyor',
  tokenHint: 'Sunucu yapılandırmasındaki [rtvi] anahtarını girin. Yalnızca bu sekmede tutulur.',
  token: 'Anahtar',
  enter: 'Devam',
  conversation: 'Görüşme',
  chooseCall: 'Canlı izlemek için bir çağrı seçin.',
  quiet: 'Henüz bir şey söylenmedi.',
  caller: 'Arayan',
  bot: 'Bot',
  listening: 'Dinliyor',
  hearing: 'Arayan konuşuyor',
  thinking: 'Düşünüyor',
  speaking: 'Konuşuyor',
  deaf: 'Dinlemiyor',
  ended: 'Bitti',
  interrupted: 'kesildi',
  silentLine: 'seslendirilmedi',
  sayPlaceholder: 'Bir metin yazın…',
  say: 'Söylet',
  sayHint: 'Bot bu sözleri söyler',
  ask: 'Bota sor',
  askHint: 'Bot, arayan söylemiş gibi yanıtlar',
  interrupt: 'Sözünü kes',
  hangUp: 'Kapat',
  hangUpSure: 'Kapatılsın mı?',
  transfer: 'Aktar',
  transferTo: 'Aktarılacak yer',
  transferPlaceholder: 'sip:masa@example.com ya da numara',
  transferred: 'Aktarıldı',
  keys: 'Hatta tuş gönder',
  keysPlaceholder: 'Hatta tuşlar: 0-9 * #',
  send: 'Gönder',
  settings: 'Ayarlar',
  mute: 'Botu sustur',
  volume: 'Ses düzeyi',
  voice: 'Ses',
  usualVoice: 'olağan ses',
  speed: 'Hız',
  language: 'Dil',
  temperature: 'Sıcaklık',
  maxTokens: 'En uzun yanıt (token)',
  confidence: 'En düşük güven',
  latency: 'Yanıt süresi',
  latencyHint: 'Arayanın sözünün sonundan yanıtın ilk sesine kadar',
  noTurns: 'Henüz tur yok.',
  average: 'Ortalama',
  quality: 'Hat kalitesi',
  mos: 'Kalite',
  loss: 'Kayıp',
  jitter: 'Titreme',
  delay: 'Tampon',
  roundTrip: 'Gidiş dönüş',
  concealed: 'Onarılan çerçeve',
  history: 'Değişiklikler',
  noChanges: 'Bu çağrıda bir şey değiştirilmedi.',
  summary: 'Özet',
  duration: 'Süre',
  turns: 'Tur',
  interruptions: 'Kesinti',
  reason: 'Bitiş',
  medianLatency: 'Ortanca yanıt',
  on: 'açık',
  off: 'kapalı',
  jitter_wait: 'Titreme tamponu',
  silence_wait: 'Sessizlik',
  turn_decision: 'Sıra kararı',
  stt_final: 'Tanıma',
  llm_first_token: 'İlk sözcük parçası',
  first_sentence: 'İlk cümle',
  tts_first_audio: 'Seslendirme',
  ring_wait: 'Çalma',
};

export type Language = 'en' | 'tr';
const tables: Record<Language, Record<Label, string>> = { en: english, tr: turkish };
const languageKey = 'language';

/** What was chosen before, else what the browser prefers. */
export function pageLanguage(): Language {
  const chosen = localStorage.getItem(languageKey) ?? navigator.language.slice(0, 2);
  return chosen === 'tr' ? 'tr' : 'en';
}

/** Takes effect when the page is loaded again. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(languageKey, language);
  location.reload();
}

const language = pageLanguage();
const table = tables[language];
export const label = (name: Label): string => table[name];

const locale = language === 'tr' ? 'tr-TR' : 'en-GB';
const decimal = (digits: number) =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const formats = [decimal(0), decimal(1), decimal(2)];

export const number = (value: number, digits = 0): string => (formats[digits] ?? decimal(digits)).format(value);
export const milliseconds = (ms: number): string => `${number(ms)} ms`;
export const percent = (ratio: number): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(ratio);

/** `English` for `en`; a code that has no name stands for itself. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** `1:05`, with hours when there are some. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours = 0, ...rest] = parts;
  const shown = hours > 0 ? parts : rest;
  return shown.map((part, n) => (n === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

export const timeOfDay = (epochS: number): string =>
  new Date(epochS * 1000).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
