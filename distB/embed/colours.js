import{a as o}from"./assets/chunk-XISKKZQN.js";import"./assets/chunk-MZZV7NDX.js";o(()=>import("./assets/colours-NQX3Y5A5.js"));
//# sourceMappingURL=colours.js.map
