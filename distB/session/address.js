/** Replica id of an address: `r1` of `r1.4f2a9c`. */
export function replicaOf(address) {
    const dot = address.lastIndexOf('.');
    return dot < 0 ? address : address.slice(0, dot);
}
//# sourceMappingURL=address.js.map