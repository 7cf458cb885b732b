import{a as w,b as x,c as U,d as y,e as h,f as E,g as C,h as k,i as m,j as $,k as i,l as L,m as P,n as z,o as M}from"./assets/chunk-UQIF43IF.js";import{a as f}from"./assets/chunk-XISKKZQN.js";import{a as g,b as d}from"./assets/chunk-VUAXEA7A.js";import"./assets/chunk-MZZV7NDX.js";function p(o,e){globalThis.customElements?.get(o)===void 0&&globalThis.customElements?.define(o,e)}var S=d`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d="M4 4.5h12a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3H4A1.5 1.5 0 0 1 2.5 13V6A1.5 1.5 0 0 1 4 4.5ZM6.5 8h7M6.5 11h4.5"></path>
</svg>`;var v=null;function s(){return v??=W().catch(o=>{throw v=null,o}),v}async function W(){let[{BatonChat:o}]=await Promise.all([k(()=>import("./assets/chat-element-M5KPIZA5.js")),E()]);p("baton-chat",o)}var O=g`
  :host {
    position: fixed; /* its content has its own place; this takes none of the site's */
    z-index: var(--baton-z-index, 2147483000);
    --inset: var(--baton-inset, calc(1.25 * var(--baton-rem)));
    --inset-x: var(--baton-inset-x, var(--inset));
    --inset-y: var(--baton-inset-y, var(--inset));
    --left: auto;
    --right: calc(max(var(--inset-x), env(safe-area-inset-right)) + var(--beyond-right, 0px));
    --bottom: calc(max(var(--inset-y), env(safe-area-inset-bottom)) + var(--beyond-bottom, 0px));
  }
  :host([position='bottom-left']) {
    --left: calc(max(var(--inset-x), env(safe-area-inset-left)) + var(--beyond-left, 0px));
    --right: auto;
  }
  :host([hidden]) {
    display: none;
  }
  .launcher {
    position: fixed;
    inset: auto var(--right) var(--bottom) var(--left);
    z-index: var(--baton-z-index, 2147483000);
    display: flex;
    justify-content: center;
    align-items: center;
    gap: calc(0.625 * var(--baton-rem));
    --size: var(--baton-launcher-size, calc(3.5 * var(--baton-rem)));
    min-width: var(--size);
    height: var(--size);
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: calc(var(--size) / 2);
    color: var(--on-accent);
    cursor: pointer;
    box-shadow:
      0 1px 3px rgb(0 0 0 / 20%),
      0 6px 20px rgb(0 0 0 / 22%);
  }
  .launcher:has(.label:not([hidden])) {
    padding: 0 calc(1.25 * var(--baton-rem));
  }
  .label {
    max-width: calc(16 * var(--baton-rem));
    font-weight: 600;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .launcher ::slotted(*) {
    width: calc(1.625 * var(--baton-rem));
    height: calc(1.625 * var(--baton-rem));
  }
  .launcher[aria-busy='true'] svg {
    animation: wait 0.6s ease-in-out infinite alternate;
  }
  @keyframes wait {
    to {
      opacity: 0.3;
    }
  }
  .trouble {
    position: fixed;
    inset: auto var(--right) calc(var(--bottom) + calc(4 * var(--baton-rem))) var(--left);
    width: max-content;
    max-width: calc(16 * var(--baton-rem));
    margin: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: calc(0.875 * var(--baton-rem));
  }
  .launcher svg {
    width: calc(1.625 * var(--baton-rem));
    height: calc(1.625 * var(--baton-rem));
  }
  .badge {
    position: absolute;
    inset-block-start: calc(-0.25 * var(--baton-rem));
    inset-inline-end: calc(-0.25 * var(--baton-rem));
    min-width: calc(1.375 * var(--baton-rem));
    height: calc(1.375 * var(--baton-rem));
    padding: 0 calc(0.375 * var(--baton-rem));
    background: light-dark(#b42318, #fda29b);
    color: light-dark(#ffffff, #2b0704);
    border: 2px solid var(--ground);
    border-radius: var(--baton-rem);
    font-size: calc(0.75 * var(--baton-rem));
    font-weight: 600;
    line-height: calc(1.125 * var(--baton-rem));
    text-align: center;
  }
  dialog {
    position: fixed;
    inset: auto var(--right) var(--bottom) var(--left);
    z-index: var(--baton-z-index, 2147483000);
    width: var(--baton-panel-width, calc(25 * var(--baton-rem)));
    height: min(var(--baton-panel-height, calc(42 * var(--baton-rem))), 100dvh - var(--inset-y) - var(--inset));
    max-width: none;
    max-height: none;
    margin: 0;
    padding: 0;
    background: none;
    border: 0;
    border-radius: var(--radius);
    box-shadow:
      0 2px 6px rgb(0 0 0 / 12%),
      0 16px 48px rgb(0 0 0 / 24%);
  }
  dialog::backdrop {
    background: none;
  }
  baton-chat {
    height: 100%;
  }
  @media (max-width: 40rem), (max-height: 28rem) {
    dialog {
      inset: var(--visible-top, 0) auto auto var(--visible-left, 0);
      width: var(--visible-width, 100%);
      height: var(--visible-height, 100dvh);
      border-radius: 0;
    }
    baton-chat::part(root) {
      border: 0;
      border-radius: 0;
    }
  }
  @media (prefers-reduced-motion: no-preference) {
    dialog[open] {
      animation: rise 0.16s ease-out;
    }
    @keyframes rise {
      from {
        opacity: 0;
        transform: translateY(calc(0.75 * var(--baton-rem)));
      }
    }
    .launcher {
      transition: transform 0.12s;
    }
    .launcher:hover {
      transform: scale(1.05);
    }
  }
  @media (forced-colors: active) {
    .launcher,
    dialog {
      border: 1px solid;
    }
  }
  @media print {
    :host {
      display: none;
    }
  }
`;function q(o){let e=window.visualViewport;if(e===null)return()=>{};let t=()=>{let{offsetTop:a,offsetLeft:r,width:l,height:c,scale:n}=e,b=innerWidth>l*n+1,B={"visible-top":a,"visible-left":r,"visible-width":l,"visible-height":c,"beyond-right":b?Math.max(0,innerWidth-r-l):0,"beyond-left":b?Math.max(0,r):0,"beyond-bottom":b?Math.max(0,innerHeight-a-c):0};for(let[R,D]of Object.entries(B))o.style.setProperty(`--${R}`,`${D}px`)};return t(),e.addEventListener("resize",t),e.addEventListener("scroll",t),addEventListener("resize",t),()=>{e.removeEventListener("resize",t),e.removeEventListener("scroll",t),removeEventListener("resize",t)}}function T(){let{style:o}=document.documentElement,e=o.overflow;return o.overflow="hidden",()=>{o.overflow=e}}var j="(max-width: 40rem), (max-height: 28rem)",V="root,header,avatar,title,status,conversations,new,close,list,past,search,banner,scroller,greeting,questions,question,log,note,message,message-user,message-assistant,body,activity,reasoning,foot,code,sources,time,link,action,footer,jump,composer,files,attach,input,send,stop",u=class extends P{static styles=[L,O];static properties={unread:{attribute:!1},position:{reflect:!0},label:{},opener:{}};#r=matchMedia(j);#e=!1;#a=!1;#t=!1;#o=()=>{};#s=[];#l=null;constructor(){super(),this.unread=0,this.position=M(i("position"),["bottom-right","bottom-left"]),this.label=i("label"),this.opener=i("opener"),x(this)}get isOpen(){return this.#e}get chat(){return this.shadowRoot?.querySelector("baton-chat:defined")??null}get state(){return this.chat?.state??null}async open(){await this.updateComplete,!(this.#e||this.#a||!await this.#m())&&(this.#e=!0,this.#l=document.activeElement instanceof HTMLElement?document.activeElement:null,this.#d(0),this.#c(),await this.updateComplete,this.chat?.connect(),this.chat?.focusGently(),this.#i("baton-open"))}async close(){if(!this.#e)return;this.#e=!1,this.#n?.close(),this.#o(),this.requestUpdate(),await this.updateComplete;let e=this.shadowRoot?.querySelector(".launcher");(this.opener===null?e:this.#l)?.focus({preventScroll:!0}),this.#i("baton-close")}async send(e){if(await Promise.all([this.updateComplete,s()]),this.chat===null)throw new Error("the launcher is not on the page");return this.chat.send(e)}async prefill(e){await this.open(),this.chat?.prefill(e)}newConversation(){this.chat?.newConversation()}connectedCallback(){super.connectedCallback();let e=()=>this.#e&&this.#c(),t=a=>this.#h(a)&&this.open();document.addEventListener("click",t),this.#r.addEventListener("change",e),this.#s=[w(()=>s().catch(()=>{})),()=>this.#r.removeEventListener("change",e),()=>document.removeEventListener("click",t),y(()=>this.requestUpdate()),q(this)]}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#s)e();this.#n?.close(),this.#o(),this.#e=!1}render(){let{heading:e,assistant:t,unread:a,label:r,opener:l}=this,c=h(this.languages,m),{strings:n}=c;return d`
      <button
        type="button" class="launcher" part="launcher" aria-label=${r??n.openChat} title=${n.openChat}
        aria-haspopup="dialog" aria-describedby="unread" aria-busy=${this.#a}
        ?hidden=${this.#e||l!==null} @click=${()=>this.open()}
      >
        <slot name="icon">${S}</slot>
        <span class="label" ?hidden=${!r}>${r}</span>
        <span class="badge" part="badge" aria-hidden="true" ?hidden=${a===0}>${a>99?"99+":a}</span>
      </button>
      <span id="unread" hidden>${a===0?"":C(n.unread,a)}</span>
      <p class="trouble" role="status" ?hidden=${!this.#t}>${this.#t?n.cannotOpen:""}</p>
      <dialog
        part="panel" aria-label=${e??t??n.title}
        @keydown=${this.#p} @cancel=${this.#u}
      >
        <baton-chat
          lazy closable exportparts=${V} .lang=${c.tag}
          @baton-dismiss=${()=>this.close()} @baton-message=${this.#b}
        ><slot name="tools" slot="tools"></slot></baton-chat>
      </dialog>
    `}updated(){let e=this.shadowRoot?.querySelector("baton-chat");e!=null&&this.passOn(e)}#h(e){let{opener:t}=this;return t!==null&&e.composedPath().some(a=>a instanceof Element&&a.matches(t))}async#m(){return this.#a=!0,this.#t=!1,this.requestUpdate(),this.#t=await s().then(()=>!1,()=>!0),this.#a=!1,this.requestUpdate(),this.isConnected&&!this.#t}get#n(){return this.shadowRoot?.querySelector("dialog")??null}#c(){let e=this.#n;e!==null&&(e.close(),this.#o(),this.#o=()=>{},this.#r.matches?(e.showModal(),this.#o=T()):e.show(),this.requestUpdate())}#p(e){e.key!=="Escape"||e.isComposing||(e.preventDefault(),e.stopPropagation(),this.close())}#u(e){e.preventDefault(),this.close()}#b({detail:e}){e.message.role==="assistant"&&!this.#e&&this.#d(this.unread+1)}#d(e){e!==this.unread&&(this.unread=e,this.#i("baton-unread",{unread:e}))}#i(e,t={}){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};$(import.meta.url);f(()=>import("./assets/colours-NQX3Y5A5.js"));h(z("",null),m);p("baton-launcher",u);function H(){document.querySelector("baton-launcher")===null&&document.body.append(document.createElement("baton-launcher"))}i("launcher")===null?s().catch(()=>{}):document.body!==null?H():document.addEventListener("DOMContentLoaded",H);export{u as BatonLauncher,U as registerLocale};
//# sourceMappingURL=widget.js.map
