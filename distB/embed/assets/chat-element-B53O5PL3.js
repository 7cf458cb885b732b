import{n as a}from"./chunk-ZJ5ZZ4IO.js";import"./chunk-UACOHYFZ.js";import"./chunk-NJ5KB2PL.js";import"./chunk-MZZV7NDX.js";export{a as BatonChat};
//# sourceMappingURL=chat-element-B53O5PL3.js.map
