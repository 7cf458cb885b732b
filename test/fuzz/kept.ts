import type { Attack } from './attack.ts'

/** Attacks that once found something, as small as they could be made, and what it was. They are played for ever. */
export const KEPT: readonly { readonly because: string; readonly attacks: readonly Attack[] }[] = [
  {
    because: 'two CONNECTs in one write made two sockets of one connection, and ended the process',
    attacks: [
      {
        door: 'frames',
        at: 'r1',
        path: '/socket.io/?EIO=4&transport=websocket',
        headers: [],
        writes: [{ frames: ['40', '40'] }],
        end: 'wait',
        cutAt: null,
      },
    ],
  },
  {
    because: 'a user id that is an object with a length that cannot be compared was a bug, and not a bad payload',
    attacks: [
      {
        door: 'frames',
        at: 'jwt',
        path: '/socket.io/?EIO=4&transport=websocket',
        headers: [],
        writes: [
          { frames: ['40«auth»', '421["session:open",{"userId":{"length":{"toString":null,"valueOf":null}}}]'] },
        ],
        end: 'wait',
        cutAt: null,
      },
    ],
  },
  {
    because: 'a replica that put sockets into a room without a name had their end throw where nobody catches it',
    attacks: [
      {
        door: 'notes',
        channel: 'adapter',
        at: 'r1',
        payloads: [
          '{"uid":"x","nsp":"/","type":4,"data":{"opts":{"rooms":["session:«session»"],"except":[],"flags":{}}}}',
          '{"uid":"x","nsp":"/","type":4,"data":{"opts":{"rooms":["session:«session»"],"except":[],"flags":{}},"rooms":[null,7]}}',
        ],
      },
    ],
  },
  {
    because:
      'places in a response that are objects without any text were taken for numbers, and ended the answer as a bug',
    attacks: ['output_index', 'summary_index'].map((place) => ({
      door: 'provider',
      at: 'jwt',
      by: 'socket',
      parts: [
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n',
        `data: {"type":"response.reasoning_summary_part.added","${place}":{"toString":null,"valueOf":null}}\n\n`,
      ],
      end: 'close',
    })),
  },
  {
    because:
      'the Socket.IO adapter answered a request whose id nothing could write, where nobody caught what that threw',
    attacks: [
      {
        door: 'notes',
        channel: 'adapter',
        at: 'jwt',
        payloads: [
          '{"uid":"x","nsp":"/","type":7,"data":{"opts":{"rooms":["session:«session»"],"except":[],"flags":{}},"requestId":«×20000:{"a":»1«×20000:}»}}',
        ],
      },
    ],
  },
  {
    because: 'a seq to which nothing can be added kept Redis in a loop, and one with a fraction was told as it was',
    attacks: [
      ['9007199254740992', '9007199254740993'],
      ['1', '2.5'],
    ].map(([first = '', last = '']) => ({
      door: 'redis',
      at: 'r1',
      commands: [['HSET', 'session:{«session»}', 'first_seq', first, 'seq', last]],
      asks: ['history', 'session:open', 'message:send', 'list'],
    })),
  },
  {
    because: 'a message that streams though a later one is stored was waited for in vain: nobody writes it',
    attacks: [18, 1].map((seq) => ({
      door: 'redis',
      at: 'r2',
      commands: [
        [
          'HSET',
          '«prefix»session:{«session»}',
          'message:1',
          `{"id":"«message»","seq":${seq},"role":"assistant","content":"","status":"streaming","attempt":1,"createdAt":"2026-11-27T00:00:00.000Z","metadata":{}}`,
        ],
      ],
      asks: ['message:regenerate', 'stream', 'session:open'],
    })),
  },
  {
    because:
      'a library asserts what is not so of a switch of protocols, and the text of that was looked for in a file that is all one line',
    attacks: [{ door: 'provider', at: 'r1', by: 'sse', parts: ['HTTP/1.1 101 \r\nc: close\r\n\r\n'], end: 'reset' }],
  },
  {
    because: 'a response was asked for again by an id that no address can hold, and its answer failed as a bug',
    attacks: ['\\ud800', '..'].map((id) => ({
      door: 'provider',
      at: 'jwt',
      by: 'socket',
      parts: [
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n',
        `data: {"type":"response.created","sequence_number":0,"response":{"id":"${id}","status":"in_progress"}}\n\n`,
        'data: {"type":"response.output_text.delta","sequence_number":1,"output_index":0,"content_index":0,"delta":"Hel"}\n\n',
      ],
      end: 'close',
    })),
  },
  {
    because: 'a number of a session with a zero byte behind it was one for Lua and none for the statistics',
    attacks: [
      {
        door: 'redis',
        at: 'jwt',
        commands: [['HSET', '«prefix»session:{«session»}', 'seq', '0\u0000']],
        asks: ['stats'],
      },
    ],
  },
]
