import"./chunk-MZZV7NDX.js";function f(n,e,t){let{tag:a,strings:o}=t,s=new Intl.DateTimeFormat(a,{dateStyle:"medium",timeStyle:"short"});return n.map(({role:i,createdAt:c,content:m})=>{let r=`${i==="user"?o.you:o.assistant}, ${s.format(new Date(c))}`;return`${e==="markdown"?`**${r}**`:r}

${m.trim()}
`}).join(e==="markdown"?`
---

`:`

`)}function p(n,e){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob([e],{type:"text/plain;charset=utf-8"})),t.download=n,t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),6e4)}export{p as saveText,f as transcriptOf};
//# sourceMappingURL=transcript-3XMA3XIZ.js.map
