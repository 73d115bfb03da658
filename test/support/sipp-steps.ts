/** sipp scenarios put together from steps: what a caller sends, and what it waits for. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDigit } from './dtmf-pcap.js';

const via = (branch: string) => `Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${branch};rport`;
const contact = 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>';

const sdp = (direction: string, version: number): string[] => [
  'v=0',
  `o=sipp 1 ${version} IN IP[local_ip_type] [local_ip]`,
  's=-',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 0 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  `a=${direction}`,
];

interface Message {
  method: string;
  cseq: number;
  user: string;
  /** Branch of the Via; one of its own where it is left out. */
  branch?: string;
  /** Tag of the other side; of the dialog where it is left out. */
  to?: string;
  headers?: string[];
  body?: string[];
  /** Attributes of sipp's element. */
  how?: string;
}

/** A request of the caller; after the first one it is in the dialog. */
function request({
  method,
  cseq,
  user,
  branch = '[branch]',
  to = '[peer_tag_param]',
  headers = [],
  body = [],
  how = 'retrans="500"',
}: Message): string {
  const lines = [
    `${method} sip:${user}@[remote_ip]:[remote_port] SIP/2.0`,
    via(branch),
    'From: <sip:sipp@[local_ip]:[local_port]>;tag=[call_number]',
    `To: <sip:${user}@[remote_ip]:[remote_port]>${to}`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    contact,
    'Max-Forwards: 70',
    ...headers,
    'Content-Length: [len]',
    '',
    ...body,
  ];
  return `<send ${how}><![CDATA[\n${lines.map((line) => `      ${line}`).join('\n')}\n\n]]></send>`;
}

const described = (message: Omit<Message, 'method' | 'body'>, direction: string): string =>
  request({
    ...message,
    method: 'INVITE',
    headers: ['Content-Type: application/sdp', ...(message.headers ?? [])],
    body: sdp(direction, message.cseq),
  });

const answer = (status: string, how = ''): string => `<recv response="${status}" ${how}></recv>`;
const maybe = (status: string): string => answer(status, 'optional="true"');
const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`;
const ack = (user: string, cseq: number): string => request({ method: 'ACK', cseq, user, how: '' });

const talk = (user: string): string[] => [
  described({ cseq: 1, user }, 'sendrecv'),
  maybe('100'),
  maybe('180'),
  answer('200', 'rtd="true"'),
  ack(user, 1),
];

/** Jumps to `label` when the answer that came is one to `method`. */
const answerTo = (method: string, label: string, how = ''): string =>
  `<recv response="200" next="${label}" test="${method}" ${how}><action>
      <ereg regexp="${method}" search_in="hdr" header="CSeq:" assign_to="${method}"/></action></recv>`;
const label = (id: string): string => `<label id="${id}"/>`;
const goTo = (id: string): string => `<nop next="${id}"/>`;

const leave = (user: string, cseq: number): string[] => [request({ method: 'BYE', cseq, user }), answer('200')];

const reinvite = (user: string, cseq: number, direction: string): string[] => [
  described({ cseq, user }, direction),
  maybe('100'),
  answer('200'),
  ack(user, cseq),
];

const digit = (user: string, cseq: number, type: string, body: string[]): string[] => [
  request({ method: 'INFO', cseq, user, headers: [`Content-Type: ${type}`], body }),
  answer('200'),
];

/** In the audio; sipp looks for the file where it runs. */
const press = (digit: number): string[] => [
  `<nop><action><exec play_pcap_audio="digit-${digit}.pcap"/></action></nop>`,
  pause(400),
];

const notify = (user: string, cseq: number, state: string, line: string): string =>
  request({
    method: 'NOTIFY',
    cseq,
    user,
    headers: ['Event: refer', `Subscription-State: ${state}`, 'Content-Type: message/sipfrag'],
    body: [line],
  });

const reply = (status: string): string =>
  `<send><![CDATA[\n      SIP/2.0 ${status}\n      [last_Via:]\n      [last_From:]\n      [last_To:]\n      [last_Call-ID:]\n      [last_CSeq:]\n      ${contact}\n      Content-Length: 0\n\n]]></send>`;

/** What a caller does, by name; each is the user that it calls as well. */
export const behaviours = {
  hold: (user: string) => [
    ...talk(user),
    ...reinvite(user, 2, 'sendonly'),
    pause(200),
    ...reinvite(user, 3, 'sendrecv'),
    pause(200),
    ...leave(user, 4),
  ],
  dtmf: (user: string) => [
    ...talk(user),
    ...digit(user, 2, 'application/dtmf-relay', ['Signal=5', 'Duration=120']),
    ...digit(user, 3, 'application/dtmf', ['#']),
    ...press(7),
    ...leave(user, 4),
  ],
  transfer: (user: string) => [
    ...talk(user),
    '<recv request="REFER"></recv>',
    reply('202 Accepted'),
    notify(user, 2, 'active;expires=60', 'SIP/2.0 100 Trying'),
    answer('200'),
    notify(user, 3, 'terminated;reason=noresource', 'SIP/2.0 200 OK'),
    maybe('200'),
    '<recv request="BYE"></recv>',
    reply('200 OK'),
  ],
  /** Asked for the password, answers, and talks. */
  account: (user: string) => [
    described({ cseq: 1, user }, 'sendrecv'),
    answer('401', 'auth="true"'),
    ack(user, 1),
    described({ cseq: 2, user, to: '', headers: ['[authentication username=alice password=secret]'] }, 'sendrecv'),
    maybe('100'),
    answer('200'),
    ack(user, 2),
    ...leave(user, 3),
  ],
  /** Gives up while it rings. Where the answer was quicker, the call stands, and is left. */
  cancel: (user: string) => [
    described({ cseq: 1, user, to: '', branch: '[branch]' }, 'sendrecv'),
    answer('100', 'optional="true" next="1"'),
    answer('180', 'optional="true" next="1"'),
    answer('200', 'next="5"'),
    label('1'),
    request({ method: 'CANCEL', cseq: 1, user, to: '', branch: '[branch-4]' }),
    label('2'),
    maybe('100'),
    maybe('180'),
    answer('487', 'optional="true" next="4"'),
    answerTo('CANCEL', '3'),
    goTo('5'),
    label('3'),
    answer('487', 'optional="true" next="4"'),
    answerTo('INVITE', '5'),
    goTo('3'),
    label('4'),
    request({ method: 'ACK', cseq: 1, user, branch: '[branch-13]', how: 'next="9"' }),
    label('5'),
    ack(user, 1),
    label('6'),
    request({ method: 'BYE', cseq: 2, user }),
    label('7'),
    // Both sides may leave: who never saw the ACK does.
    '<recv request="BYE" optional="true" next="8"></recv>',
    answer('481', 'optional="true" next="9"'),
    // A late answer to something else ends sipp's repeats of the BYE.
    answerTo('BYE', '9', 'timeout="5000" ontimeout="6"'),
    goTo('7'),
    label('8'),
    reply('200 OK'),
    label('9'),
    '<nop/>',
  ],
  'early-bye': (user: string) => [...talk(user), ...leave(user, 2)],
} as const;

export type Behaviour = keyof typeof behaviours;

/** Writes the scenario; returns its path. */
export function writeBehaviour(name: Behaviour, folder: string): string {
  const file = join(folder, `${name}.xml`);
  if (name === 'dtmf') writeDigit(7, folder);
  const steps = behaviours[name](name);
  writeFileSync(
    file,
    `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="${name}">\n${steps.join('\n')}\n</scenario>\n`,
  );
  return file;
}
