import{k as d,l as h,m as p,o as u}from"./chunk-JJRN6H7N.js";import{b as o,c as r}from"./chunk-VUAXEA7A.js";import"./chunk-MZZV7NDX.js";var f=8e3,m=class{#t;#i="";#s=null;#e=null;#n;constructor(t){this.#t=t}render(t,{tag:i,strings:s}){let n=this.#i.trim().toLocaleLowerCase(i),e=this.#t.list().filter(({title:l})=>l.toLocaleLowerCase(i).includes(n));return o`
      <input
        type="search" class="search" part="search" dir="auto" aria-label=${s.search} placeholder=${s.search}
        .value=${this.#i} @input=${this.#r}
      >
      <ul class="pasts">
        ${e.map(l=>this.#o(l,l.id===t,{tag:i,strings:s}))}
      </ul>
      ${e.length===0?o`<p class="ended" role="status">${s.noneFound}</p>`:r}
      <p class="undo" role="status">
        ${this.#e===null?r:o`${s.deleted} ${b(s.undo,()=>this.#c())}`}
      </p>
      <p class="save"><button type="button" class="question" @click=${()=>this.#t.save()}>${u(p)} ${s.save}</button></p>
    `}settle(){clearTimeout(this.#n),this.#e!==null&&this.#t.forget(this.#e.id),this.#e=null,this.#s=null,this.#i=""}#o(t,i,{tag:s,strings:n}){let{id:e,title:l,at:c,unread:v}=t;return this.#s===e?this.#a(t,n.rename):o`<li class=${i?"present":""}>
      <button type="button" class="past" part="past" aria-current=${i?"true":r} @click=${()=>this.#t.open(e)}>
        <span><bdi>${l}</bdi></span>
        <small>${v&&!i?o`<b>${n.new}</b> · `:r}<time datetime=${c}>${g(c,s)}</time></small>
      </button>
      ${$(n.rename,d,()=>this.#l(e))} ${$(n.delete,h,()=>this.#u(t))}
    </li>`}#a(t,i){let s=({target:e})=>{let l=e.value.trim();this.#s===t.id&&l!==""&&this.#t.put({...t,title:l}),this.#l(null)},n=e=>{e.key==="Escape"?(e.preventDefault(),e.stopPropagation(),this.#l(null)):e.key==="Enter"&&!e.isComposing&&s(e)};return o`<li>
      <input class="search naming" dir="auto" aria-label=${i} .value=${t.title} @blur=${s} @keydown=${n}>
    </li>`}#r=({target:t})=>{this.#i=t.value,this.#t.changed()};#l(t){this.#s=t,this.#t.changed()}#u(t){this.settle(),this.#e=t,this.#t.remove(t.id),this.#n=setTimeout(()=>{this.settle(),this.#t.changed()},f),this.#t.changed()}#c(){clearTimeout(this.#n),this.#e!==null&&this.#t.put(this.#e),this.#e=null,this.#t.changed()}};function b(a,t){return o`<button type="button" class="link" part="link" @click=${t}>${a}</button>`}function $(a,t,i){return o`<button type="button" class="action" part="action" aria-label=${a} title=${a} @click=${i}>${u(t)}</button>`}var y=[["day",864e5],["hour",36e5],["minute",6e4]];function g(a,t){let i=Date.now()-Date.parse(a),[s,n]=y.find(([,e])=>i>=e)??["minute",6e4];return new Intl.RelativeTimeFormat(t,{numeric:"auto"}).format(-Math.floor(i/n),s)}export{m as ConversationList};
//# sourceMappingURL=conversation-list-5T4Z2EW5.js.map
