import swagger from '@fastify/swagger';
import { createJsonSchemaTransformObject, jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BatonError } from '../protocol/errors.js';
import { errorReply } from '../protocol/rest.js';
const COMMON = ['invalid', 'unauthorized', 'forbidden', 'overloaded', 'internal'];
const TAGS = [
    { name: 'sessions', description: 'Making, listing, reading, keeping and clearing sessions' },
    { name: 'messages', description: 'Sending a message and reading its answer' },
    { name: 'older API', description: 'Routes of an older API, for clients that speak it' },
    { name: 'operations', description: 'For supervisors and monitors; without authentication' },
];
const DEMO_TAG = { name: 'demo', description: 'The stage, where it is on (DEMO=1)' };
const ADMIN_TAG = { name: 'admin', description: 'For operators, where they are let in (ADMIN_TOKEN)' };
const BEARER = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };
const OPERATOR = { type: 'http', scheme: 'bearer' };
/** Collects every route that is registered afterwards, wherever it is mounted. */
export async function collectOpenApi(app, settings) {
    const { AUTH, BASE_PATH, DEMO, ADMIN_TOKEN, OPS_PORT } = settings;
    const operated = ADMIN_TOKEN.length > 0 && OPS_PORT === undefined;
    const toComponents = createJsonSchemaTransformObject({});
    const withDescription = (route) => {
        const { schema, url } = jsonSchemaTransform(route);
        return { schema: { ...schema, description: schema.description ?? schema.summary ?? '' }, url };
    };
    await app.register(swagger, {
        openapi: {
            openapi: '3.1.0',
            info: {
                title: 'Baton',
                version: '1',
                description: 'Chat sessions whose answers survive the process that streams them.',
                contact: { name: 'The operator of this gateway' },
                license: { name: 'MIT', identifier: 'MIT' },
            },
            servers: [{ url: BASE_PATH === '' ? '/' : BASE_PATH }],
            tags: [...TAGS, ...(DEMO ? [DEMO_TAG] : []), ...(operated ? [ADMIN_TAG] : [])],
            security: AUTH === 'jwt' ? [{ bearer: [] }] : [],
            ...((AUTH === 'jwt' || operated) && {
                components: {
                    securitySchemes: { ...(AUTH === 'jwt' && { bearer: BEARER }), ...(operated && { operator: OPERATOR }) },
                },
            }),
        },
        transform: withDescription,
        transformObject: (document) => withoutUnused(toComponents(document)),
    });
}
/** Zod's schemas are written down twice, as what is given and as what is taken (`…Input`); one of the two is used, under its own name. */
function withoutUnused(document) {
    const { components, ...rest } = document;
    const all = components?.schemas ?? {};
    const used = new Map();
    const visit = (part) => {
        for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
            const schema = all[name];
            if (schema === undefined || used.has(name))
                continue;
            used.set(name, schema);
            visit(schema);
        }
    };
    visit(rest);
    const nameFor = (name) => {
        const own = name.replace(/Input$/, '');
        return used.has(own) ? name : own;
    };
    const renamed = Object.fromEntries([...used].map(([name, schema]) => [nameFor(name), schema]));
    const text = JSON.stringify({ ...rest, components: { ...components, schemas: renamed } });
    return JSON.parse(text.replace(/"#\/components\/schemas\/([^"]+)"/g, (_, name) => `"#/components/schemas/${nameFor(name)}"`));
}
/** What was collected, as `/openapi.json`. */
export function serveOpenApi(app) {
    app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
/** The errors of a route in the contract's shape, by status: those that any route of the API may give, and `codes`. */
export function errorReplies(...codes) {
    const byStatus = Map.groupBy([...COMMON, ...codes], (code) => new BatonError(code, '').status);
    return Object.fromEntries([...byStatus].map(([status, of]) => [status, described(of.join(', '), errorReply)]));
}
/** A reply as JSON, or as server-sent events where the caller accepts them. */
export function jsonOrEvents(schema) {
    return {
        description: 'The whole answer, or its events: delta, last the message',
        content: { 'application/json': { schema }, 'text/event-stream': { schema: z.string() } },
    };
}
function described(description, schema) {
    return { description, content: { 'application/json': { schema } } };
}
//# sourceMappingURL=openapi.js.map