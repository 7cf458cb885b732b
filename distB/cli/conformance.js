import { parseArgs, styleText } from 'node:util';
import { Refused } from '../conformance/connection.js';
import { checkedRules, isWanted, runSuite } from '../conformance/suite.js';
import { Aborted, Failure } from '../conformance/verdict.js';
import { gatewayUrl, UsageError } from './options.js';
const usage = `Holds a running gateway to the rules of Baton's contract that show on the wire, over real sockets and HTTP.

  baton conformance [options] <url>

  --only <rules>            these only, such as D3,M2; a letter stands for its group
  --token <jwt>             who asks, where the gateway has AUTH=jwt (or BATON_TOKEN)
  --foreign-origin <origin> an origin that the gateway is to refuse (X4)
  --json                    the results as one JSON document
  -h, --help                this

It makes some fifty sessions, removes them again, and has the model answer about twenty times; any model will do. What needs a longer
answer than the model gives, or a setting or a fault, is skipped, and told why. Do not run it where its questions would
disturb anybody. Ctrl-C ends it.

Exits with 0; 1 where a check failed or the gateway cannot be reached; 2 for wrong arguments; 130 where it was ended.
`;
const INTERRUPTED = 130;
/** `baton conformance`. Resolves with the exit code. */
export async function main(args) {
    try {
        const options = readOptions(args);
        if (options !== null)
            return await run(options);
        console.log(usage);
        return 0;
    }
    catch (error) {
        if (error instanceof Aborted)
            return INTERRUPTED;
        const isRefusal = error instanceof Failure || error instanceof Refused;
        if (!isRefusal && !(error instanceof UsageError))
            throw error;
        const text = isRefusal ? `the gateway cannot be reached: ${error.message}` : error.message;
        console.error(styleText('red', `baton: ${text}`, { stream: process.stderr }));
        if (error instanceof UsageError)
            console.error('Try: baton conformance --help');
        return error instanceof UsageError ? 2 : 1;
    }
}
async function run({ json, only, ...target }) {
    const ending = new AbortController();
    const end = () => {
        process.once('SIGINT', () => process.exit(INTERRUPTED));
        ending.abort();
    };
    process.once('SIGINT', end);
    try {
        const results = await runSuite(target, { only, signal: ending.signal, onResult: json ? () => { } : tell });
        const count = countOf(results);
        if (json)
            console.log(JSON.stringify({ url: target.url, ...count, results }, null, 2));
        else
            console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
        if (ending.signal.aborted)
            return INTERRUPTED;
        return count.failed > 0 ? 1 : 0;
    }
    finally {
        process.removeAllListeners('SIGINT');
    }
}
function countOf(results) {
    const count = (wanted) => results.filter(({ result }) => result === wanted).length;
    return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}
const MARKS = { passed: ['green', '✓'], failed: ['red', '✗'], skipped: ['dim', '–'] };
function tell({ rule, says, result, why }) {
    const [style, mark] = MARKS[result];
    const paint = (text) => styleText(style, text, { stream: process.stdout });
    console.log(`${paint(mark)} ${rule.padEnd(2)} ${says}`);
    if (why !== undefined)
        console.log(paint(`     ${result}: ${why}`));
}
/** Reads the arguments behind `baton conformance`; null where help is wanted. Throws `UsageError`. */
function readOptions(args) {
    const { values, positionals } = parse(args);
    if (values.help)
        return null;
    const only = (values.only ?? '').split(',').flatMap((rule) => rule.trim().toUpperCase() || []);
    const unknown = only.filter((code) => !checkedRules.some((rule) => isWanted(rule, [code])));
    if (unknown.length > 0)
        throw new UsageError(`no check of ${unknown.join(', ')}; there are ${checkedRules.join(' ')}`);
    if (values.only !== undefined && only.length === 0)
        throw new UsageError('--only names no rule');
    return {
        url: gatewayUrl(positionals),
        token: values.token ?? process.env.BATON_TOKEN,
        foreignOrigin: values['foreign-origin'],
        only,
        json: values.json ?? false,
    };
}
function parse(args) {
    const options = {
        only: { type: 'string' },
        token: { type: 'string' },
        'foreign-origin': { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
    };
    try {
        return parseArgs({ args: [...args], options, allowPositionals: true });
    }
    catch (error) {
        throw new UsageError(error.message);
    }
}
//# sourceMappingURL=conformance.js.map