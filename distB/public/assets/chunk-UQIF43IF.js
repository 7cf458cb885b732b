import{a as f,d as m}from"./chunk-VUAXEA7A.js";function I(t,e){for(let n of["keydown","keypress","keyup"])t.addEventListener(n,a=>{a.key!==e&&a.stopPropagation()})}var c={ar:async()=>(await import("./ar-WXBO5CGC.js")).ar,de:async()=>(await import("./de-3KDP6R7B.js")).de,es:async()=>(await import("./es-BGMMOXXJ.js")).es,fr:async()=>(await import("./fr-SBIUUB34.js")).fr,vi:async()=>(await import("./vi-MUILZ3DH.js")).vi,zh:async()=>(await import("./zh-ZI2RKSFY.js")).zh},w=new Set(["ar","dv","fa","he","ku","ps","sd","ug","ur","yi"]),x=2e3,d=new Map,i=new Map,u=new Map,g=new Set;function A(t,e){let n=t.toLowerCase();i.set(n,{...i.get(n),...e}),p()}function N(t){return g.add(t),()=>g.delete(t)}function R(t,e){for(let n of t){if(!n)continue;let a=n.toLowerCase(),h=a.split("-")[0]??a,o=[a,h].find(l=>l==="en"||i.has(l)||l in c);if(o===void 0)continue;if(o in c&&!d.has(o)){T(o);break}let S={...e,...d.get(o),...i.get(o)};return{tag:L(n),dir:w.has(h)?"rtl":"ltr",strings:S}}return{tag:"en",dir:"ltr",strings:{...e,...i.get("en")}}}async function U(){let t=new Promise(e=>setTimeout(e,x));await Promise.race([Promise.all(u.values()),t])}function z(t,e){return t.replace(/\{\w+\}/,()=>String(e))}function T(t){let e=c[t];if(e===void 0||u.has(t))return;let n=e().then(a=>{d.set(t,a),p()},()=>{});u.set(t,n)}function p(){for(let t of g)t()}function L(t){try{return Intl.getCanonicalLocales(t)[0]??"en"}catch{return"en"}}var P=[300,1e3,3e3];async function q(t){for(let e of P)try{return await t()}catch{await new Promise(n=>setTimeout(n,e))}return t()}var D={title:"Chat",openChat:"Open chat",unread:"Unread messages: {n}",cannotOpen:"The chat cannot be loaded right now. Please try again."};var s;function F(t){s=[...document.querySelectorAll("script[type=module]")].find(({src:e})=>e===t)}function r(t){return s?.getAttribute(`data-${t}`)??null}function b(){return s===void 0?globalThis.location?.origin??"":new URL(".",s.src).href.replace(/\/$/,"")}function v(){try{CSS.registerProperty({name:"--baton-rem",syntax:"<length>",inherits:!0,initialValue:"16px"})}catch{}}var $=f`
  :host {
    all: initial;
    font-size: medium !important;
    white-space: normal !important;
    --baton-rem: 1em;
    color-scheme: light dark !important;
    --ground: var(--baton-ground, light-dark(#ffffff, #17191c));
    --sunken: var(--baton-sunken, light-dark(#f4f3f0, #0f1113));
    --line: var(--baton-line, light-dark(#dedcd7, #383d42));
    --text: var(--baton-text, light-dark(#1c1b19, #ebe9e5));
    --faint: var(--baton-faint, light-dark(#5f5c56, #a8a59f));
    --accent: var(--baton-accent, light-dark(#0f766e, #2dd4bf));
    --on-accent: var(--baton-on-accent, light-dark(#ffffff, #06231f));
    --own: var(--baton-own, light-dark(#e2f1ee, #143531));
    --own-text: var(--baton-own-text, var(--text));
    --warn: var(--baton-warn, light-dark(#854d0e, #fcd34d));
    --warn-ground: var(--baton-warn-ground, light-dark(#fef3c7, #3a2c0b));
    --bad: var(--baton-bad, light-dark(#b42318, #fda29b));
    --radius: var(--baton-radius, var(--baton-rem));
    --mono: var(--baton-font-mono, ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, monospace);
  }
  /* A site's rules for everything ("*") reach the element itself, and what is inherited from it: here all of that ends. */
  .root,
  .launcher,
  .trouble {
    all: initial;
    visibility: inherit;
    pointer-events: inherit;
    color-scheme: inherit;
    color: var(--text);
    font: var(--baton-font-size, calc(0.9375 * var(--baton-rem))) / 1.55
      var(--baton-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
  }
  :host([theme='light']) {
    color-scheme: light !important;
  }
  :host([theme='dark']) {
    color-scheme: dark !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  svg {
    width: calc(1.25 * var(--baton-rem));
    height: calc(1.25 * var(--baton-rem));
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  [hidden] {
    display: none !important;
  }
`;var C=["server","userId","token","theme","storage","metadata","sound","feedback","onattach","greeting","heading","assistant","avatar","starters"],y=class extends m{static properties={server:{},userId:{attribute:"user-id"},token:{},theme:{reflect:!0},lang:{reflect:!0},greeting:{},heading:{},assistant:{},avatar:{},starters:{},storage:{},metadata:{type:Object},sound:{type:Boolean},feedback:{type:Boolean},onattach:{attribute:!1}};constructor(){super(),v(),this.server=r("server")??b(),this.userId=r("user-id"),this.token=r("token"),this.theme=k(r("theme"),["auto","light","dark"]),this.greeting=r("greeting"),this.heading=r("heading"),this.assistant=r("assistant"),this.avatar=r("avatar"),this.starters=r("starters"),this.storage=k(r("storage"),["local","session","none"]),this.metadata=M(r("metadata")),this.sound=r("sound")!==null,this.feedback=r("feedback")!==null,this.onattach=null}passOn(e){for(let n of C)Reflect.set(e,n,this[n])}get languages(){return E(this.lang,this.parentElement)}};function E(t,e){let n=e?.closest("[lang]")??document.documentElement;return[t||r("lang"),n.getAttribute("lang"),...navigator.languages]}function M(t){try{return JSON.parse(t??"null")}catch{return console.warn("baton-chat: data-metadata is not JSON"),null}}function k(t,e){return e.find(n=>n===t)??e[0]}function X(t){if(typeof requestIdleCallback=="function"){let n=requestIdleCallback(t,{timeout:500});return()=>cancelIdleCallback(n)}let e=setTimeout(t,30);return()=>clearTimeout(e)}export{X as a,I as b,A as c,N as d,R as e,U as f,z as g,q as h,D as i,F as j,r as k,$ as l,y as m,E as n,k as o};
//# sourceMappingURL=chunk-UQIF43IF.js.map
