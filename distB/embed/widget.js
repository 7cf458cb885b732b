import{a as b,b as H,c as g,d as f,e as x,f as y,g as w,h as E,i as C,j as d,k,l as M,m as $,n as L}from"./assets/chunk-ZJ5ZZ4IO.js";import"./assets/chunk-UACOHYFZ.js";import{a as v,b as c}from"./assets/chunk-NJ5KB2PL.js";import"./assets/chunk-MZZV7NDX.js";function l(a,e){globalThis.customElements?.get(a)===void 0&&globalThis.customElements?.define(a,e)}var P=c`<svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">
  <path d="M4 4.5h12a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3H4A1.5 1.5 0 0 1 2.5 13V6A1.5 1.5 0 0 1 4 4.5ZM6.5 8h7M6.5 11h4.5"></path>
</svg>`;var u=null;function h(){return u??=j().catch(a=>{throw u=null,a}),u}async function j(){let[{BatonChat:a}]=await Promise.all([b(()=>import("./assets/chat-element-B53O5PL3.js")),x()]);l("baton-chat",a)}var S=v`
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
`;function z(a){let e=window.visualViewport;if(e===null)return()=>{};let t=()=>{let{offsetTop:o,offsetLeft:n,width:i,height:s,scale:r}=e,p=innerWidth>i*r+1,B={"visible-top":o,"visible-left":n,"visible-width":i,"visible-height":s,"beyond-right":p?Math.max(0,innerWidth-n-i):0,"beyond-left":p?Math.max(0,n):0,"beyond-bottom":p?Math.max(0,innerHeight-o-s):0};for(let[O,q]of Object.entries(B))a.style.setProperty(`--${O}`,`${q}px`)};return t(),e.addEventListener("resize",t),e.addEventListener("scroll",t),addEventListener("resize",t),()=>{e.removeEventListener("resize",t),e.removeEventListener("scroll",t),removeEventListener("resize",t)}}function T(){let{style:a}=document.documentElement,e=a.overflow;return a.overflow="hidden",()=>{a.overflow=e}}var R="(max-width: 40rem), (max-height: 28rem)",A="root,header,avatar,title,status,conversations,new,close,list,past,search,banner,scroller,greeting,questions,question,log,note,message,message-user,message-assistant,body,activity,reasoning,foot,code,sources,time,link,action,footer,jump,composer,files,attach,input,send,stop",m=class extends M{static styles=[k,S];static properties={unread:{attribute:!1},position:{reflect:!0},label:{},opener:{}};#n=matchMedia(R);#e=!1;#o=!1;#t=!1;#a=()=>{};#s=[];#l=null;constructor(){super(),this.unread=0,this.position=$(d("position"),["bottom-right","bottom-left"]),this.label=d("label"),this.opener=d("opener"),E(this)}get isOpen(){return this.#e}get chat(){return this.shadowRoot?.querySelector("baton-chat:defined")??null}get state(){return this.chat?.state??null}async open(){await this.updateComplete,!(this.#e||this.#o||!await this.#m())&&(this.#e=!0,this.#l=document.activeElement instanceof HTMLElement?document.activeElement:null,this.#d(0),this.#c(),await this.updateComplete,this.chat?.connect(),this.chat?.focusGently(),this.#i("baton-open"))}async close(){if(!this.#e)return;this.#e=!1,this.#r?.close(),this.#a(),this.requestUpdate(),await this.updateComplete;let e=this.shadowRoot?.querySelector(".launcher");(this.opener===null?e:this.#l)?.focus({preventScroll:!0}),this.#i("baton-close")}async send(e){if(await Promise.all([this.updateComplete,h()]),this.chat===null)throw new Error("the launcher is not on the page");return this.chat.send(e)}async prefill(e){await this.open(),this.chat?.prefill(e)}newConversation(){this.chat?.newConversation()}connectedCallback(){super.connectedCallback();let e=()=>this.#e&&this.#c(),t=o=>this.#h(o)&&this.open();document.addEventListener("click",t),this.#n.addEventListener("change",e),this.#s=[w(()=>h().catch(()=>{})),()=>this.#n.removeEventListener("change",e),()=>document.removeEventListener("click",t),g(()=>this.requestUpdate()),z(this)]}disconnectedCallback(){super.disconnectedCallback();for(let e of this.#s)e();this.#r?.close(),this.#a(),this.#e=!1}render(){let{heading:e,assistant:t,unread:o,label:n,opener:i}=this,s=f(this.languages,C),{strings:r}=s;return c`
      <button
        type="button" class="launcher" part="launcher" aria-label=${n??r.openChat} title=${r.openChat}
        aria-haspopup="dialog" aria-describedby="unread" aria-busy=${this.#o}
        ?hidden=${this.#e||i!==null} @click=${()=>this.open()}
      >
        <slot name="icon">${P}</slot>
        <span class="label" ?hidden=${!n}>${n}</span>
        <span class="badge" part="badge" aria-hidden="true" ?hidden=${o===0}>${o>99?"99+":o}</span>
      </button>
      <span id="unread" hidden>${o===0?"":y(r.unread,o)}</span>
      <p class="trouble" role="status" ?hidden=${!this.#t}>${this.#t?r.cannotOpen:""}</p>
      <dialog
        part="panel" aria-label=${e??t??r.title}
        @keydown=${this.#p} @cancel=${this.#u}
      >
        <baton-chat
          lazy closable exportparts=${A} .lang=${s.tag}
          @baton-dismiss=${()=>this.close()} @baton-message=${this.#b}
        ><slot name="tools" slot="tools"></slot></baton-chat>
      </dialog>
    `}updated(){let e=this.shadowRoot?.querySelector("baton-chat");e!=null&&this.passOn(e)}#h(e){let{opener:t}=this;return t!==null&&e.composedPath().some(o=>o instanceof Element&&o.matches(t))}async#m(){return this.#o=!0,this.#t=!1,this.requestUpdate(),this.#t=await h().then(()=>!1,()=>!0),this.#o=!1,this.requestUpdate(),this.isConnected&&!this.#t}get#r(){return this.shadowRoot?.querySelector("dialog")??null}#c(){let e=this.#r;e!==null&&(e.close(),this.#a(),this.#a=()=>{},this.#n.matches?(e.showModal(),this.#a=T()):e.show(),this.requestUpdate())}#p(e){e.key!=="Escape"||e.isComposing||(e.preventDefault(),e.stopPropagation(),this.close())}#u(e){e.preventDefault(),this.close()}#b({detail:e}){e.message.role==="assistant"&&!this.#e&&this.#d(this.unread+1)}#d(e){e!==this.unread&&(this.unread=e,this.#i("baton-unread",{unread:e}))}#i(e,t={}){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};l("baton-chat",L);l("baton-launcher",m);export{L as BatonChat,m as BatonLauncher,H as registerLocale};
//# sourceMappingURL=widget.js.map
