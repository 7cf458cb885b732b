/**
 * 32-bit FNV-1a, then the finaliser of MurmurHash3. Without it the weights of two members may differ by nearly the same
 * amount for every key, and one of the two then gets nearly all of them.
 */
function hash(text) {
    let value = 0x811c9dc5;
    for (let i = 0; i < text.length; i++)
        value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return (value ^ (value >>> 16)) >>> 0;
}
/**
 * The member that `key` falls to, by rendezvous hashing: all who know the same members agree without a word, and the keys
 * of one that goes are spread evenly over the rest.
 */
export function rendezvous(key, members) {
    let best;
    let bestWeight = -1;
    for (const member of members) {
        const weight = hash(`${member}\n${key}`);
        if (weight > bestWeight || (weight === bestWeight && best !== undefined && member < best)) {
            best = member;
            bestWeight = weight;
        }
    }
    return best;
}
//# sourceMappingURL=rendezvous.js.map