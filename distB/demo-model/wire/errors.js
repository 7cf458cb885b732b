/** A refusal in the provider's shape: `{ error: { message, type, param, code } }`. */
export class ApiError extends Error {
    name = 'ApiError';
    status;
    headers;
    body;
    constructor(status, message, details = {}) {
        super(message);
        this.status = status;
        this.headers = details.headers ?? {};
        const { type = 'invalid_request_error', param = null, code = null } = details;
        this.body = { error: { message, type, param, code } };
    }
}
/** Whatever a route threw, as the client may see it. */
export function toApiError(error) {
    if (error instanceof ApiError)
        return error;
    const { statusCode, message, code } = error;
    if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY') {
        return new ApiError(400, 'We could not parse the JSON body of your request.');
    }
    if (statusCode !== undefined && statusCode < 500)
        return new ApiError(statusCode, message ?? 'Bad request.');
    return new ApiError(500, 'The server had an error while processing your request.', { type: 'server_error' });
}
/** The parsed body, or the provider's 400 that names the first field that is wrong. */
export function parseOr400(schema, body) {
    const parsed = schema.safeParse(body);
    if (parsed.success)
        return parsed.data;
    const issue = parsed.error.issues[0];
    const param = (issue?.path ?? []).reduce((path, key) => {
        if (typeof key === 'number')
            return `${path}[${key}]`;
        return path === '' ? String(key) : `${path}.${String(key)}`;
    }, '');
    const message = param === '' ? 'The body must be a JSON object.' : `Invalid value for '${param}': ${issue?.message}.`;
    throw new ApiError(400, message, { param: param || null, code: 'invalid_value' });
}
//# sourceMappingURL=errors.js.map