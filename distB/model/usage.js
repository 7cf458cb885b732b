const FIELDS = [
    'prompt_tokens',
    'completion_tokens',
    'input_tokens',
    'output_tokens',
    'total_tokens',
];
/** The counts that are known of a provider's `usage`; whatever else it holds is left behind, as it may hold anything. */
export function usageOf(given) {
    const counts = given;
    const output = (counts.completion_tokens_details ?? counts.output_tokens_details);
    const input = (counts.prompt_tokens_details ?? counts.input_tokens_details);
    const found = [
        ...FIELDS.map((field) => [field, counts[field]]),
        ['reasoning_tokens', output?.reasoning_tokens],
        ['cached_tokens', input?.cached_tokens],
    ];
    return Object.fromEntries(found.filter(([, count]) => Number.isSafeInteger(count) && Number(count) >= 0));
}
//# sourceMappingURL=usage.js.map