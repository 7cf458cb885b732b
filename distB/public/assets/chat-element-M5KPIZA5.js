import{a as _e,b as it,d as rt,e as Oe,g as O,h as N,i as mt,l as gt,m as yt}from"./chunk-UQIF43IF.js";import{a as f,b as I,c as Q,d as Z,e as pt}from"./chunk-UN36SOZM.js";import{a as X,b as ot,c as at,d as lt,e as ct,h as dt,i as ht,j as ut,n as ft,o as x}from"./chunk-JJRN6H7N.js";import{a as P,b as v,c as _}from"./chunk-VUAXEA7A.js";import{b as Sn}from"./chunk-MZZV7NDX.js";var te={connection:"idle",session:null,messages:[],outbox:[],answering:!1,activity:null,replica:null,backend:"redis",ended:null,error:null},ee=class{#e;#t=new Set;#n=null;#s=!1;constructor(e){this.#e=e}get state(){return this.#n??=this.#e(),this.#n}subscribe(e){return this.#t.add(e),()=>this.#t.delete(e)}changed(){this.#n=null,!(this.#s||this.#t.size===0)&&(this.#s=!0,queueMicrotask(()=>{this.#s=!1;for(let e of this.#t)e(this.state)}))}};var d=class n extends Error{name="ClientError";code;retryable;retryAfterMs;constructor(e,t,s={}){super(t),this.code=e,this.retryable=s.retryable??(e==="disconnected"||e==="timeout"),this.retryAfterMs=s.retryAfterMs}static from(e){return new n(e.code,e.message,e)}get isTransport(){return this.code==="disconnected"||this.code==="timeout"}};function vt({metadata:n}){let e=n.error;return typeof e?.message=="string"?e.message:"the answer failed"}function bt(n,e,t,s){return new Promise((i,r)=>{let o,a,l=m=>{let y=m.messages.find(({id:T})=>T===e)??Tn(m,a);if(a??=Cn(m,y),y!==void 0&&y!==o&&t(y),o=y,y!==void 0&&y.status!=="streaming")u(()=>i(y));else{let T=_n(m,y,a);T!==null&&u(()=>r(T))}},c=()=>u(()=>r(s?.reason)),u=m=>{g(),s?.removeEventListener("abort",c),m()},g=n.subscribe(l);s?.addEventListener("abort",c),s?.aborted?c():l(n.state)})}function Cn({messages:n},e){return n.find(({seq:t,role:s})=>s==="user"&&t+1===e?.seq)?.id}function Tn({messages:n},e){let t=n.find(({id:s})=>s===e);return n.find(({seq:s,role:i})=>i==="assistant"&&s-1===t?.seq)}function _n({connection:n,ended:e,error:t,outbox:s},i,r){if(e!==null)return new d("session_not_found",`the conversation has ${e==="expired"?"expired":"been cleared"}`);if(n==="idle")return new d("closed","the client was closed");if(n==="offline"&&t?.retryable===!1)return t;if(i!==void 0)return null;let o=s.find(({id:a})=>a===r);return o?.status==="pending"?null:o?.error??new d("message_not_found","the message is not in the conversation any more")}var E=class{#e;#t;count=0;constructor(e,t){this.#e=e,this.#t=t}next(){let e=Math.min(this.#t,this.#e*2**this.count);return this.count++,e*(.5+Math.random()/2)}reset(){this.count=0}};var On=10,An=10,Mn=6e4,ne=class{#e;#t=new E(200,5e3);#n=[];#s=[];#r=!1;#i=null;constructor(e){this.#e=e;for(let t of e.storage.unsent)this.#n.push(wt(t,!0))}get list(){return this.#n.map(({draft:e,error:t})=>({...e,status:t===null?"pending":"failed",error:t}))}get hasPending(){return this.#n.some(({error:e})=>e===null)}get hasProvisional(){return this.#s.length>0}add(e){let t=new Promise((s,i)=>this.#n.push(kt(e,s,i,!1)));return t.catch(()=>{}),this.#e.storage.keep(e),this.#e.changed(),this.flush(),t}retry(e){let t=this.#n.find(({draft:s})=>s.id===e);t?.error!=null&&(t.error=null,t.losses=0,this.#e.storage.keep(t.draft),this.#e.changed(),this.flush())}discard(e){let t=this.#n.findIndex(({draft:s,error:i})=>s.id===e&&i!==null);t!==-1&&(this.#n.splice(t,1),this.#e.storage.drop(e),this.#e.changed())}settle(e){let t=this.#s.splice(0),s=t.filter(({draft:i})=>!e(i.id));for(let{draft:i}of t)e(i.id)&&this.#e.storage.drop(i.id);this.#n.unshift(...s.map(({draft:i,losses:r})=>({...wt(i,!1),losses:r+1})));for(let i of this.#n)i.losses>An&&i.error===null&&this.#h(i,Rn())}forgetProvisional(){for(let{draft:e}of this.#s.splice(0))this.#e.storage.drop(e.id)}empty(){this.forgetProvisional();for(let{draft:e,reject:t}of this.#n.splice(0))this.#e.storage.drop(e.id),t(new d("closed","a new conversation was begun"));this.#e.changed()}flush(){this.#r||this.#o()===void 0||this.#c()}pause(){this.#i?.();for(let e of this.#n)e.reject(new d("closed","the client was closed"))}async#c(){this.#r=!0,this.#t.reset();for(let e=this.#o();e!==void 0&&await this.#l(e);e=this.#o());this.#r=!1}async#l(e){e.sent=!0;try{let t=await this.#e.deliver(e.draft);this.#d(e,t),e.resolve(t),this.#t.reset()}catch(t){let s=t;if(s.isTransport||s.code==="closed")return!1;e.sent=!1;let i=s.retryAfterMs??this.#t.next();s.retryable&&this.#t.count<=On&&i<=Mn?await this.#a(i):(this.#h(e,s),e.reject(s))}return!0}#o(){let e=this.#n.find(({error:t})=>t===null);return e!==void 0&&this.#e.ready(e.sent)?e:void 0}#d(e,{persisted:t}){let s=this.#n.indexOf(e);s!==-1&&(this.#n.splice(s,1),t?this.#e.storage.drop(e.draft.id):this.#s.push(e),this.#e.changed())}#h(e,t){e.error=t,this.#e.storage.drop(e.draft.id),this.#e.changed()}#a(e){return new Promise(t=>{let s=setTimeout(t,e);this.#i=()=>{clearTimeout(s),t()}})}};function wt(n,e){let t=()=>{};return kt(n,t,t,e)}function kt(n,e,t,s){return{draft:n,error:null,sent:s,losses:0,resolve:e,reject:t}}function Rn(){let n="the gateway took the message and lost it, time after time";return new d("interrupted",n,{retryable:!0})}var k=Object.create(null);k.open="0";k.close="1";k.ping="2";k.pong="3";k.message="4";k.upgrade="5";k.noop="6";var V=Object.create(null);Object.keys(k).forEach(n=>{V[k[n]]=n});var Ae={type:"error",data:"parser error"};var Ln=typeof Blob=="function"||typeof Blob<"u"&&Object.prototype.toString.call(Blob)==="[object BlobConstructor]",Pn=typeof ArrayBuffer=="function",Nn=n=>typeof ArrayBuffer.isView=="function"?ArrayBuffer.isView(n):n&&n.buffer instanceof ArrayBuffer,Me=({type:n,data:e},t,s)=>Ln&&e instanceof Blob?t?s(e):xt(e,s):Pn&&(e instanceof ArrayBuffer||Nn(e))?t?s(e):xt(new Blob([e]),s):s(k[n]+(e||"")),xt=(n,e)=>{let t=new FileReader;return t.onload=function(){let s=t.result.split(",")[1];e("b"+(s||""))},t.readAsDataURL(n)};var Et="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",H=typeof Uint8Array>"u"?[]:new Uint8Array(256);for(let n=0;n<Et.length;n++)H[Et.charCodeAt(n)]=n;var St=n=>{let e=n.length*.75,t=n.length,s,i=0,r,o,a,l;n[n.length-1]==="="&&(e--,n[n.length-2]==="="&&e--);let c=new ArrayBuffer(e),u=new Uint8Array(c);for(s=0;s<t;s+=4)r=H[n.charCodeAt(s)],o=H[n.charCodeAt(s+1)],a=H[n.charCodeAt(s+2)],l=H[n.charCodeAt(s+3)],u[i++]=r<<2|o>>4,u[i++]=(o&15)<<4|a>>2,u[i++]=(a&3)<<6|l&63;return c};var In=typeof ArrayBuffer=="function",Re=(n,e)=>{if(typeof n!="string")return{type:"message",data:Ct(n,e)};let t=n.charAt(0);return t==="b"?{type:"message",data:Bn(n.substring(1),e)}:V[t]?n.length>1?{type:V[t],data:n.substring(1)}:{type:V[t]}:Ae},Bn=(n,e)=>{if(In){let t=St(n);return Ct(t,e)}else return{base64:!0,data:n}},Ct=(n,e)=>e==="blob"?n instanceof Blob?n:new Blob([n]):n instanceof ArrayBuffer?n:n.buffer;var Le=4;function p(n){if(n)return $n(n)}function $n(n){for(var e in p.prototype)n[e]=p.prototype[e];return n}p.prototype.on=p.prototype.addEventListener=function(n,e){return this._callbacks=this._callbacks||{},(this._callbacks["$"+n]=this._callbacks["$"+n]||[]).push(e),this};p.prototype.once=function(n,e){function t(){this.off(n,t),e.apply(this,arguments)}return t.fn=e,this.on(n,t),this};p.prototype.off=p.prototype.removeListener=p.prototype.removeAllListeners=p.prototype.removeEventListener=function(n,e){if(this._callbacks=this._callbacks||{},arguments.length==0)return this._callbacks={},this;var t=this._callbacks["$"+n];if(!t)return this;if(arguments.length==1)return delete this._callbacks["$"+n],this;for(var s,i=0;i<t.length;i++)if(s=t[i],s===e||s.fn===e){t.splice(i,1);break}return t.length===0&&delete this._callbacks["$"+n],this};p.prototype.emit=function(n){this._callbacks=this._callbacks||{};for(var e=new Array(arguments.length-1),t=this._callbacks["$"+n],s=1;s<arguments.length;s++)e[s-1]=arguments[s];if(t){t=t.slice(0);for(var s=0,i=t.length;s<i;++s)t[s].apply(this,e)}return this};p.prototype.emitReserved=p.prototype.emit;p.prototype.listeners=function(n){return this._callbacks=this._callbacks||{},this._callbacks["$"+n]||[]};p.prototype.hasListeners=function(n){return!!this.listeners(n).length};var S=typeof Promise=="function"&&typeof Promise.resolve=="function"?e=>Promise.resolve().then(e):(e,t)=>t(e,0),w=typeof self<"u"?self:typeof window<"u"?window:Function("return this")(),Tt="arraybuffer";function _t(n,...e){return e.reduce((t,s)=>(n.hasOwnProperty(s)&&(t[s]=n[s]),t),{})}var qn=w.setTimeout,Dn=w.clearTimeout;function A(n,e){e.useNativeTimers?(n.setTimeoutFn=qn.bind(w),n.clearTimeoutFn=Dn.bind(w)):(n.setTimeoutFn=w.setTimeout.bind(w),n.clearTimeoutFn=w.clearTimeout.bind(w))}var Fn=1.33;function Ot(n){return typeof n=="string"?Un(n):Math.ceil((n.byteLength||n.size)*Fn)}function Un(n){let e=0,t=0;for(let s=0,i=n.length;s<i;s++)e=n.charCodeAt(s),e<128?t+=1:e<2048?t+=2:e<55296||e>=57344?t+=3:(s++,t+=4);return t}function Pe(){return Date.now().toString(36).substring(3)+Math.random().toString(36).substring(2,5)}function At(n){let e="";for(let t in n)n.hasOwnProperty(t)&&(e.length&&(e+="&"),e+=encodeURIComponent(t)+"="+encodeURIComponent(n[t]));return e}function Mt(n){let e={},t=n.split("&");for(let s=0,i=t.length;s<i;s++){let r=t[s].split("=");e[decodeURIComponent(r[0])]=decodeURIComponent(r.slice(1).join("="))}return e}var se=class extends Error{constructor(e,t,s){super(e),this.description=t,this.context=s,this.type="TransportError"}},M=class extends p{constructor(e){super(),this.writable=!1,A(this,e),this.opts=e,this.query=e.query,this.socket=e.socket,this.supportsBinary=!e.forceBase64}onError(e,t,s){return super.emitReserved("error",new se(e,t,s)),this}open(){return this.readyState="opening",this.doOpen(),this}close(){return(this.readyState==="opening"||this.readyState==="open")&&(this.doClose(),this.onClose()),this}send(e){this.readyState==="open"&&this.write(e)}onOpen(){this.readyState="open",this.writable=!0,super.emitReserved("open")}onData(e){let t=Re(e,this.socket.binaryType);this.onPacket(t)}onPacket(e){super.emitReserved("packet",e)}onClose(e){this.readyState="closed",super.emitReserved("close",e)}pause(e){}createUri(e,t={}){return e+"://"+this._hostname()+this._port()+this.opts.path+this._query(t)}_hostname(){let e=this.opts.hostname;return e.indexOf(":")===-1?e:"["+e+"]"}_port(){return this.opts.port&&(this.opts.secure&&Number(this.opts.port)!==443||!this.opts.secure&&Number(this.opts.port)!==80)?":"+this.opts.port:""}_query(e){let t=At(e);return t.length?"?"+t:""}};var Rt=typeof navigator<"u"&&typeof navigator.product=="string"&&navigator.product.toLowerCase()==="reactnative",Ie=class extends M{get name(){return"websocket"}doOpen(){let e=this.uri(),t=this.opts.protocols,s=Rt?{}:_t(this.opts,"agent","perMessageDeflate","pfx","key","passphrase","cert","ca","ciphers","rejectUnauthorized","localAddress","protocolVersion","origin","maxPayload","family","checkServerIdentity");this.opts.extraHeaders&&(s.headers=this.opts.extraHeaders);try{this.ws=this.createSocket(e,t,s)}catch(i){return this.emitReserved("error",i)}this.ws.binaryType=this.socket.binaryType,this.addEventListeners()}addEventListeners(){this.ws.onopen=()=>{this.opts.autoUnref&&this.ws._socket.unref(),this.onOpen()},this.ws.onclose=e=>this.onClose({description:"websocket connection closed",context:e}),this.ws.onmessage=e=>this.onData(e.data),this.ws.onerror=e=>this.onError("websocket error",e)}write(e){this.writable=!1;for(let t=0;t<e.length;t++){let s=e[t],i=t===e.length-1;Me(s,this.supportsBinary,r=>{try{this.doWrite(s,r)}catch{}i&&S(()=>{this.writable=!0,this.emitReserved("drain")},this.setTimeoutFn)})}}doClose(){typeof this.ws<"u"&&(this.ws.onerror=()=>{},this.ws.close(),this.ws=null)}uri(){let e=this.opts.secure?"wss":"ws",t=this.query||{};return this.opts.timestampRequests&&(t[this.opts.timestampParam]=Pe()),this.supportsBinary||(t.b64=1),this.createUri(e,t)}},Ne=w.WebSocket||w.MozWebSocket,C=class extends Ie{createSocket(e,t,s){return Rt?new Ne(e,t,s):t?new Ne(e,t):new Ne(e)}doWrite(e,t){this.ws.send(t)}};var Be={websocket:C};var Vn=/^(?:(?![^:@\/?#]+:[^:@\/]*@)(http|https|ws|wss):\/\/)?((?:(([^:@\/?#]*)(?::([^:@\/?#]*))?)?@)?((?:[a-f0-9]{0,4}:){2,7}[a-f0-9]{0,4}|[^:\/?#]*)(?::(\d*))?)(((\/(?:[^?#](?![^?#\/]*\.[^?#\/.]+(?:[?#]|$)))*\/?)?([^?#\/]*))(?:\?([^#]*))?(?:#(.*))?)/,Hn=["source","protocol","authority","userInfo","user","password","host","port","relative","path","directory","file","query","anchor"];function B(n){if(n.length>8e3)throw"URI too long";let e=n,t=n.indexOf("["),s=n.indexOf("]");t!=-1&&s!=-1&&(n=n.substring(0,t)+n.substring(t,s).replace(/:/g,";")+n.substring(s,n.length));let i=Vn.exec(n||""),r={},o=14;for(;o--;)r[Hn[o]]=i[o]||"";return t!=-1&&s!=-1&&(r.source=e,r.host=r.host.substring(1,r.host.length-1).replace(/;/g,":"),r.authority=r.authority.replace("[","").replace("]","").replace(/;/g,":"),r.ipv6uri=!0),r.pathNames=jn(r,r.path),r.queryKey=Wn(r,r.query),r}function jn(n,e){let t=/\/{2,9}/g,s=e.replace(t,"/").split("/");return(e.slice(0,1)=="/"||e.length===0)&&s.splice(0,1),e.slice(-1)=="/"&&s.splice(s.length-1,1),s}function Wn(n,e){let t={};return e.replace(/(?:^|&)([^&=]*)=?([^&]*)/g,function(s,i,r){i&&(t[i]=r)}),t}var $e=typeof addEventListener=="function"&&typeof removeEventListener=="function",ie=[];$e&&addEventListener("offline",()=>{ie.forEach(n=>n())},!1);var R=class n extends p{constructor(e,t={}){var s,i;if(super(),this.binaryType=Tt,this.writeBuffer=[],this._prevBufferLen=0,this._upgrades=[],this._pingInterval=-1,this._pingTimeout=-1,this._maxPayload=-1,this._pingTimeoutTime=1/0,e&&typeof e=="object"&&(t=e,e=null),e){let r=B(e);t.hostname=r.host,t.secure=r.protocol==="https"||r.protocol==="wss",t.port=r.port,r.query&&(t.query=r.query)}else t.host&&(t.hostname=B(t.host).host);if(A(this,t),this.secure=t.secure!=null?t.secure:typeof location<"u"&&location.protocol==="https:",t.hostname&&!t.port&&(t.port=this.secure?"443":"80"),this.hostname=t.hostname||(typeof location<"u"?location.hostname:"localhost"),this.port=t.port||(typeof location<"u"&&location.port?location.port:this.secure?"443":"80"),t.transportImplementations&&t.transports)throw new Error("specifying both 'transportImplementations' and 'transports' options is not supported");t.transportImplementations||!((s=t.transports)===null||s===void 0)&&s.length&&typeof t.transports[0]=="function"?(this.transports=[],this._transportsByName=Object.create(null),((i=t.transportImplementations)!==null&&i!==void 0?i:t.transports).forEach(r=>{let o=r.prototype.name;this.transports.push(o),this._transportsByName[o]=r})):(this.transports=t.transports?[...t.transports]:["polling","websocket","webtransport"],this._transportsByName=Be),this.opts=Object.assign({path:"/engine.io",agent:!1,withCredentials:!1,upgrade:!0,timestampParam:"t",rememberUpgrade:!1,addTrailingSlash:!0,rejectUnauthorized:!0,perMessageDeflate:{threshold:1024},transportOptions:{},closeOnBeforeunload:!1},t),this.opts.path=this.opts.path.replace(/\/$/,"")+(this.opts.addTrailingSlash?"/":""),typeof this.opts.query=="string"&&(this.opts.query=Mt(this.opts.query)),$e&&(this.opts.closeOnBeforeunload&&(this._beforeunloadEventListener=()=>{this.transport&&(this.transport.removeAllListeners(),this.transport.close())},addEventListener("beforeunload",this._beforeunloadEventListener,!1)),this.hostname!=="localhost"&&(this._offlineEventListener=()=>{this._onClose("transport close",{description:"network connection lost"})},ie.push(this._offlineEventListener))),this.opts.withCredentials&&(this._cookieJar=void 0),this._open()}createTransport(e){let t=Object.assign({},this.opts.query);t.EIO=Le,t.transport=e,this.id&&(t.sid=this.id);let s=Object.assign({},this.opts,{query:t,socket:this,hostname:this.hostname,secure:this.secure,port:this.port},this.opts.transportOptions[e]);return new this._transportsByName[e](s)}_open(){if(this.transports.length===0){this.setTimeoutFn(()=>{this.emitReserved("error","No transports available")},0);return}let e=this.opts.rememberUpgrade&&n.priorWebsocketSuccess&&this.transports.indexOf("websocket")!==-1?"websocket":this.transports[0];this.readyState="opening";let t=this.createTransport(e);t.open(),this.setTransport(t)}setTransport(e){this.transport&&this.transport.removeAllListeners(),this.transport=e,e.on("drain",this._onDrain.bind(this)).on("packet",this._onPacket.bind(this)).on("error",this._onError.bind(this)).on("close",t=>this._onClose("transport close",t))}_probe(e){let t=this.createTransport(e),s=!1;n.priorWebsocketSuccess=!1;let i=()=>{s||(t.send([{type:"ping",data:"probe"}]),t.once("packet",g=>{if(!s)if(g.type==="pong"&&g.data==="probe"){if(this.upgrading=!0,this.emitReserved("upgrading",t),!t)return;n.priorWebsocketSuccess=t.name==="websocket",this.transport.pause(()=>{s||this.readyState!=="closed"&&(u(),this.setTransport(t),t.send([{type:"upgrade"}]),this.emitReserved("upgrade",t),t=null,this.upgrading=!1,this.flush())})}else{let m=new Error("probe error");m.transport=t.name,this.emitReserved("upgradeError",m)}}))};function r(){s||(s=!0,u(),t.close(),t=null)}let o=g=>{let m=new Error("probe error: "+g);m.transport=t.name,r(),this.emitReserved("upgradeError",m)};function a(){o("transport closed")}function l(){o("socket closed")}function c(g){t&&g.name!==t.name&&r()}let u=()=>{t.removeListener("open",i),t.removeListener("error",o),t.removeListener("close",a),this.off("close",l),this.off("upgrading",c)};t.once("open",i),t.once("error",o),t.once("close",a),this.once("close",l),this.once("upgrading",c),this._upgrades.indexOf("webtransport")!==-1&&e!=="webtransport"?this.setTimeoutFn(()=>{s||t.open()},200):t.open()}onOpen(){if(this.readyState="open",n.priorWebsocketSuccess=this.transport.name==="websocket",this.emitReserved("open"),this.flush(),this.readyState==="open"&&this.opts.upgrade)for(let e=0;e<this._upgrades.length;e++)this._probe(this._upgrades[e])}_onPacket(e){if(this.readyState==="opening"||this.readyState==="open"||this.readyState==="closing")switch(this.emitReserved("packet",e),this.emitReserved("heartbeat"),e.type){case"open":this.onHandshake(JSON.parse(e.data));break;case"ping":this._sendPacket("pong"),this.emitReserved("ping"),this.emitReserved("pong"),this._resetPingTimeout();break;case"error":let t=new Error("server error");t.code=e.data,this._onError(t);break;case"message":this.emitReserved("data",e.data),this.emitReserved("message",e.data);break}}onHandshake(e){this.emitReserved("handshake",e),this.id=e.sid,this.transport.query.sid=e.sid,this._upgrades=this._filterUpgrades(e.upgrades),this._pingInterval=e.pingInterval,this._pingTimeout=e.pingTimeout,this._maxPayload=e.maxPayload,this.onOpen(),this.readyState!=="closed"&&this._resetPingTimeout()}_resetPingTimeout(){this.clearTimeoutFn(this._pingTimeoutTimer);let e=this._pingInterval+this._pingTimeout;this._pingTimeoutTime=Date.now()+e,this._pingTimeoutTimer=this.setTimeoutFn(()=>{this._onClose("ping timeout")},e),this.opts.autoUnref&&this._pingTimeoutTimer.unref()}_onDrain(){this.writeBuffer.splice(0,this._prevBufferLen),this._prevBufferLen=0,this.writeBuffer.length===0?this.emitReserved("drain"):this.flush()}flush(){if(this.readyState!=="closed"&&this.transport.writable&&!this.upgrading&&this.writeBuffer.length){let e=this._getWritablePackets();this.transport.send(e),this._prevBufferLen=e.length,this.emitReserved("flush")}}_getWritablePackets(){if(!(this._maxPayload&&this.transport.name==="polling"&&this.writeBuffer.length>1))return this.writeBuffer;let t=1;for(let s=0;s<this.writeBuffer.length;s++){let i=this.writeBuffer[s].data;if(i&&(t+=Ot(i)),s>0&&t>this._maxPayload)return this.writeBuffer.slice(0,s);t+=2}return this.writeBuffer}_hasPingExpired(){if(!this._pingTimeoutTime)return!0;let e=Date.now()>this._pingTimeoutTime;return e&&(this._pingTimeoutTime=0,S(()=>{this._onClose("ping timeout")},this.setTimeoutFn)),e}write(e,t,s){return this._sendPacket("message",e,t,s),this}send(e,t,s){return this._sendPacket("message",e,t,s),this}_sendPacket(e,t,s,i){if(typeof t=="function"&&(i=t,t=void 0),typeof s=="function"&&(i=s,s=null),this.readyState==="closing"||this.readyState==="closed")return;s=s||{},s.compress=s.compress!==!1;let r={type:e,data:t,options:s};this.emitReserved("packetCreate",r),this.writeBuffer.push(r),i&&this.once("flush",i),this.flush()}close(){let e=()=>{this._onClose("forced close"),this.transport.close()},t=()=>{this.off("upgrade",t),this.off("upgradeError",t),e()},s=()=>{this.once("upgrade",t),this.once("upgradeError",t)};return(this.readyState==="opening"||this.readyState==="open")&&(this.readyState="closing",this.writeBuffer.length?this.once("drain",()=>{this.upgrading?s():e()}):this.upgrading?s():e()),this}_onError(e){if(n.priorWebsocketSuccess=!1,this.opts.tryAllTransports&&this.transports.length>1&&this.readyState==="opening")return this.transports.shift(),this._open();this.emitReserved("error",e),this._onClose("transport error",e)}_onClose(e,t){if(this.readyState==="opening"||this.readyState==="open"||this.readyState==="closing"){if(this.clearTimeoutFn(this._pingTimeoutTimer),this.transport.removeAllListeners("close"),this.transport.close(),this.transport.removeAllListeners(),$e&&(this._beforeunloadEventListener&&removeEventListener("beforeunload",this._beforeunloadEventListener,!1),this._offlineEventListener)){let s=ie.indexOf(this._offlineEventListener);s!==-1&&ie.splice(s,1)}this.readyState="closed",this.id=null,this.emitReserved("close",e,t),this.writeBuffer=[],this._prevBufferLen=0}}_filterUpgrades(e){let t=[];for(let s=0;s<e.length;s++)~this.transports.indexOf(e[s])&&t.push(e[s]);return t}};R.protocol=Le;var xr=R.protocol;function Lt(n,e="",t){let s=n;t=t||typeof location<"u"&&location,n==null&&(n=t.protocol+"//"+t.host),typeof n=="string"&&(n.charAt(0)==="/"&&(n.charAt(1)==="/"?n=t.protocol+n:n=t.host+n),/^(https?|wss?):\/\//.test(n)||(typeof t<"u"?n=t.protocol+"//"+n:n="https://"+n),s=B(n)),s.port||(/^(http|ws)$/.test(s.protocol)?s.port="80":/^(http|ws)s$/.test(s.protocol)&&(s.port="443")),s.path=s.path||"/";let r=s.host.indexOf(":")!==-1?"["+s.host+"]":s.host;return s.id=s.protocol+"://"+r+":"+s.port+e,s.href=s.protocol+"://"+r+(t&&t.port===s.port?"":":"+s.port),s}var Ve={};Sn(Ve,{Decoder:()=>Fe,Encoder:()=>De,PacketType:()=>h,isPacketValid:()=>ts,protocol:()=>$t});var Kn=typeof ArrayBuffer=="function",Yn=n=>typeof ArrayBuffer.isView=="function"?ArrayBuffer.isView(n):n.buffer instanceof ArrayBuffer,Pt=Object.prototype.toString,Jn=typeof Blob=="function"||typeof Blob<"u"&&Pt.call(Blob)==="[object BlobConstructor]",Xn=typeof File=="function"||typeof File<"u"&&Pt.call(File)==="[object FileConstructor]";function W(n){return Kn&&(n instanceof ArrayBuffer||Yn(n))||Jn&&n instanceof Blob||Xn&&n instanceof File}function j(n,e){if(!n||typeof n!="object")return!1;if(Array.isArray(n)){for(let t=0,s=n.length;t<s;t++)if(j(n[t]))return!0;return!1}if(W(n))return!0;if(n.toJSON&&typeof n.toJSON=="function"&&arguments.length===1)return j(n.toJSON(),!0);for(let t in n)if(Object.prototype.hasOwnProperty.call(n,t)&&j(n[t]))return!0;return!1}function Nt(n){let e=[],t=n.data,s=n;return s.data=re(t,e),s.attachments=e.length,{packet:s,buffers:e}}function re(n,e,t){if(!n)return n;if(W(n)){let s={_placeholder:!0,num:e.length};return e.push(n),s}else if(Array.isArray(n)){let s=new Array(n.length);for(let i=0;i<n.length;i++)s[i]=re(n[i],e);return s}else if(typeof n=="object"&&!(n instanceof Date)){if(n.toJSON&&typeof n.toJSON=="function"&&!t)return re(n.toJSON(),e,!0);let s={};for(let i in n)Object.prototype.hasOwnProperty.call(n,i)&&(s[i]=re(n[i],e));return s}return n}function It(n,e){return n.data=qe(n.data,e),delete n.attachments,n}function qe(n,e){if(!n)return n;if(n&&n._placeholder===!0){if(typeof n.num=="number"&&n.num>=0&&n.num<e.length)return e[n.num];throw new Error("illegal attachments")}else if(Array.isArray(n))for(let t=0;t<n.length;t++)n[t]=qe(n[t],e);else if(typeof n=="object")for(let t in n)Object.prototype.hasOwnProperty.call(n,t)&&(n[t]=qe(n[t],e));return n}var Bt=["connect","connect_error","disconnect","disconnecting","newListener","removeListener"],$t=5,h;(function(n){n[n.CONNECT=0]="CONNECT",n[n.DISCONNECT=1]="DISCONNECT",n[n.EVENT=2]="EVENT",n[n.ACK=3]="ACK",n[n.CONNECT_ERROR=4]="CONNECT_ERROR",n[n.BINARY_EVENT=5]="BINARY_EVENT",n[n.BINARY_ACK=6]="BINARY_ACK"})(h||(h={}));var De=class{constructor(e){this.replacer=e}encode(e){return(e.type===h.EVENT||e.type===h.ACK)&&j(e)?this.encodeAsBinary({type:e.type===h.EVENT?h.BINARY_EVENT:h.BINARY_ACK,nsp:e.nsp,data:e.data,id:e.id}):[this.encodeAsString(e)]}encodeAsString(e){let t=""+e.type;return(e.type===h.BINARY_EVENT||e.type===h.BINARY_ACK)&&(t+=e.attachments+"-"),e.nsp&&e.nsp!=="/"&&(t+=e.nsp+","),e.id!=null&&(t+=e.id),e.data!=null&&(t+=JSON.stringify(e.data,this.replacer)),t}encodeAsBinary(e){let t=Nt(e),s=this.encodeAsString(t.packet),i=t.buffers;return i.unshift(s),i}},Fe=class n extends p{constructor(e){super(),this.opts=Object.assign({reviver:void 0,maxAttachments:10},typeof e=="function"?{reviver:e}:e)}add(e){let t;if(typeof e=="string"){if(this.reconstructor)throw new Error("got plaintext data when reconstructing a packet");t=this.decodeString(e);let s=t.type===h.BINARY_EVENT;s||t.type===h.BINARY_ACK?(t.type=s?h.EVENT:h.ACK,this.reconstructor=new Ue(t)):super.emitReserved("decoded",t)}else if(W(e)||e.base64)if(this.reconstructor)t=this.reconstructor.takeBinaryData(e),t&&(this.reconstructor=null,super.emitReserved("decoded",t));else throw new Error("got binary data when not reconstructing a packet");else throw new Error("Unknown type: "+e)}decodeString(e){let t=0,s={type:Number(e.charAt(0))};if(h[s.type]===void 0)throw new Error("unknown packet type "+s.type);if(s.type===h.BINARY_EVENT||s.type===h.BINARY_ACK){let r=t+1;for(;e.charAt(++t)!=="-"&&t!=e.length;);let o=e.substring(r,t);if(o!=Number(o)||e.charAt(t)!=="-")throw new Error("Illegal attachments");let a=Number(o);if(!qt(a)||a<1)throw new Error("Illegal attachments");if(a>this.opts.maxAttachments)throw new Error("too many attachments");s.attachments=a}if(e.charAt(t+1)==="/"){let r=t+1;for(;++t&&!(e.charAt(t)===","||t===e.length););s.nsp=e.substring(r,t)}else s.nsp="/";let i=e.charAt(t+1);if(i!==""&&Number(i)==i){let r=t+1;for(;++t;){let o=e.charAt(t);if(o==null||Number(o)!=o){--t;break}if(t===e.length)break}s.id=Number(e.substring(r,t+1))}if(e.charAt(++t)){let r=this.tryParse(e.substr(t));if(n.isPayloadValid(s.type,r))s.data=r;else throw new Error("invalid payload")}return s}tryParse(e){try{return JSON.parse(e,this.opts.reviver)}catch{return!1}}static isPayloadValid(e,t){switch(e){case h.CONNECT:return oe(t);case h.DISCONNECT:return t===void 0;case h.CONNECT_ERROR:return typeof t=="string"||oe(t);case h.EVENT:case h.BINARY_EVENT:return Array.isArray(t)&&(typeof t[0]=="number"||typeof t[0]=="string"&&Bt.indexOf(t[0])===-1);case h.ACK:case h.BINARY_ACK:return Array.isArray(t)}}destroy(){this.reconstructor&&(this.reconstructor.finishedReconstruction(),this.reconstructor=null)}},Ue=class{constructor(e){this.packet=e,this.buffers=[],this.reconPack=e}takeBinaryData(e){if(this.buffers.push(e),this.buffers.length===this.reconPack.attachments){let t=It(this.reconPack,this.buffers);return this.finishedReconstruction(),t}return null}finishedReconstruction(){this.reconPack=null,this.buffers=[]}};function Qn(n){return typeof n=="string"}var qt=Number.isInteger||function(n){return typeof n=="number"&&isFinite(n)&&Math.floor(n)===n};function Zn(n){return n===void 0||qt(n)}function oe(n){return Object.prototype.toString.call(n)==="[object Object]"}function es(n,e){switch(n){case h.CONNECT:return e===void 0||oe(e);case h.DISCONNECT:return e===void 0;case h.EVENT:return Array.isArray(e)&&(typeof e[0]=="number"||typeof e[0]=="string"&&Bt.indexOf(e[0])===-1);case h.ACK:return Array.isArray(e);case h.CONNECT_ERROR:return typeof e=="string"||oe(e);default:return!1}}function ts(n){return Qn(n.nsp)&&Zn(n.id)&&es(n.type,n.data)}function b(n,e,t){return n.on(e,t),function(){n.off(e,t)}}var ns=Object.freeze({connect:1,connect_error:1,disconnect:1,disconnecting:1,newListener:1,removeListener:1}),$=class extends p{constructor(e,t,s){super(),this.connected=!1,this.recovered=!1,this.receiveBuffer=[],this.sendBuffer=[],this._queue=[],this._queueSeq=0,this.ids=0,this.acks={},this.flags={},this.io=e,this.nsp=t,s&&s.auth&&(this.auth=s.auth),this._opts=Object.assign({},s),this.io._autoConnect&&this.open()}get disconnected(){return!this.connected}subEvents(){if(this.subs)return;let e=this.io;this.subs=[b(e,"open",this.onopen.bind(this)),b(e,"packet",this.onpacket.bind(this)),b(e,"error",this.onerror.bind(this)),b(e,"close",this.onclose.bind(this))]}get active(){return!!this.subs}connect(){return this.connected?this:(this.subEvents(),this.io._reconnecting||this.io.open(),this.io._readyState==="open"&&this.onopen(),this)}open(){return this.connect()}send(...e){return e.unshift("message"),this.emit.apply(this,e),this}emit(e,...t){var s,i,r;if(ns.hasOwnProperty(e))throw new Error('"'+e.toString()+'" is a reserved event name');if(t.unshift(e),this._opts.retries&&!this.flags.fromQueue&&!this.flags.volatile)return this._addToQueue(t),this;let o={type:h.EVENT,data:t};if(o.options={},o.options.compress=this.flags.compress!==!1,typeof t[t.length-1]=="function"){let u=this.ids++,g=t.pop();this._registerAckCallback(u,g),o.id=u}let a=(i=(s=this.io.engine)===null||s===void 0?void 0:s.transport)===null||i===void 0?void 0:i.writable,l=this.connected&&!(!((r=this.io.engine)===null||r===void 0)&&r._hasPingExpired());return this.flags.volatile&&!a||(l?(this.notifyOutgoingListeners(o),this.packet(o)):this.sendBuffer.push(o)),this.flags={},this}_registerAckCallback(e,t){var s;let i=(s=this.flags.timeout)!==null&&s!==void 0?s:this._opts.ackTimeout;if(i===void 0){this.acks[e]=t;return}let r=this.io.setTimeoutFn(()=>{delete this.acks[e];for(let a=0;a<this.sendBuffer.length;a++)this.sendBuffer[a].id===e&&this.sendBuffer.splice(a,1);t.call(this,new Error("operation has timed out"))},i),o=(...a)=>{this.io.clearTimeoutFn(r),t.apply(this,a)};o.withError=!0,this.acks[e]=o}emitWithAck(e,...t){return new Promise((s,i)=>{let r=(o,a)=>o?i(o):s(a);r.withError=!0,t.push(r),this.emit(e,...t)})}_addToQueue(e){let t;typeof e[e.length-1]=="function"&&(t=e.pop());let s={id:this._queueSeq++,tryCount:0,pending:!1,args:e,flags:Object.assign({fromQueue:!0},this.flags)};e.push((i,...r)=>(this._queue[0],i!==null?s.tryCount>this._opts.retries&&(this._queue.shift(),t&&t(i)):(this._queue.shift(),t&&t(null,...r)),s.pending=!1,this._drainQueue())),this._queue.push(s),this._drainQueue()}_drainQueue(e=!1){if(!this.connected||this._queue.length===0)return;let t=this._queue[0];t.pending&&!e||(t.pending=!0,t.tryCount++,this.flags=t.flags,this.emit.apply(this,t.args))}packet(e){e.nsp=this.nsp,this.io._packet(e)}onopen(){typeof this.auth=="function"?this.auth(e=>{this._sendConnectPacket(e)}):this._sendConnectPacket(this.auth)}_sendConnectPacket(e){this.packet({type:h.CONNECT,data:this._pid?Object.assign({pid:this._pid,offset:this._lastOffset},e):e})}onerror(e){this.connected||this.emitReserved("connect_error",e)}onclose(e,t){this.connected=!1,delete this.id,this.emitReserved("disconnect",e,t),this._clearAcks()}_clearAcks(){Object.keys(this.acks).forEach(e=>{if(!this.sendBuffer.some(s=>String(s.id)===e)){let s=this.acks[e];delete this.acks[e],s.withError&&s.call(this,new Error("socket has been disconnected"))}})}onpacket(e){if(e.nsp===this.nsp)switch(e.type){case h.CONNECT:e.data&&e.data.sid?this.onconnect(e.data.sid,e.data.pid):this.emitReserved("connect_error",new Error("It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)"));break;case h.EVENT:case h.BINARY_EVENT:this.onevent(e);break;case h.ACK:case h.BINARY_ACK:this.onack(e);break;case h.DISCONNECT:this.ondisconnect();break;case h.CONNECT_ERROR:this.destroy();let s=new Error(e.data.message);s.data=e.data.data,this.emitReserved("connect_error",s);break}}onevent(e){let t=e.data||[];e.id!=null&&t.push(this.ack(e.id)),this.connected?this.emitEvent(t):this.receiveBuffer.push(Object.freeze(t))}emitEvent(e){if(this._anyListeners&&this._anyListeners.length){let t=this._anyListeners.slice();for(let s of t)s.apply(this,e)}super.emit.apply(this,e),this._pid&&e.length&&typeof e[e.length-1]=="string"&&(this._lastOffset=e[e.length-1])}ack(e){let t=this,s=!1;return function(...i){s||(s=!0,t.packet({type:h.ACK,id:e,data:i}))}}onack(e){let t=this.acks[e.id];typeof t=="function"&&(delete this.acks[e.id],t.withError&&e.data.unshift(null),t.apply(this,e.data))}onconnect(e,t){this.id=e,this.recovered=t&&this._pid===t,this._pid=t,this.connected=!0,this.emitBuffered(),this._drainQueue(!0),this.emitReserved("connect")}emitBuffered(){this.receiveBuffer.forEach(e=>this.emitEvent(e)),this.receiveBuffer=[],this.sendBuffer.forEach(e=>{this.notifyOutgoingListeners(e),this.packet(e)}),this.sendBuffer=[]}ondisconnect(){this.destroy(),this.onclose("io server disconnect")}destroy(){this.subs&&(this.subs.forEach(e=>e()),this.subs=void 0),this.io._destroy(this)}disconnect(){return this.connected&&this.packet({type:h.DISCONNECT}),this.destroy(),this.connected&&this.onclose("io client disconnect"),this}close(){return this.disconnect()}compress(e){return this.flags.compress=e,this}get volatile(){return this.flags.volatile=!0,this}timeout(e){return this.flags.timeout=e,this}onAny(e){return this._anyListeners=this._anyListeners||[],this._anyListeners.push(e),this}prependAny(e){return this._anyListeners=this._anyListeners||[],this._anyListeners.unshift(e),this}offAny(e){if(!this._anyListeners)return this;if(e){let t=this._anyListeners;for(let s=0;s<t.length;s++)if(e===t[s])return t.splice(s,1),this}else this._anyListeners=[];return this}listenersAny(){return this._anyListeners||[]}onAnyOutgoing(e){return this._anyOutgoingListeners=this._anyOutgoingListeners||[],this._anyOutgoingListeners.push(e),this}prependAnyOutgoing(e){return this._anyOutgoingListeners=this._anyOutgoingListeners||[],this._anyOutgoingListeners.unshift(e),this}offAnyOutgoing(e){if(!this._anyOutgoingListeners)return this;if(e){let t=this._anyOutgoingListeners;for(let s=0;s<t.length;s++)if(e===t[s])return t.splice(s,1),this}else this._anyOutgoingListeners=[];return this}listenersAnyOutgoing(){return this._anyOutgoingListeners||[]}notifyOutgoingListeners(e){if(this._anyOutgoingListeners&&this._anyOutgoingListeners.length){let t=this._anyOutgoingListeners.slice();for(let s of t)s.apply(this,e.data)}}};function L(n){n=n||{},this.ms=n.min||100,this.max=n.max||1e4,this.factor=n.factor||2,this.jitter=n.jitter>0&&n.jitter<=1?n.jitter:0,this.attempts=0}L.prototype.duration=function(){var n=this.ms*Math.pow(this.factor,this.attempts++);if(this.jitter){var e=Math.random(),t=Math.floor(e*this.jitter*n);n=(Math.floor(e*10)&1)==0?n-t:n+t}return Math.min(n,this.max)|0};L.prototype.reset=function(){this.attempts=0};L.prototype.setMin=function(n){this.ms=n};L.prototype.setMax=function(n){this.max=n};L.prototype.setJitter=function(n){this.jitter=n};var q=class extends p{constructor(e,t){var s;super(),this.nsps={},this.subs=[],e&&typeof e=="object"&&(t=e,e=void 0),t=t||{},t.path=t.path||"/socket.io",this.opts=t,A(this,t),this.reconnection(t.reconnection!==!1),this.reconnectionAttempts(t.reconnectionAttempts||1/0),this.reconnectionDelay(t.reconnectionDelay||1e3),this.reconnectionDelayMax(t.reconnectionDelayMax||5e3),this.randomizationFactor((s=t.randomizationFactor)!==null&&s!==void 0?s:.5),this.backoff=new L({min:this.reconnectionDelay(),max:this.reconnectionDelayMax(),jitter:this.randomizationFactor()}),this.timeout(t.timeout==null?2e4:t.timeout),this._readyState="closed",this.uri=e;let i=t.parser||Ve;this.encoder=new i.Encoder,this.decoder=new i.Decoder,this._autoConnect=t.autoConnect!==!1,this._autoConnect&&this.open()}reconnection(e){return arguments.length?(this._reconnection=!!e,e||(this.skipReconnect=!0),this):this._reconnection}reconnectionAttempts(e){return e===void 0?this._reconnectionAttempts:(this._reconnectionAttempts=e,this)}reconnectionDelay(e){var t;return e===void 0?this._reconnectionDelay:(this._reconnectionDelay=e,(t=this.backoff)===null||t===void 0||t.setMin(e),this)}randomizationFactor(e){var t;return e===void 0?this._randomizationFactor:(this._randomizationFactor=e,(t=this.backoff)===null||t===void 0||t.setJitter(e),this)}reconnectionDelayMax(e){var t;return e===void 0?this._reconnectionDelayMax:(this._reconnectionDelayMax=e,(t=this.backoff)===null||t===void 0||t.setMax(e),this)}timeout(e){return arguments.length?(this._timeout=e,this):this._timeout}maybeReconnectOnOpen(){!this._reconnecting&&this._reconnection&&this.backoff.attempts===0&&this.reconnect()}open(e){if(~this._readyState.indexOf("open"))return this;this.engine=new R(this.uri,this.opts);let t=this.engine,s=this;this._readyState="opening",this.skipReconnect=!1;let i=b(t,"open",function(){s.onopen(),e&&e()}),r=a=>{this.cleanup(),this._readyState="closed",this.emitReserved("error",a),e?e(a):this.maybeReconnectOnOpen()},o=b(t,"error",r);if(this._timeout!==!1){let a=this._timeout,l=this.setTimeoutFn(()=>{i(),r(new Error("timeout")),t.close()},a);this.opts.autoUnref&&l.unref(),this.subs.push(()=>{this.clearTimeoutFn(l)})}return this.subs.push(i),this.subs.push(o),this}connect(e){return this.open(e)}onopen(){this.cleanup(),this._readyState="open",this.emitReserved("open");let e=this.engine;this.subs.push(b(e,"ping",this.onping.bind(this)),b(e,"data",this.ondata.bind(this)),b(e,"error",this.onerror.bind(this)),b(e,"close",this.onclose.bind(this)),b(this.decoder,"decoded",this.ondecoded.bind(this)))}onping(){this.emitReserved("ping")}ondata(e){try{this.decoder.add(e)}catch(t){this.onclose("parse error",t)}}ondecoded(e){S(()=>{this.emitReserved("packet",e)},this.setTimeoutFn)}onerror(e){this.emitReserved("error",e)}socket(e,t){let s=this.nsps[e];return s?this._autoConnect&&!s.active&&s.connect():(s=new $(this,e,t),this.nsps[e]=s),s}_destroy(e){let t=Object.keys(this.nsps);for(let s of t)if(this.nsps[s].active)return;this._close()}_packet(e){let t=this.encoder.encode(e);for(let s=0;s<t.length;s++)this.engine.write(t[s],e.options)}cleanup(){this.subs.forEach(e=>e()),this.subs.length=0,this.decoder.destroy()}_close(){this.skipReconnect=!0,this._reconnecting=!1,this.onclose("forced close")}disconnect(){return this._close()}onclose(e,t){var s;this.cleanup(),(s=this.engine)===null||s===void 0||s.close(),this.backoff.reset(),this._readyState="closed",this.emitReserved("close",e,t),this._reconnection&&!this.skipReconnect&&this.reconnect()}reconnect(){if(this._reconnecting||this.skipReconnect)return this;let e=this;if(this.backoff.attempts>=this._reconnectionAttempts)this.backoff.reset(),this.emitReserved("reconnect_failed"),this._reconnecting=!1;else{let t=this.backoff.duration();this._reconnecting=!0;let s=this.setTimeoutFn(()=>{e.skipReconnect||(this.emitReserved("reconnect_attempt",e.backoff.attempts),!e.skipReconnect&&e.open(i=>{i?(e._reconnecting=!1,e.reconnect(),this.emitReserved("reconnect_error",i)):e.onreconnect()}))},t);this.opts.autoUnref&&s.unref(),this.subs.push(()=>{this.clearTimeoutFn(s)})}}onreconnect(){let e=this.backoff.attempts;this._reconnecting=!1,this.backoff.reset(),this.emitReserved("reconnect",e)}};var z={};function G(n,e){typeof n=="object"&&(e=n,n=void 0),e=e||{};let t=Lt(n,e.path||"/socket.io"),s=t.source,i=t.id,r=t.path,o=z[i]&&r in z[i].nsps,a=e.forceNew||e["force new connection"]||e.multiplex===!1||o,l;return a?l=new q(s,e):(z[i]||(z[i]=new q(s,e)),l=z[i]),t.query&&!e.query&&(e.query=t.queryKey),l.socket(t.path,e)}Object.assign(G,{Manager:q,Socket:$,io:G,connect:G});function Dt(n){let e=is(n);if(e===null||!/^https?:$/.test(e.protocol))throw new d("invalid",`url: not the http or https address of a gateway: ${n}`);let{origin:t,pathname:s}=e,i=s.replace(/\/+$/,"");return{base:t+i,origin:t,path:`${i}/socket.io/`}}function is(n){try{return new URL(n,globalThis.location?.href)}catch{return null}}async function Ft({base:n,origin:e,path:t},s){let i=`${e}${t}?EIO=4&transport=polling`;try{return rs(n,await fetch(i,{signal:s,cache:"no-store",credentials:"omit"}))}catch{if(s.aborted)return null}return globalThis.location!==void 0&&await os(i,s)?`${n} does not answer pages of ${location.origin}: it is no gateway, or its ALLOWED_ORIGINS lacks that origin`:s.aborted?null:`nothing answers at ${n}`}async function rs(n,e){let{status:t}=e;if(t===404)return`there is no gateway at ${n}: it knows no Socket.IO (404)`;if(t>=500)return`the gateway at ${n} is not available (${t})`;let s=await e.json().catch(()=>null);return t===403||s?.code===4?`${n} refuses the connection: ${s?.message??t}`:typeof s?.code!="number"&&t!==200?`there is no gateway at ${n} (${t})`:`${n} answers, but no WebSocket to it comes about: something between may not let them pass`}async function os(n,e){return fetch(n,{signal:e,mode:"no-cors",cache:"no-store",credentials:"omit"}).then(()=>!0,()=>!1)}var ae=class{#e;#t=new Map;#n;constructor(e){this.#e=e}get isOn(){return this.#n!==void 0}start(){let{most:e,make:t,patienceMs:s}=this.#e;if(this.#n=setTimeout(()=>this.start(),s()),this.#t.size>=e)return;let i=t();this.#t.set(i,performance.now()),i.on("connect",()=>this.#s(i)),i.on("connect_error",r=>this.#r(i,r)),i.connect()}end(){clearTimeout(this.#n),this.#n=void 0;for(let e of this.#t.keys())D(e);this.#t.clear()}#s(e){let t=performance.now()-(this.#t.get(e)??0);e.off(),this.#t.delete(e),this.end(),this.#e.won(e,t)}#r(e,t){this.#t.delete(e),D(e),!(t.data?.code===void 0&&this.#t.size>0)&&(this.end(),this.#e.lost(t))}};function D(n){n.off(),n.disconnect()}var ls=["message","delta","session:sync","activity","session:ended","backend","draining","auth:expiring"],cs=5,ds=500,Ut=3,hs=32,us={origin:"http://nowhere.invalid",path:"/"},le=class{#e;#t;#n=null;#s;#r=new E(100,2e3);#i;#c;#l=null;#o=null;#d=!1;#h=!1;#a=0;#u={};#p=ds;#m=null;constructor(e,t){this.#e=e,this.#t=t,this.#c=fs(e.url),this.#s=this.#b(Ut,s=>this.#S(s),s=>this.#C(s))}get connected(){return this.#n?.connected??!1}open(){if(!this.#h){if(this.#c instanceof d)return this.#t.refused(this.#c);this.#h=!0,this.#g()}}close(){this.#h=!1,this.#T(),clearTimeout(this.#i),this.#f()}drop(e,t=this.#m){this.#h&&(this.#m=null,clearTimeout(this.#i),this.#i=setTimeout(()=>this.#g(),t??this.#r.next()),this.#f(),this.#t.down(e))}hurry(){!this.#h||this.#n!==null||this.#s.isOn||(clearTimeout(this.#i),this.#g())}proved(){this.#r.reset(),this.#a=0}async request(e,t,s){let i=this.#n;if(!i?.connected)throw new d("disconnected","there is no connection");if(ps(e,t)>131072)throw new d("too_large",`${e} would exceed a frame of ${131072} bytes`);let r;try{r=await i.timeout(s).emitWithAck(e,t)}catch{if(this.#n!==i)throw new d("disconnected",`the connection was lost before ${e} was acknowledged`);let o=new d("timeout",`${e} was not acknowledged within ${s} ms`);throw this.drop(o),o}if(!r.ok)throw d.from(r.error);return r}openSession(e,t){let s=this.#n,i=null,r=!1;return new Promise((o,a)=>{let l=async y=>{i=y;let T=[];y.onAny((Ce,Te)=>T.push([Ce,Te]));let st=await y.timeout(t).emitWithAck("session:open",e).catch(()=>null);if(r||!st?.ok)return D(y);i=null,o(st),this.#f(),y.offAny(),this.#x(y);for(let[Ce,Te]of T)this.#_(Ce,Te)},c=this.#b(Ut-1,l,()=>{}),u=()=>{r||c.start()},g=setTimeout(()=>this.#v().then(u,()=>{}),this.#k()),m=()=>{r=!0,clearTimeout(g),s?.offAny(m),c.end(),i!==null&&D(i)};s?.onAny(m),this.request("session:open",e,t).then(o,a).finally(m)})}async#w({expiresInMs:e}){let{token:t}=this.#e;if(typeof t=="function")try{await this.request("auth:renew",{token:await t()},e)}catch{}}async#g(){let{connectTimeoutMs:e}=this.#e,t=()=>this.drop(new d("timeout",`${this.#y} does not answer within ${e} ms`));this.#i=setTimeout(t,e);let s=this.#i;try{await this.#v()}catch{this.drop(new d("unauthorized","there is no token",{retryable:!0}));return}this.#h&&this.#i===s&&this.#s.start()}async#v(){let{token:e}=this.#e;e!==void 0&&(this.#u={auth:{token:typeof e=="string"?e:await e()}})}#b(e,t,s){let{origin:i,path:r}=this.#c instanceof d?us:this.#c;return new ae({most:e,make:()=>G(i,{path:r,...this.#e.socketOptions,...this.#u,transports:["websocket"],reconnection:!1,autoConnect:!1,forceNew:!0,timeout:this.#e.connectTimeoutMs}),patienceMs:()=>this.#k(),won:(o,a)=>{this.#p=a,t(o)},lost:s})}#k(){return Math.max(this.#e.rivalMs,2*this.#p)*(1+Math.random()/2)}#x(e){this.#n=e,this.#m=null,e.on("disconnect",t=>this.drop(this.#E(`the connection to ${this.#y} was lost (${t})`)));for(let t of ls)e.on(t,s=>this.#_(t,s))}#f(){this.#s.end();let e=this.#n;this.#n=null,e!==null&&D(e)}get#y(){return this.#c instanceof d?this.#e.url:this.#c.base}#E(e){return new d("disconnected",e)}#S(e){clearTimeout(this.#i),this.#x(e),this.#d=!0,this.#T(),this.#t.up()}#C(e){let{code:t,retryable:s,retryAfterMs:i}=e.data??{};if(t===void 0){let a=e.type!==void 0,l=a?`no connection to ${this.#y}`:`${this.#y} refuses: ${e.message}`;this.drop(this.#o??this.#E(l)),a&&this.#O();return}let r=d.from({message:e.message,retryable:!1,...e.data,code:t}),o=t==="unauthorized"&&typeof this.#e.token=="function";if(s||o&&this.#a++<cs){this.drop(r,i??null);return}this.close(),this.#t.refused(r)}async#O(){if(this.#d||this.#l!==null||this.#c instanceof d)return;let e=new AbortController;this.#l=e;let t=setTimeout(()=>e.abort(),this.#e.connectTimeoutMs),s=await Ft(this.#c,e.signal);clearTimeout(t),!(s===null||e.signal.aborted)&&(this.#o=this.#E(s),this.#t.found(this.#o))}#T(){this.#l?.abort(),this.#l=null,this.#o=null}#_(e,t){e==="draining"&&(this.#m=t.reconnectInMs),e==="auth:expiring"&&this.#w(t),this.#t.event(e,t)}};function fs(n){try{return Dt(n)}catch(e){return e}}function ps(n,e){return new TextEncoder().encode(JSON.stringify([n,e])).length+hs}var He={kind:"drop"},Vt={kind:"gap"};function ms(n,e){if(e.attempt<n.attempt)return He;if(e.attempt>n.attempt)return e.offset===0?{kind:"restart",text:e.text}:Vt;if(n.final)return He;if(e.offset>n.length)return Vt;let t=n.length-e.offset;return t===0?{kind:"append",text:e.text}:t<e.text.length?{kind:"append",text:e.text.slice(t)}:He}function gs(n){return{attempt:n.attempt,length:n.content.length,final:n.status!=="streaming"}}function Ht(n,e){let t=ms(gs(n),e);switch(t.kind){case"append":return{...n,content:n.content+t.text};case"restart":return{...n,content:t.text,attempt:e.attempt,status:"streaming"};case"drop":return n;case"gap":return null}}function je(n,e){if(e.attempt!==n.attempt)return e.attempt>n.attempt?e:n;let t=n.status!=="streaming",s=e.status!=="streaming";return t!==s?t?n:e:s||e.content.length>=n.content.length?e:n}var U={sessionId:null,messages:[],held:null,asked:0,gap:!1,provisionalFrom:Number.POSITIVE_INFINITY,acknowledgedFrom:Number.POSITIVE_INFINITY,activity:null},ys=65536;function jt(n,e=0){return{...n,held:[],asked:e}}function We(n){let{held:e,asked:t}=n;return e===null?n:F({...n,held:null},t+1)}function Wt(n,e){let{sessionId:t,messages:s,durable:i,after:r=n.asked}=e,a={...n.sessionId===t?n:U,sessionId:t,held:null,gap:!1},l=r>n.asked?{...a,messages:[]}:a,c=i?Kt(l,r,s):ws(a,s);return(n.held??[]).reduce(ze,c)}function ze(n,e){if(n.held!==null)return{...n,held:[...n.held,e]};if(e.name==="acknowledged")return Yt(n,e.data);if(e.name==="backend")return e.data.backend==="memory"?ks(n):n;if(e.data.sessionId!==n.sessionId)return n;switch(e.name){case"message":return xs(n,e.data.message);case"delta":return Es(n,e.data);case"session:sync":return Ss(n,e.data);case"activity":return Cs(n,e.data)}}function zt(n,e,t=!0){let s={messages:e,persisted:t},i=Yt(n,s);return i.held===null?i:{...i,held:[...i.held,{name:"acknowledged",data:s}]}}function Ge(n){return n.messages.findLast(e=>e.status==="streaming")}function Ke({messages:n,activity:e}){if(e===null)return null;let t=n.findLast(({id:i})=>i===e.messageId);return t?.status==="streaming"&&t.attempt===e.attempt&&t.content.length===e.length?e.what:null}function Gt({held:n,provisionalFrom:e}){return n===null&&e===Number.POSITIVE_INFINITY}function Ye({messages:n,provisionalFrom:e,acknowledgedFrom:t}){let s=n.find(({status:o})=>o==="streaming")??n.findLast(vs),i=s===void 0?n.at(-1)?.seq??0:s.seq-1,r=Math.min(i,t-2,e-1);return r>0?r:void 0}function vs({role:n}){return n==="assistant"}function Kt(n,e,t){let s=new Map(n.messages.map(c=>[c.id,c])),i=t.map(c=>bs(s.get(c.id),c)),r=new Set(t.map(({id:c})=>c)),o=n.messages.filter(({id:c,seq:u})=>u<=e&&!r.has(c)),a=Number.POSITIVE_INFINITY,l={gap:!1,provisionalFrom:a,acknowledgedFrom:a};return{...n,messages:ce([...o,...i]),...l}}function bs(n,e){return n!==void 0&&JSON.stringify(n)===JSON.stringify(e)?n:e}function ws(n,e){let t={...n,messages:Xt(n.messages,e)};return F(t,e[0]?.seq??(n.messages.at(-1)?.seq??0)+1)}function F(n,e){return{...n,provisionalFrom:Math.min(e,n.provisionalFrom)}}function ks(n){return F(n,(Ye(n)??0)+1)}function Yt(n,{messages:e,persisted:t}){let s=Math.min(...e.map(({seq:l})=>l)),i=n.messages.at(-1)?.seq??0,r=s>i?Math.min(s,n.acknowledgedFrom):n.acknowledgedFrom,o={...n,acknowledgedFrom:r,messages:Xt(n.messages,e)};return e.length>0&&s>i+1?F(o,i+1):t?o:F(o,s)}function xs(n,e){let t=Je(n.messages,e.id)===-1,s=n.messages.at(-1)?.seq??0;if(t&&e.seq>s+1)return{...n,gap:!0};let i=Jt(n.messages,e),r=e.seq>=n.acknowledgedFrom;if(i===n.messages&&!r)return n;let o=r?Number.POSITIVE_INFINITY:n.acknowledgedFrom,a={...n,messages:i,acknowledgedFrom:o};return i.some(({id:c,seq:u})=>u===e.seq&&c!==e.id)?{...F(a,e.seq),gap:!0}:a}function Es(n,e){let t=Je(n.messages,e.messageId),s=n.messages[t],i=s===void 0?null:Ht(s,e);return i===null?{...n,gap:!0}:i===s?n:{...n,messages:n.messages.with(t,i)}}function Ss(n,{after:e,messages:t}){let s=n.messages.at(-1)?.seq??0;return e>s?{...n,gap:!0}:Kt(n,e,t)}function Cs(n,{messageId:e,kind:t,text:s=""}){let i=Ge(n);if(i?.id!==e)return n;let r=Ke(n),o=(r?.kind===t&&r.text||"")+s,a=o===""?{kind:t}:{kind:t,text:o.slice(-ys)},{attempt:l,content:c}=i;return{...n,activity:{what:a,messageId:e,attempt:l,length:c.length}}}function Jt(n,e){let t=Je(n,e.id),s=n[t];if(s===void 0)return ce([...n,e]);let i=je(s,e);if(i===s)return n;let r=n.with(t,i);return i.seq===s.seq?r:ce(r)}function Xt(n,e){if(e.length<=2)return e.reduce(Jt,n);let t=new Map(n.map(s=>[s.id,s]));for(let s of e){let i=t.get(s.id);t.set(s.id,i===void 0?s:je(i,s))}return ce([...t.values()])}function ce(n){return n.sort((e,t)=>e.seq-t.seq)}function Je(n,e){return n.findLastIndex(t=>t.id===e)}var de=class{#e;#t;#n;#s;#r=0;constructor(e,t){this.#e=e,this.#s=e,this.#t=t}heard(){this.#r=performance.now(),this.#s=this.#e}expect(e){e&&this.#n===void 0?(this.heard(),this.#i(this.#s)):e||(clearTimeout(this.#n),this.#n=void 0)}#i(e){this.#n=setTimeout(()=>this.#c(),e)}#c(){let e=this.#r+this.#s-performance.now();if(e>0){this.#i(e);return}this.#r=performance.now(),this.#s=Math.min(this.#s*1.5,1e4),this.#i(this.#s),this.#t()}};var he=class{#e=new Set;wait(e){return new Promise((t,s)=>{let i=l=>{clearTimeout(a),this.#e.delete(r),l()},r={resolve:()=>i(t),reject:l=>i(()=>s(l))},a=e===void 0?void 0:setTimeout(()=>r.reject(new d("disconnected","the session could not be opened in time")),Math.max(0,e));this.#e.add(r)})}resolveAll(){for(let e of this.#e)e.resolve()}rejectAll(e){for(let t of this.#e)t.reject(e)}};var _s=2e3,Os=864e5,ue=class{#e;#t;#n;#s;#r=new E(20,2e3);#i=new he;observers=new Set;#c;#l;#o="idle";#d=!1;#h=!0;#a=U;session=null;replica=null;backend="redis";ended=null;error=null;constructor(e,t){this.#e=e,this.#t=t,this.#n=new le({...e,connectTimeoutMs:e.timings.connectMs,rivalMs:e.timings.rivalMs},{up:()=>this.openSession(),down:s=>this.#m(s),found:s=>this.#w(s),refused:s=>this.#g(s),event:(s,i)=>this.#k(s,i)}),this.#s=new de(e.timings.silenceMs,()=>this.openSession())}get phase(){return(this.#o==="connecting"||this.#o==="reconnecting")&&globalThis.navigator?.onLine===!1?"offline":this.#o}get isOpen(){return this.#n.connected&&this.session!==null&&!this.#d}get messages(){return this.#a.messages}get answer(){return Ge(this.#a)}get activity(){return Ke(this.#a)}get isSettled(){return this.isOpen&&Gt(this.#a)}start(){if(this.#o!=="idle"&&this.#o!=="offline")return this.#n.hurry();this.#o="connecting",this.error=null,this.#n.open(),this.#f()}close(){clearTimeout(this.#c),clearTimeout(this.#l),this.#c=void 0,this.#l=void 0,this.#v("idle",new d("closed","the client was closed"))}hurry(){this.#n.hurry(),this.#f()}rest(){this.#n.drop(null,Os)}restart(){this.#h=!1,this.#a=U,this.session=null,this.ended=null,this.#n.drop(null,0),this.#f()}sessionEnded(e){let{storage:t}=this.#e;t.sessionId===this.#a.sessionId&&(t.sessionId=null),this.#a=e==="cleared"?U:{...this.#a,sessionId:null},this.session=null,this.ended=e,this.#f()}acknowledged(e,t){this.#a=zt(this.#a,e,t),this.#f()}async whenOpen(e){if(!this.isOpen){if(this.#o==="idle")throw new d("closed","the client is not open");if(this.#o==="offline"&&this.error!==null)throw this.error;await this.#i.wait(e)}}request(e,t){let{sessionId:s}=this.#a;return s===null?Promise.reject(new d("session_not_found","there is no session")):this.#n.request(e,t(s),this.#e.timings.ackMs)}async call(e,t,s=()=>{}){let i=performance.now()+this.#e.timings.callMs;for(;;){this.ended===null&&await this.whenOpen(i-performance.now());let r=s();if(r!==void 0)return r;try{return await this.request(e,t)}catch(o){if(!(o instanceof d)||!o.isTransport||performance.now()>i)throw o}}}async openSession(){if(this.#d||!this.#n.connected)return;let{openMs:e,probeMs:t}=this.#e.timings,s=this.isOpen?t:e;this.#d=!0;let i=this.#u();this.#a=jt(this.#a,i.after);try{this.#p(await this.#n.openSession(i,s))}catch(r){let o=r;if(o.isTransport)return;i.sessionId!==void 0&&(o.code==="session_not_found"||o.code==="invalid")?(this.#e.storage.sessionId=null,this.#a=U,this.#d=!1,await this.openSession()):o.retryable?this.#n.drop(o,o.retryAfterMs??null):this.#g(o)}}settle(){!this.isOpen||this.isSettled||this.backend!=="redis"||this.#l!==void 0||(this.#l=setTimeout(()=>{this.#l=void 0,this.isSettled||this.openSession()},Math.random()*_s))}#u(){let{userId:e}=this.#e.opening,t=this.#h?this.#e.opening.resume:void 0,s=this.#a.sessionId??this.#e.storage.sessionId??void 0;if(s===void 0)return{userId:e,resume:t};let i=this.#a.sessionId===null?void 0:Ye(this.#a);return{sessionId:s,userId:e,after:i}}#p(e){this.#b({name:"opened",data:e});let{session:t,messages:s,after:i,replica:r,backend:o}=e,a={sessionId:t.id,messages:s,after:i,durable:o==="redis"};this.#a=Wt(this.#a,a),this.#e.storage.sessionId=t.id,this.#h=!1,this.#d=!1,this.#o="online",this.session=t,this.replica=r,this.backend=o,this.ended=null,this.error=null,this.#n.proved(),this.#i.resolveAll(),this.#f()}#m(e){this.#d=!1,this.#a=We(this.#a);let t=this.#o==="online";t&&(this.#o="reconnecting"),e!==null&&!(t&&e.isTransport)&&(this.error=e),this.#f()}#w(e){this.#o!=="online"&&(this.error=e,this.#f())}#g(e){this.error=e,this.#v("offline",e)}#v(e,t){this.#o=e,this.#d=!1,this.session=null,this.#a=We(this.#a),this.#n.close(),this.#i.rejectAll(t),this.#f()}#b(e){for(let t of this.observers)t(e)}#k(e,t){let s={name:e,data:t};if(this.#b(s),s.name==="session:ended"){let{sessionId:i,reason:r}=s.data;i===this.#a.sessionId&&this.sessionEnded(r)}else As(s)||(this.#x(s),s.name==="backend"&&(this.backend=s.data.backend));this.#f()}#x(e){this.#s.heard(),this.#a=ze(this.#a,e),e.name==="message"&&!this.#a.gap&&this.#r.reset()}#f(){this.#s.expect(this.isOpen&&this.answer!==void 0),this.isOpen&&this.#a.gap&&this.#c===void 0&&(this.#c=setTimeout(()=>{this.#c=void 0,this.openSession()},this.#r.next())),this.#t()}};function As(n){return n.name==="draining"||n.name==="auth:expiring"||n.name==="opened"}var fe=class{#e;#t;constructor(e,t){this.#e=Xe(e),this.#t=t}get sessionId(){return this.#r("session")}set sessionId(e){e!==this.sessionId&&this.#i("session",e)}get unsent(){try{let e=JSON.parse(this.#r("outbox")??"[]");return Array.isArray(e)?e.filter(Rs):[]}catch{return[]}}keep(e){this.#n([...this.unsent.filter(t=>t.id!==e.id),e])}drop(e){let t=this.unsent;t.some(s=>s.id===e)&&this.#n(t.filter(s=>s.id!==e))}watch(e){if(typeof window>"u")return()=>{};let t=s=>{s.storageArea===this.#e&&s.key===this.#s("session")&&e()};return window.addEventListener("storage",t),()=>window.removeEventListener("storage",t)}#n(e){this.#i("outbox",e.length===0?null:JSON.stringify(e))}#s(e){return`${this.#t}:${e}`}#r(e){try{return this.#e.getItem(this.#s(e))}catch{return null}}#i(e,t){try{t===null?this.#e.removeItem(this.#s(e)):this.#e.setItem(this.#s(e),t)}catch{}}};function Xe(n){try{if(n==="local")return localStorage;if(n==="session")return sessionStorage;if(n!=="none")return n}catch{}return Ms()}function Ms(){let n=new Map;return{getItem:e=>n.get(e)??null,setItem:(e,t)=>n.set(e,t),removeItem:e=>n.delete(e)}}function Rs(n){let e=n;return typeof e?.id=="string"&&typeof e.content=="string"}function Qt(){if(typeof crypto.randomUUID=="function")return crypto.randomUUID();let n=crypto.getRandomValues(new Uint8Array(16));return n[6]=(n[6]??0)&15|64,n[8]=(n[8]??0)&63|128,Array.from(n,t=>t.toString(16).padStart(2,"0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,"$1-$2-$3-$4-$5")}var Ls={connectMs:3e3,openMs:3e3,probeMs:1500,rivalMs:500,ackMs:3e3,silenceMs:1500,callMs:2e4},K=class{#e;#t;#n;#s=new ee(()=>this.#u());#r=[];#i=!1;constructor(e={}){let t=typeof document<"u",{userId:s,token:i,resume:r,socketOptions:o,timings:a}=e;this.#e=new fe(e.storage??(t?"local":"none"),e.storageKey??(s===void 0?"baton":`baton:${s}`)),this.#t=new ue({url:e.url??(t?location.origin:"http://127.0.0.1:8080"),token:i,socketOptions:o,timings:{...Ls,...a},storage:this.#e,opening:{userId:s,resume:r}},()=>this.#h()),this.#n=new ne({storage:this.#e,deliver:l=>this.#l(l),ready:l=>this.#t.isOpen&&(l||this.#t.answer===void 0),changed:()=>this.#h()})}get state(){return this.#s.state}get hasStored(){return this.#e.sessionId!==null||this.#n.hasPending}subscribe(e){return this.#s.subscribe(e)}observe(e){return this.#t.observers.add(e),()=>this.#t.observers.delete(e)}async open(){this.#i=!1,this.#r.length===0&&this.#o(),this.#t.start(),await this.#t.whenOpen()}close(){this.#i=!0;for(let e of this.#r.splice(0))e();this.#t.close(),this.#n.pause()}send(e,t,s=Qt()){return this.#i?Promise.reject(Zt()):e.trim()===""?Promise.reject(new d("invalid","content: must not be blank")):this.#n.add({id:s,content:e,...t&&{metadata:t}})}follow(e,t=()=>{},s){return bt(this,e,t,s)}retry(e){this.#n.retry(e)}discard(e){this.#n.discard(e)}async stop(){this.#c();let e=this.#t.answer;if(e===void 0)return null;let{message:t,persisted:s}=await this.#t.call("message:stop",i=>({sessionId:i,messageId:e.id}));return this.#t.acknowledged([t],s),t}async regenerate(){this.#c();let e=this.#t.messages.findLast(({role:i})=>i==="assistant");if(e===void 0)throw new d("invalid","there is no answer to regenerate");let{answer:t,persisted:s}=await this.#t.call("message:regenerate",i=>({sessionId:i,messageId:e.id}),()=>{let i=this.#t.messages.find(({id:r,attempt:o})=>r===e.id&&o>e.attempt);return i&&{answer:i}});return this.#t.acknowledged([t],s),t}async history(e,t){let s=e??this.#t.messages[0]?.seq,{messages:i,hasMore:r}=await this.#t.call("session:history",o=>({sessionId:o,before:s,limit:t}));return this.#t.acknowledged(i),r}async clear(){this.#c();try{await this.#t.call("session:clear",e=>({sessionId:e}))}catch(e){if(!(e instanceof d)||e.code!=="session_not_found")throw e}this.#t.sessionEnded("cleared")}newConversation(){this.switchTo(null)}switchTo(e){this.#n.empty(),this.#e.sessionId=e,this.#t.restart()}#c(){if(this.#i)throw Zt()}async#l(e){try{let t=await this.#t.request("message:send",s=>({...e,sessionId:s}));return this.#t.acknowledged([t.message,t.answer],t.persisted),t}catch(t){throw!(t instanceof d)||t.code!=="session_not_found"?t:(this.#t.sessionEnded("expired"),new d("disconnected","the session had expired"))}}#o(){if(this.#r=[this.#e.watch(()=>this.#d())],typeof window>"u")return;let e=()=>this.#t.hurry(),t=()=>{this.#d(),e()},s={online:e,offline:e,pagehide:()=>this.#t.rest(),pageshow:i=>i.persisted&&t(),resume:t};for(let[i,r]of Object.entries(s))window.addEventListener(i,r),this.#r.push(()=>window.removeEventListener(i,r))}#d(){let e=this.#e.sessionId;e!==null&&e!==this.#t.session?.id&&this.#t.restart()}#h(){this.#a(),this.#t.ended!==null&&this.#n.hasPending&&this.#t.openSession(),this.#n.flush(),this.#s.changed()}#a(){this.#n.hasProvisional&&(this.#t.ended!==null?this.#n.forgetProvisional():this.#t.isSettled?this.#n.settle(e=>this.#t.messages.some(t=>t.id===e)):this.#t.settle())}#u(){let{phase:e,session:t,messages:s,answer:i,activity:r,replica:o,backend:a,ended:l,error:c}=this.#t,u=this.#n.list,g=new Set(u.length===0?[]:s.map(({id:m})=>m));return{connection:e,session:t,messages:s,outbox:u.filter(({id:m})=>!g.has(m)),answering:i!==void 0,activity:r,replica:o,backend:a,ended:l,error:c}}};function Zt(){return new d("closed","the client was closed")}var Y=null,en=null;function tn(){return Y!==null?null:(en??=N(()=>import("./streamed-markdown-75K4GEY4.js")).then(n=>{Y=n.StreamedMarkdown},()=>{}),en)}function pe(n,e){return n.classList.toggle("raw",Y===null),Y===null?Ps(n):new Y(n,e)}function Ps(n){let e=t=>{n.textContent=t};return{update:e,finish:e}}var Ns=10,Is=7*1024,me=class{#e;#t;#n=[];constructor(e,t){this.#e=e,this.#t=t}get isEmpty(){return this.#n.length===0}get isReady(){return this.#n.every(({url:e})=>e!==null)}add(e,t){let s=Ns-this.#n.length;for(let i of[...e].slice(0,s))this.#r(i,t)}take(){let e=this.#s;for(let t of this.#n)this.#i(t);return e}get#s(){return this.#n.map(({file:e,url:t})=>({name:$s(e),type:e.type,url:t??""}))}render(e){let t=this.#n.map(s=>{let i=O(e.remove,s.file.name);return v`<li class=${s.url===null?"coming":""}>
        ${s.preview===null?"":v`<img src=${s.preview} alt="">`}<bdi>${s.file.name}</bdi>
        <button type="button" class="action" aria-label=${i} title=${i} @click=${()=>this.#i(s)}>${x(X)}</button>
      </li>`});return v`<ul class="files" part="files" aria-label=${e.attachments} ?hidden=${this.isEmpty}>${t}</ul>`}async#r(e,t){let s=e.type.startsWith("image/")?URL.createObjectURL(e):null,i={file:e,preview:s,url:null};this.#n=[...this.#n,i],this.#e();try{i.url=String(await t(e));let{length:r}=new TextEncoder().encode(JSON.stringify(this.#s));if(r>Is)throw new RangeError("there is no room for it beside the others",{cause:`${r} bytes of names and addresses`});this.#e()}catch(r){if(!this.#n.includes(i))return;this.#i(i),this.#t(r)}}#i(e){e.preview!==null&&URL.revokeObjectURL(e.preview),this.#n=this.#n.filter(t=>t!==e),this.#e()}};function nn(n,e){return e.length===0?n:[n.trim(),sn(e)].filter(t=>t!=="").join(`

`)}function Qe({content:n,metadata:e},t){let s=Bs(e.attachments),i=sn(s);if(s.length===0||!n.endsWith(i))return{text:n,files:[]};let r=s.map(({name:a,url:l})=>f("li","",Z(l,a)??a)),o=f("ul","files",...r);return o.ariaLabel=t.attachments,{text:n.slice(0,-i.length).trimEnd(),files:[o]}}function sn(n){return n.map(({name:e,url:t})=>`[${e}](${t})`).join(`
`)}function Bs(n){return Array.isArray(n)?n.filter(e=>typeof e?.name=="string"&&typeof e.url=="string"):[]}function $s({name:n}){return n.replace(/[[\]\n]/g," ")}function rn(n,e){if(e.messages===n.messages)return[];if(n.session===null||n.session.id!==e.session?.id)return[];let t=n.messages.at(-1)?.seq??0,s=[];for(let i=e.messages.length-1;i>=0;i--){let r=e.messages[i],o=n.messages[i];if(r===void 0||r===o)continue;let a=o?.id===r.id?o:n.messages.find(({id:c})=>c===r.id);(a===void 0?r.seq>t&&r.status!=="streaming":qs(a,r))&&s.unshift(r)}return s}function on(n,e){return["connection","session","answering","replica","backend","ended","error"].some(s=>n[s]!==e[s])||n.outbox.length!==e.outbox.length}function qs(n,e){return e.status!=="streaming"&&(n.status==="streaming"||n.attempt!==e.attempt)}function an(n,e,t){let s=n.messages.at(-1);return n.answering||n.outbox.length>0?[]:t!==null&&t.after===s?.id?Ze(t.questions):ge(n)?Ze(e):s?.role==="assistant"?Ze(s.metadata.suggestions):[]}function ge({messages:n,outbox:e}){return n.length===0&&e.length===0}function Ze(n){let e=typeof n=="string"?n.split("|"):n;return Array.isArray(e)?e.filter(s=>typeof s=="string").map(s=>s.trim()).filter(s=>s!=="").slice(0,6):[]}function cn(n,e){let{locale:t,state:s,assistant:i,closable:r,hasPast:o,past:a}=n,{strings:l}=t,c=n.heading??i??l.title;return v`
    <div
      class="root" part="root" dir=${t.dir} lang=${t.tag}
      @dragover=${u=>n.files!==null&&u.preventDefault()} @drop=${u=>Ds(u,e)}
    >
      <header part="header">
        ${js(n)}
        <div class="heading">
          <h2 part="title"><slot name="title">${c}</slot></h2>
          <p class="status" part="status" data-state=${s.connection}>
            <span class="dot" aria-hidden="true"></span><span role="status">${Ys(n)}</span>
          </p>
        </div>
        ${o?Hs(n,e):_}
        ${ln("new",l.newConversation,ot,e.begin)}
        ${r?ln("close",l.closeChat,X,e.dismiss):_}
      </header>
      <div class="under">
      <div class="talk" ?inert=${a!==null}>
      ${Gs(n,e)}
      <div class="scroller" part="scroller" tabindex="0" role="group" aria-label=${c}>
        <p class="earlier" ?hidden=${!n.loadingOlder}>${l.earlier}</p>
        <div class=${ge(s)?"content fresh":"content"}>
          <div class="greeting body" part="greeting" dir="auto" ?hidden=${!Xs(s)}></div>
          <div part="welcome" ?hidden=${!ge(s)}><slot name="welcome"></slot></div>
          <div class="log" part="log" role="log" aria-label=${l.conversation} @said=${e.said}></div>
          ${Ws(n,e)}
          <p class="ended" part="note" ?hidden=${s.ended===null}>
            ${s.ended==="cleared"?l.cleared:l.expired}
          </p>
        </div>
      </div>
      <p class="unseen" aria-live="polite">${Js(n)}</p>
      ${zs(n,e)}
      </div>
      <div
        class="list" part="list" role="region" tabindex="-1" aria-label=${l.conversations} ?hidden=${a===null}
        @keydown=${u=>Vs(u,e)}
      >${a}</div>
      </div>
    </div>
  `}function Ds(n,e){let t=n.dataTransfer?.files;t===void 0||t.length===0||(n.preventDefault(),e.attach(t))}function Fs(n,e){let t=({target:s})=>{let i=s;e.attach(i.files),i.value=""};return v`<label class="icon attach" part="attach" title=${n}>
    ${x(ht)}<input class="unseen" type="file" multiple aria-label=${n} @change=${t}>
  </label>`}function Us(n,e){let t=n.isComposing||n.keyCode===229;n.key==="Enter"&&!n.shiftKey&&!t&&e.submit(n)}function Vs(n,e){n.key==="Escape"&&(n.preventDefault(),n.stopPropagation(),e.list())}function Hs({locale:n,past:e},t){let s=n.strings.conversations;return v`<button
    type="button" class="icon" part="conversations" aria-label=${s} title=${s} aria-expanded=${e!==null} @click=${t.list}
  >${x(ut)}</button>`}function js({assistant:n,avatar:e}){if(n===null&&e===null)return _;let[t=""]=(n??"").trim();return v`<span class="avatar" part="avatar" aria-hidden="true">
    ${t.toLocaleUpperCase()}${e===null?_:v`<img src=${e} alt="">`}
  </span>`}function Ws({questions:n,locale:e},t){let s=n.map(i=>v`<button type="button" class="question" part="question" dir="auto" @click=${()=>t.ask(i)}>${i}</button>`);return v`<div class="questions" part="questions" role="group" aria-label=${e.strings.suggestions} ?hidden=${s.length===0}>
    ${s}
  </div>`}function zs({locale:n,state:e,following:t,hasDraft:s,files:i},r){let{strings:o}=n;return v`
    <footer part="footer">
      <button type="button" class="jump" part="jump" ?hidden=${t} @click=${r.jump}>
        ${x(ct)}<span>${o.jump}</span>
      </button>
      ${i}
      <form class="composer" part="composer" @submit=${r.submit}>
        ${i===null?_:Fs(o.attach,r)}
        <textarea
          part="input" rows="1" dir="auto" autocomplete="off" enterkeyhint="send"
          aria-label=${o.message} placeholder=${o.placeholder}
          @input=${r.typed} @keydown=${a=>Us(a,r)} @paste=${a=>r.attach(a.clipboardData?.files)}
        ></textarea>
        <slot name="tools"></slot>
        <button
          type="button" class="round" part="stop" aria-label=${o.stop} title=${o.stop}
          ?hidden=${!e.answering} @click=${r.stop}
        >${x(lt)}</button>
        <button
          type="submit" class="round" part="send" aria-label=${o.send} title=${o.send}
          ?hidden=${e.answering&&!s} ?disabled=${!s}
        >${x(at)}</button>
      </form>
    </footer>
  `}function Gs(n,e){let[t,s]=Ks(n),{strings:i}=n.locale,r=v`<button type="button" class="link" part="link" @click=${e.reach}>${i.retry}</button>`,o=s===i.unreachable||s===i.refused;return v`<p class="banner ${t}" part="banner" ?hidden=${s===""}>${s} ${o?r:_}</p>`}function Ks({problem:n,unreachable:e,state:t,locale:s}){let{connection:i,backend:r,session:o}=t,{strings:a}=s;return n!==""?["bad",n]:i==="offline"?["",dn(t,a)]:e?["",a.unreachable]:i==="reconnecting"?["late",a.reconnecting]:["",r==="memory"&&o!==null?a.notSafe:""]}function Ys({problem:n,unreachable:e,locale:{strings:t},state:s}){let{connection:i}=s;return n!==""?n:i==="online"?t.connected:i==="idle"?"":i==="offline"?dn(s,t):e?t.unreachable:i==="reconnecting"?t.reconnecting:t.connecting}function Js({said:n,state:e,locale:{strings:t}}){return n!==""?n:e.activity!==null?t[e.activity.kind]:e.answering?t.answering:""}function dn({error:n},e){return n!==null&&!n.retryable?e.refused:e.offline}function Xs({messages:n}){return n.length===0||n[0]?.seq===1}function ln(n,e,t,s){return v`<button type="button" class="icon" part=${n} aria-label=${e} title=${e} @click=${s}>
    ${x(t)}
  </button>`}var ye=class{element=f("div","activity");#e;#t=null;#n=null;constructor(e){this.#e=e}show(e){if(e===this.#t)return;let{kind:t,text:s}=e,i=this.#e[t];s===void 0?this.element.replaceChildren(f("span","",i)):(this.#n===null||this.#t?.kind!==t)&&this.#s(i),this.#n!==null&&(this.#n.data=s??""),s===void 0&&(this.#n=null),this.#t=e}#s(e){this.#n=document.createTextNode(""),this.element.replaceChildren(et(e,this.#n))}};function et(n,e){return f("details","reasoning",f("summary","",n),f("div","",e))}var Qs=900,Zs=14;function hn(n,e){let t=n.textContent??"";if(t.length<=Qs&&t.split(`
`).length<=Zs)return[];n.dataset.folded??="true";let s=()=>n.dataset.folded==="true"?e.showAll:e.showLess,i=I("link",s(),()=>{n.dataset.folded=String(n.dataset.folded!=="true"),i.textContent=s()});return[i]}function un(n,e){if(!Array.isArray(n)||n.length===0)return[];let t=f("ol","sources",...n.map(s=>ei(s,e)));return t.ariaLabel=e.sources,[t]}function ei(n,e){let t=f("span","",String(n?.title??n?.url??e.sources));t.dir="auto";let s=Z(n?.url,t);return s!==null&&s.append(f("small","",s.hostname.replace(/^www\./,""))),f("li","",s??t)}function fn(n,e){let t=["up","down"].map(s=>{let i=s==="up"?n.good:n.bad,r=Q(`action thumb-${s}`,i,ft,()=>{let o=r.ariaPressed==="true";for(let a of t)a.ariaPressed=String(a===r&&!o);e(o?null:s)});return r.ariaPressed="false",r});return t}var J=class{id;element;#e;#t;#n=f("div","body");#s=f("footer","foot");#r=null;#i=null;#c=!1;#l=null;#o=null;#d=null;#h=null;constructor(e,t,s,i){this.id=e,this.#e=t,this.#t=s,this.#n.dir="auto",this.element=f("article","",this.#n,this.#s),i&&(this.element.ariaLive="off")}show(e,t,s=null){if(this.#a(s),e===this.#i&&t===this.#c)return;let i=this.#i;this.#i=e,this.#c=t,"seq"in e?e.role==="assistant"?this.#m(e,i,t):this.#u(e):this.#p(e)}#a(e){if(e!==this.#o){if(this.#o=e,this.element.toggleAttribute("data-busy",e!==null),e===null){this.#l?.element.remove(),this.#l=null;return}this.#l??=new ye(this.#e.strings),this.#l.show(e),this.#l.element.isConnected||this.#n.after(this.#l.element)}}#u(e){this.#v("user",e.status);let{text:t,files:s}=Qe(e,this.#e.strings);this.#g(t),this.#s.replaceChildren(...s,...hn(this.#n,this.#e.strings),this.#x(e))}#p({id:e,content:t,metadata:s={},status:i,error:r}){let{strings:o}=this.#e;this.#v("user",i);let{text:a,files:l}=Qe({content:t,metadata:s},o);this.#g(a),r===null?this.#s.replaceChildren(...l,f("span","note",o.waiting)):this.#s.replaceChildren(...l,f("span","note bad",O(o.notSent,tt(r,o))),I("link",o.retry,()=>this.#t.retry(e)),I("link",o.discard,()=>this.#t.discard(e)))}#m(e,t,s){let i=e.status==="streaming";this.#v("assistant",e.status),i?(this.element.ariaBusy="true",this.element.ariaLive="off"):this.element.ariaBusy!==null&&(this.element.ariaBusy=null,this.element.ariaLive=null);let r=t===null||t.content!==e.content;(i||r)&&(this.#r??=pe(this.#n,this.#e.strings)),i?this.#r?.update(e.content):(this.#r?.finish(e.content),this.#r=null),this.#s.replaceChildren(...i?[]:this.#b(e,s)),this.#w(e)}#w({metadata:{reasoning:e}}){let t=typeof e=="string"?e:"";t!==(this.#d?.lastChild?.textContent??"")&&(this.#d?.remove(),this.#d=t===""?null:et(this.#e.strings.reasoning,t),this.#d!==null&&this.#n.before(this.#d))}#g(e){this.#n.textContent!==e&&(this.#n.textContent=e)}#v(e,t){let{strings:s}=this.#e;this.element.className=`message ${e} ${t}`,this.element.setAttribute("part",`message message-${e}`),this.element.ariaLabel=e==="assistant"?s.assistant:s.you}#b(e,t){let{strings:s}=this.#e,{metadata:i,content:r}=e,o=e.status==="error"&&r.trim()==="",a=pt("action",o?s.copyDetails:s.copy,s.copied,()=>o?si(e):r);return[...ti(e,this.#e),...t&&gn(e)?[I("link",s.goOn,()=>this.#t.goOn())]:[],...un(i.sources,s),...r.trim()===""&&!o?[]:[a],...t?[Q("action",s.regenerate,dt,()=>this.#t.regenerate())]:[],...this.#k(e),this.#x(e)]}#k({content:e}){let{rate:t}=this.#t;return t===null||e.trim()===""?[]:(this.#h??=fn(this.#e.strings,s=>{this.#i!==null&&"seq"in this.#i&&t(this.#i,s)}),this.#h)}#x({createdAt:e}){let t=new Date(e),s=t.toDateString()===new Date().toDateString(),i=f("time","time",mn(this.#e.tag,s).format(t));return i.dateTime=e,i.title=mn(this.#e.tag,!1).format(t),i}};function tt(n,e){return n.code==="too_large"?e.tooLong:n.code==="rate_limited"?e.tooMany:n.code==="overloaded"||n.code==="answer_in_progress"?e.busy:n.message}function ti(n,e){let{strings:t}=e,{status:s,content:i,metadata:r}=n;return s==="error"?[ni(n,e)]:s==="stopped"?[f("span","note",t.stopped)]:r.finish_reason==="content_filter"?[f("span","note",t.filtered)]:gn(n)?[f("span","note",t.cutOff)]:i.trim()===""?[f("span","note",t.empty)]:[]}function gn({status:n,metadata:e}){return n==="complete"&&e.finish_reason==="length"}function ni(n,{tag:e,strings:t}){let{retryAfterMs:s}=n.metadata.error??{},i=typeof s=="number"&&s>0,r=n.content.trim()===""?t.failedEmpty:t.broken,o=i?O(t.brokenWait,ii(e,Math.ceil(s/1e3))):r,a=f("span","note bad",o);return a.title=vt(n),a}function si({id:n,createdAt:e,metadata:t}){return JSON.stringify({message:n,createdAt:e,error:t.error,replicas:t.replicas})}function ii(n,e){return new Intl.NumberFormat(n,{style:"unit",unit:"second",unitDisplay:"long"}).format(e)}var pn=new Map;function mn(n,e){let t=`${n} ${e}`,s=pn.get(t);return s===void 0&&(s=new Intl.DateTimeFormat(n,{...!e&&{dateStyle:"medium"},timeStyle:"short"}),pn.set(t,s)),s}var yn=40,ri=8,ve=class{#e;#t;#n;#s;#r=[];#i=null;#c=[];#l=0;#o=null;constructor(e,t,s,i){this.#e=e,this.#t=t,this.#n=s,this.#s=i,e.replaceChildren()}show({messages:e,outbox:t,session:s,activity:i}){let r=s!==null&&s.id!==this.#i;s!==null&&(this.#i=s.id),this.#d(e);let o=[...e.slice(this.#l),...t],a=this.#c.at(-1)?.seq??0;for(let[l,c]of o.entries()){let u="seq"in c&&(r||c.seq<a),g=l===o.length-1&&t.length===0,m="seq"in c&&c.status==="streaming";this.#h(l,c.id,o,u).show(c,g,m?i:null)}for(let l of this.#r.splice(o.length))l.element.remove();this.#c=e,this.#l>0&&(this.#o??=_e(()=>this.#a()))}stop(){this.#o?.(),this.#o=null}showAll(){for(this.stop();this.#l>0;)this.#a(Number.POSITIVE_INFINITY)}#d(e){let t=this.#c[0];if(t!==void 0&&e[0]?.id===t.id){this.#l=Math.min(this.#l,Math.max(0,e.length-yn));return}let s=t===void 0?-1:e.findIndex(({id:i})=>i===t.id);this.#l=s>0?this.#l+s:Math.max(0,e.length-yn)}#h(e,t,s,i){let r=this.#r[e];if(r?.id===t)return r;let o=new Set(s.map(c=>c.id));for(;r!==void 0&&!o.has(r.id);)r.element.remove(),this.#r.splice(e,1),r=this.#r[e];if(r?.id===t)return r;let a=this.#r.findIndex(c=>c.id===t),l=this.#r[a]??new J(t,this.#n,this.#s,i);return a!==-1&&this.#r.splice(a,1),this.#r.splice(e,0,l),this.#e.insertBefore(l.element,r?.element??null),l}#a(e=ri){this.#o=null;let t=document.createDocumentFragment(),s=[],i=performance.now()+e;for(;this.#l>0&&performance.now()<i;){let r=this.#c[--this.#l];if(r===void 0)break;let o=new J(r.id,this.#n,this.#s,!0);o.show(r,!1),o.element.classList.add("far"),s.unshift(o),t.prepend(o.element)}this.#r.unshift(...s),this.#u(t),this.#l>0&&(this.#o=_e(()=>this.#a()))}#u(e){let{scrollTop:t,scrollHeight:s}=this.#t;this.#e.prepend(e),(t<1||!CSS.supports("overflow-anchor","auto"))&&(this.#t.scrollTop=t+this.#t.scrollHeight-s)}};var nt={...mt,closeChat:"Close chat",newConversation:"New conversation",conversation:"Conversation",you:"You",assistant:"Assistant",greeting:"How can I help?",message:"Message",placeholder:"Write a message",send:"Send",stop:"Stop",regenerate:"Regenerate",copy:"Copy",copyCode:"Copy code",copied:"Copied",jump:"Jump to latest",retry:"Retry",discard:"Discard",sources:"Sources",earlier:"Loading earlier messages …",connected:"Connected",connecting:"Connecting …",reconnecting:"Connection lost. Reconnecting …",offline:"You are offline. What you write is sent when the network is back.",refused:"The chat is not available right now. What you write is kept.",notSafe:"Answers are not safely stored right now, and may pause.",waiting:"Waiting to be sent",notSent:"Not sent: {reason}",tooLong:"it is too long",tooMany:"too many messages; try again in a moment",busy:"the service is busy; try again in a moment",stopped:"Stopped",broken:"The answer broke off.",expired:"This conversation has expired. Your next message begins a new one.",cleared:"This conversation was cleared. Your next message begins a new one.",failed:"That did not work: {reason}",thinking:"Thinking…",searching:"Searching…",retrying:"Trying again…",resuming:"Going on…",cutOff:"Cut off at the length limit.",goOn:"Continue",filtered:"The answer was filtered.",empty:"No words came.",brokenWait:"The answer broke off. Try again in {time}.",unreachable:"The chat cannot be reached. What you write is kept, and sent when it can.",answering:"An answer is coming.",failedEmpty:"No answer came. Please try again.",copyDetails:"Copy details",showAll:"Show all",showLess:"Show less",reasoning:"Reasoning",suggestions:"Suggestions",conversations:"Conversations",search:"Search",noneFound:"Nothing found.",rename:"Rename",delete:"Delete",deleted:"Deleted.",undo:"Undo",save:"Save this conversation",new:"New",good:"Good answer",bad:"Bad answer",attach:"Attach files",attachments:"Files",remove:"Remove {name}"};function vn(n){let e=()=>{cancelAnimationFrame(s),clearTimeout(i)},t=()=>{e(),n()},s=requestAnimationFrame(t),i=setTimeout(t,500);return e}var oi=6e3,ai=3e3,be=class{#e;#t;#n=new Map;problem="";said="";constructor(e,t){this.#e=e,this.#t=t}fail(e){let t=this.#t(),s=e instanceof Error?e.message:String(e),i=e instanceof d?tt(e,t):s;this.#s("problem",O(t.failed,i),oi)}async attempt(e){await e.catch(t=>this.fail(t))}say(e){this.#s("said",e,ai)}#s(e,t,s){this[e]=t,clearTimeout(this.#n.get(e)),t!==""&&this.#n.set(e,setTimeout(()=>this.#s(e,"",0),s)),this.#e()}};var we=class{#e;#t=!0;isLoading=!1;constructor(e){this.#e=e}begin(){this.#t=!0}async look({scrollTop:e},{messages:t},s){let i=t[0]?.seq??1;if(!(e>200||i===1||!this.#t||this.isLoading)){this.isLoading=!0,this.#e();try{this.#t=await s?.history()??!1}catch{}this.isLoading=!1,this.#e()}}};var li=100,ci=120,ke=class{#e;#t;constructor(e,t){this.#e=Xe(e),this.#t=`baton:${t===null?"":`${t}:`}conversations`}get list(){try{let e=JSON.parse(this.#e.getItem(this.#t)??"[]");return Array.isArray(e)?e.filter(di).filter(({until:t})=>t>Date.now()):[]}catch{return[]}}note({session:e,messages:t,answering:s}){let i=t.at(-1);if(e===null||i===void 0)return;let r=this.list.find(({id:c})=>c===e.id),o=t.find(({role:c})=>c==="user")??i,a=r?.title??o.content.trim().slice(0,ci),l=Date.now()+e.ttlSeconds*1e3;this.put({id:e.id,title:a,at:i.createdAt,until:l,unread:s})}put(e){let t=this.list.filter(({id:s})=>s!==e.id);this.#n([e,...t].sort((s,i)=>i.at.localeCompare(s.at)).slice(0,li))}remove(e){this.#n(this.list.filter(t=>t.id!==e))}#n(e){try{e.length===0?this.#e.removeItem(this.#t):this.#e.setItem(this.#t,JSON.stringify(e))}catch{}}};function di(n){let e=n;return[e?.id,e?.title,e?.at].every(s=>typeof s=="string")&&typeof e?.until=="number"}var xe=class{#e;#t=null;#n=null;isOpen=!1;hasAny=!1;constructor(e){this.#e=e}begin(){this.#t=new ke(this.#e.storage,this.#e.userId),this.#i()}changed(e,t){let s=e.messages.length!==t.messages.length||e.answering!==t.answering,i=t.ended===null?null:e.session;s&&this.#t?.note(t),i!==null&&this.#t?.remove(i.id),(s||i!==null)&&this.#i()}async toggle(){if(this.isOpen)return this.close();this.#n??=await this.#s(),this.isOpen=!0,this.#e.requestUpdate()}close(){this.#n?.settle(),this.isOpen=!1,this.#i(),this.#e.requestUpdate()}settle(){this.#n?.settle()}render(e){let t=this.#e.client?.state.session?.id??null;return this.isOpen&&this.#n!==null?this.#n.render(t,e):null}async#s(){let{ConversationList:e}=await N(()=>import("./conversation-list-5T4Z2EW5.js")),t=this.#e;return new e({list:()=>this.#t?.list??[],put:s=>this.#t?.put(s),remove:s=>{this.#t?.remove(s),t.client?.state.session?.id===s&&t.switchTo(null)},forget:s=>{this.#r(s)},open:s=>{this.close(),t.client?.state.session?.id!==s&&t.switchTo(s)},save:()=>{t.saveTranscript()},changed:()=>t.listChanged()})}async#r(e){let{server:t,token:s}=this.#e;try{let i=typeof s=="function"?await s():s,r=i===null?{}:{authorization:`Bearer ${i}`};await fetch(`${t}/api/chat/sessions/${e}`,{method:"DELETE",keepalive:!0,headers:r})}catch(i){console.warn(`baton-chat: ${i}`)}}#i(){this.hasAny=(this.#t?.list.length??0)>0}};var Ee=class{#e;#t=null;#n;isLate=!1;constructor(e){this.#e=e}watch(e){let{connection:t}=e;t==="offline"&&this.#t?.connection!=="offline"&&bn(e),this.#t=e,t==="connecting"||t==="reconnecting"?this.#n??=setTimeout(()=>{this.isLate=!0,this.#t!==null&&bn(this.#t),this.#e()},5e3):(clearTimeout(this.#n),this.#n=void 0,this.isLate=!1)}};function bn({error:n}){n!==null&&console.warn(`baton-chat: ${n.message}`)}var Se=class{#e;#t;#n;#s=!0;#r=0;#i=0;constructor(e,t,s){this.#e=e,this.#t=s,e.addEventListener("scroll",()=>this.#c(),{passive:!0}),this.#n=new ResizeObserver(()=>this.#l()),this.#n.observe(e),this.#n.observe(t)}get following(){return this.#s}jumpToEnd(){this.#o(!0),this.#l()}stop(){this.#n.disconnect()}#c(){let{scrollTop:e,scrollHeight:t,clientHeight:s}=this.#e,i=t<this.#i;t-e-s<=4?this.#o(!0):e<this.#r&&!i&&this.#o(!1),this.#r=e,this.#i=t}#l(){this.#s&&(this.#e.scrollTop=this.#e.scrollHeight),this.#r=this.#e.scrollTop,this.#i=this.#e.scrollHeight}#o(e){e!==this.#s&&(this.#s=e,this.#t(e))}};var wn=P`
  :host {
    display: block;
    height: calc(32 * var(--baton-rem));
  }
  :host([hidden]) {
    display: none;
  }
  .root {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: var(--radius);
  }
  .root > header {
    display: flex;
    align-items: center;
    gap: calc(0.25 * var(--baton-rem));
    padding: max(0.625 * var(--baton-rem), env(safe-area-inset-top)) calc(0.625 * var(--baton-rem)) calc(0.625 * var(--baton-rem));
    padding-inline-start: var(--baton-rem);
    border-bottom: 1px solid var(--line);
  }
  .avatar {
    position: relative;
    display: grid;
    place-items: center;
    flex: none;
    width: calc(2.25 * var(--baton-rem));
    height: calc(2.25 * var(--baton-rem));
    margin-inline-end: calc(0.375 * var(--baton-rem));
    background: var(--accent);
    border-radius: 50%;
    color: var(--on-accent);
    font-weight: 650;
    overflow: hidden;
  }
  .avatar img {
    position: absolute;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .heading {
    flex: 1;
    min-width: 0;
    line-height: 1.3;
  }
  h2 {
    margin: 0;
    font-size: 1.0625em;
    font-weight: 650;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .status {
    display: flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
    min-height: 1.3em;
    margin: 0;
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .status > [role='status'] {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .dot {
    flex: none;
    width: calc(0.5 * var(--baton-rem));
    height: calc(0.5 * var(--baton-rem));
    border-radius: 50%;
    background: var(--faint);
  }
  [data-state='online'] .dot {
    background: var(--accent);
  }
  [data-state='connecting'] .dot,
  [data-state='reconnecting'] .dot {
    background: var(--warn);
  }
  [data-state='offline'] .dot {
    background: var(--bad);
  }
  .icon {
    display: grid;
    place-items: center;
    flex: none;
    width: calc(2.75 * var(--baton-rem));
    height: calc(2.75 * var(--baton-rem));
    padding: 0;
    background: none;
    border: 0;
    border-radius: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  .icon:hover {
    background: var(--sunken);
    color: var(--text);
  }
  .banner {
    margin: 0;
    padding: calc(0.375 * var(--baton-rem)) var(--baton-rem);
    font-size: calc(0.8125 * var(--baton-rem));
    background: var(--warn-ground);
    color: var(--warn);
    text-wrap: pretty;
  }
  .banner.bad {
    color: var(--bad);
    background: var(--sunken);
  }
  .banner .link {
    min-height: 0;
    color: inherit;
    text-decoration-color: currentColor;
  }
  /* A reconnect of a moment shows nothing, and moves nothing. */
  .banner.late {
    max-height: calc(6 * var(--baton-rem));
    overflow: hidden;
    animation: appear 0.2s 1s backwards;
  }
  @keyframes appear {
    from {
      max-height: 0;
      padding-block: 0;
      opacity: 0;
    }
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .under {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .talk {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .scroller {
    flex: 1;
    min-height: 0;
    padding: 0 var(--baton-rem);
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    outline-offset: -2px;
  }
  .content {
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto;
    padding: calc(0.25 * var(--baton-rem)) 0 var(--baton-rem);
  }
  .greeting {
    margin-top: var(--baton-rem);
    text-wrap: pretty;
  }
  /* Nothing was said yet: large words, and what can be asked close to the hand. */
  .fresh {
    display: flex;
    flex-direction: column;
    min-height: 100%;
  }
  .fresh .greeting {
    margin-top: calc(1.5 * var(--baton-rem));
    font-size: 1.3em;
    font-weight: 600;
    line-height: 1.35;
  }
  .fresh .questions {
    margin-top: auto;
    padding-top: var(--baton-rem);
  }
  .questions {
    display: flex;
    flex-wrap: wrap;
    gap: calc(0.5 * var(--baton-rem));
    margin-top: calc(0.875 * var(--baton-rem));
  }
  .question {
    max-width: 100%;
    min-height: calc(2.25 * var(--baton-rem));
    padding: calc(0.375 * var(--baton-rem)) calc(0.875 * var(--baton-rem));
    background: none;
    border: 1px solid var(--line);
    border-radius: calc(1.125 * var(--baton-rem));
    color: var(--accent);
    font-size: 0.9375em;
    line-height: 1.4;
    text-align: start;
    overflow-wrap: anywhere;
  }
  .question:hover {
    background: var(--sunken);
    border-color: var(--accent);
  }
  .earlier,
  .ended {
    margin: var(--baton-rem) 0 0;
    font-size: calc(0.8125 * var(--baton-rem));
    text-align: center;
    color: var(--faint);
  }
  .talk > footer {
    position: relative;
    padding: 0 calc(0.75 * var(--baton-rem)) max(0.75 * var(--baton-rem), env(safe-area-inset-bottom));
  }
  .files {
    display: flex;
    flex-wrap: wrap;
    gap: calc(0.375 * var(--baton-rem));
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto calc(0.375 * var(--baton-rem));
    padding: 0;
    list-style: none;
    font-size: calc(0.8125 * var(--baton-rem));
  }
  .files li {
    display: flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
    max-width: 100%;
    padding: calc(0.125 * var(--baton-rem));
    padding-inline-start: calc(0.625 * var(--baton-rem));
    background: var(--sunken);
    border-radius: calc(0.75 * var(--baton-rem));
  }
  .files bdi {
    max-width: calc(12 * var(--baton-rem));
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .files img {
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    margin-inline-start: calc(-0.5 * var(--baton-rem));
    border-radius: calc(0.625 * var(--baton-rem));
    object-fit: cover;
  }
  .coming > :not(button) {
    opacity: 0.5;
  }
  .attach {
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    border-radius: 50%;
    cursor: pointer;
  }
  .attach svg {
    stroke-width: 1.5;
  }
  .attach:focus-within {
    outline: 2px solid var(--accent);
  }
  /* What is scrolled out of sight fades. */
  .talk > footer::before {
    position: absolute;
    inset: auto 0 100%;
    height: calc(1.25 * var(--baton-rem));
    background: linear-gradient(transparent, var(--ground));
    content: '';
    pointer-events: none;
  }
  .composer {
    display: flex;
    align-items: flex-end;
    gap: calc(0.375 * var(--baton-rem));
    max-width: calc(46 * var(--baton-rem));
    margin: 0 auto;
    padding: calc(0.3125 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(1.625 * var(--baton-rem));
  }
  .composer:focus-within {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: calc(2.5 * var(--baton-rem));
    max-height: calc(9.5 * var(--baton-rem));
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    background: none;
    border: 0;
    outline: 0;
    color: inherit;
    font: inherit;
    font-size: max(1em, 16px); /* below, iOS zooms the page */
    line-height: 1.5;
    resize: none;
    field-sizing: content;
    scrollbar-width: thin;
  }
  textarea:focus-visible {
    outline: 0;
  }
  textarea::placeholder {
    color: var(--faint);
    opacity: 1;
  }
  .round {
    display: grid;
    place-items: center;
    flex: none;
    width: calc(2.5 * var(--baton-rem));
    height: calc(2.5 * var(--baton-rem));
    padding: 0;
    background: var(--accent);
    border: 0;
    border-radius: 50%;
    color: var(--on-accent);
  }
  .round[part='stop'] svg {
    fill: currentColor;
  }
  .round:disabled {
    background: var(--sunken);
    color: var(--faint);
    cursor: default;
  }
  .jump {
    position: absolute;
    inset-inline: 0;
    bottom: calc(100% + calc(0.5 * var(--baton-rem)));
    display: flex;
    align-items: center;
    gap: calc(0.25 * var(--baton-rem));
    width: max-content;
    min-height: calc(2.25 * var(--baton-rem));
    margin: 0 auto;
    padding: 0 calc(0.875 * var(--baton-rem)) 0 calc(0.625 * var(--baton-rem));
    background: var(--ground);
    border: 1px solid var(--line);
    border-radius: calc(2 * var(--baton-rem));
    box-shadow: 0 2px 8px rgb(0 0 0 / 18%);
    font-size: calc(0.8125 * var(--baton-rem));
  }
  @media print {
    :host {
      height: auto !important;
    }
    .root,
    .talk {
      display: block;
      height: auto;
    }
    .root,
    .scroller {
      overflow: visible;
    }
    .talk > footer,
    .questions,
    .icon,
    .status,
    .banner {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .dot,
    .round {
      border: 1px solid;
    }
  }
`;var kn=P`
  .list {
    position: absolute;
    inset: 0;
    padding: calc(0.75 * var(--baton-rem)) var(--baton-rem) max(var(--baton-rem), env(safe-area-inset-bottom));
    background: var(--ground);
    overflow: hidden auto;
    outline-offset: -2px;
  }
  .search {
    width: 100%;
    min-height: calc(2.5 * var(--baton-rem));
    padding: 0 calc(0.75 * var(--baton-rem));
    background: var(--sunken);
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    color: inherit;
    font: inherit;
    font-size: max(1em, 16px); /* below, iOS zooms the page */
  }
  .search::placeholder {
    color: var(--faint);
    opacity: 1;
  }
  .pasts {
    margin: calc(0.5 * var(--baton-rem)) 0;
    padding: 0;
    list-style: none;
  }
  .pasts li {
    display: flex;
    align-items: center;
    border-radius: calc(0.75 * var(--baton-rem));
    padding-inline-end: calc(0.25 * var(--baton-rem));
  }
  .pasts li:hover,
  .pasts .present {
    background: var(--sunken);
  }
  .past {
    display: grid;
    flex: 1;
    min-width: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    background: none;
    border: 0;
    border-radius: inherit;
    text-align: start;
    line-height: 1.4;
  }
  .past > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .past small {
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .past b {
    color: var(--accent);
  }
  .pasts .action:hover {
    background: var(--line);
  }
  .undo {
    margin: 0;
    font-size: calc(0.875 * var(--baton-rem));
  }
  .save .question {
    display: inline-flex;
    align-items: center;
    gap: calc(0.375 * var(--baton-rem));
  }
  .thumb-down svg {
    rotate: 180deg;
  }
  [aria-pressed='true'] svg {
    fill: currentColor;
  }
  @media (forced-colors: active) {
    .present {
      border: 1px solid;
    }
  }
  @media print {
    .list {
      display: none;
    }
  }
`;var xn=P`
  .message {
    display: flex;
    flex-direction: column;
    margin-top: calc(1.125 * var(--baton-rem));
  }
  .message.far {
    content-visibility: auto;
    contain-intrinsic-size: auto calc(6 * var(--baton-rem));
  }
  .body {
    min-width: 0;
    overflow-wrap: anywhere;
    /* Marks stacked on a letter stay in their own message. */
    overflow: clip;
    overflow-clip-margin: 0.375em;
  }
  .body.raw {
    white-space: pre-wrap;
  }
  .user {
    align-items: flex-end;
  }
  .user .body {
    max-width: 88%;
    padding: calc(0.4375 * var(--baton-rem)) calc(0.875 * var(--baton-rem));
    background: var(--own);
    color: var(--own-text);
    border-radius: calc(1.125 * var(--baton-rem));
    border-end-end-radius: calc(0.25 * var(--baton-rem));
    white-space: pre-wrap;
  }
  .body[data-folded='true'] {
    max-height: calc(11 * var(--baton-rem));
    mask-image: linear-gradient(#000 70%, transparent);
  }
  .user .body:empty {
    display: none;
  }
  .foot .files {
    width: 100%;
    max-width: none;
    justify-content: flex-end;
    margin: calc(0.375 * var(--baton-rem)) 0 0;
  }
  .foot .files li {
    padding: calc(0.25 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    overflow-wrap: anywhere;
  }
  .files a {
    color: var(--accent);
  }
  .failed .body {
    border: 1px solid var(--bad);
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 calc(0.5 * var(--baton-rem));
    margin-top: calc(0.125 * var(--baton-rem));
    font-size: calc(0.8125 * var(--baton-rem));
    color: var(--faint);
  }
  .user .foot {
    justify-content: flex-end;
  }
  .foot:empty {
    display: none;
  }
  .foot .time {
    margin-inline-start: auto;
  }
  .activity {
    margin-top: calc(0.25 * var(--baton-rem));
    font-size: calc(0.875 * var(--baton-rem));
    color: var(--faint);
  }
  [data-busy] .tail::after,
  [data-busy] .tail *::after {
    display: none !important;
  }
  .reasoning {
    margin-bottom: calc(0.5 * var(--baton-rem));
    font-size: calc(0.875 * var(--baton-rem));
    color: var(--faint);
  }
  .reasoning summary {
    width: max-content;
    cursor: pointer;
  }
  .reasoning div {
    max-height: calc(12 * var(--baton-rem));
    margin-top: calc(0.25 * var(--baton-rem));
    padding-inline-start: calc(0.875 * var(--baton-rem));
    border-inline-start: 3px solid var(--line);
    overflow: auto;
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .note.bad {
    color: var(--bad);
  }
  .action {
    display: grid;
    place-items: center;
    width: calc(1.875 * var(--baton-rem));
    height: calc(1.875 * var(--baton-rem));
    padding: 0;
    background: none;
    border: 0;
    border-radius: calc(0.5 * var(--baton-rem));
    color: var(--faint);
  }
  .action svg {
    width: calc(1.0625 * var(--baton-rem));
    height: calc(1.0625 * var(--baton-rem));
    stroke-width: 1.5;
  }
  .action:hover {
    background: var(--sunken);
    color: var(--text);
  }
  .code-head .action:hover {
    background: var(--line);
  }
  .link {
    min-height: calc(1.75 * var(--baton-rem));
    padding: 0 calc(0.125 * var(--baton-rem));
    background: none;
    border: 0;
    border-radius: calc(0.25 * var(--baton-rem));
    color: var(--faint);
    font-size: calc(0.8125 * var(--baton-rem));
    text-decoration: underline;
    text-decoration-color: var(--line);
    text-underline-offset: 0.2em;
  }
  .link:hover {
    color: var(--text);
  }
  .assistant .foot > .action:first-of-type {
    margin-inline-start: calc(-0.375 * var(--baton-rem));
  }
  .assistant .foot > .action + .action {
    margin-inline-start: calc(-0.375 * var(--baton-rem));
  }
  .sources {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, calc(9.5 * var(--baton-rem))), 1fr));
    gap: calc(0.5 * var(--baton-rem));
    width: 100%;
    margin: calc(0.5 * var(--baton-rem)) 0;
    padding: 0;
    list-style: none;
    counter-reset: source;
  }
  .sources li {
    display: grid;
    counter-increment: source;
  }
  .sources li > * {
    display: grid;
    grid-template-columns: auto 1fr;
    align-content: start;
    gap: 0 calc(0.5 * var(--baton-rem));
    min-width: 0;
    padding: calc(0.5 * var(--baton-rem)) calc(0.625 * var(--baton-rem));
    background: var(--sunken);
    border: 1px solid transparent;
    border-radius: calc(0.625 * var(--baton-rem));
    line-height: 1.35;
    text-decoration: none;
    color: var(--text);
  }
  .sources li > *::before {
    grid-row: span 2;
    color: var(--faint);
    content: counter(source);
  }
  .sources a > * {
    min-width: 0;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .sources a > span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  .sources small {
    font-size: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  .sources a:hover {
    border-color: var(--accent);
  }

  .tail,
  .end {
    display: contents;
  }
  /* Nothing has come yet: three dots. Then the end of what has come. */
  .streaming .tail:empty::after {
    display: block;
    width: 2em;
    height: 1.55em;
    background: radial-gradient(circle closest-side, var(--faint) 95%, transparent) 0 / 33% 0.45em repeat-x;
    background-position-y: center;
    content: '';
  }
  .streaming .tail > :is(p, h3):last-child::after,
  .streaming .tail > :is(ul, ol):last-child > li:last-child:not(:has(p, ul, ol, pre))::after {
    display: inline-block;
    width: 0.5em;
    height: 1em;
    margin-inline-start: 0.15em;
    background: var(--accent);
    border-radius: 2px;
    content: '';
    vertical-align: -0.15em;
  }
  @media (prefers-reduced-motion: no-preference) {
    [data-state='connecting'] .dot,
    [data-state='reconnecting'] .dot,
    .activity > span,
    .activity summary,
    .streaming .tail:empty::after,
    .streaming .tail > :last-child::after,
    .streaming .tail > :last-child > li:last-child::after {
      animation: pulse 0.7s ease-in-out infinite alternate;
    }
  }
  @keyframes pulse {
    to {
      opacity: 0.25;
    }
  }

  .assistant .body > :first-child,
  :is(.tail, .end):first-child > :first-child {
    margin-top: 0;
  }
  .assistant .body > :last-child,
  .end > :last-child {
    margin-bottom: 0.25em;
  }
  .assistant .body :is(p, ul, ol, blockquote, table),
  .code {
    margin: 0.625em 0;
  }
  .body h3 {
    margin: 1.125em 0 0.375em;
    font-size: 1.0625em;
    line-height: 1.3;
  }
  .body [data-depth='1'] {
    font-size: 1.2em;
  }
  .body [data-depth='2'] {
    font-size: 1.125em;
  }
  .body :is(ul, ol) {
    padding-inline-start: calc(1.5 * var(--baton-rem));
  }
  .assistant .body li > :is(p, ul, ol) {
    margin: 0.25em 0;
  }
  .body li::marker {
    color: var(--faint);
  }
  .body a {
    color: var(--accent);
    text-underline-offset: 0.15em;
  }
  .body blockquote {
    padding-inline-start: calc(0.875 * var(--baton-rem));
    border-inline-start: 3px solid var(--line);
    color: var(--faint);
  }
  .body hr {
    margin: 1.25em 0;
    border: 0;
    border-top: 1px solid var(--line);
  }
  .body code {
    padding: 0.1em 0.35em;
    background: var(--sunken);
    border-radius: 0.3em;
    font: 0.875em / 1.5 var(--mono);
  }
  .code {
    background: var(--sunken);
    border: 1px solid var(--line);
    border-radius: calc(0.75 * var(--baton-rem));
    overflow: clip;
  }
  .code-head {
    display: flex;
    justify-content: space-between;
    align-items: center;
    padding: calc(0.125 * var(--baton-rem)) calc(0.5 * var(--baton-rem)) 0 calc(0.875 * var(--baton-rem));
    font-size: calc(0.75 * var(--baton-rem));
    color: var(--faint);
  }
  .code pre,
  .body table {
    --shade: light-dark(rgb(0 0 0 / 16%), rgb(0 0 0 / 60%));
    background:
      linear-gradient(to right, var(--under) 40%, transparent) 0 0 / 2.5em 100% no-repeat local,
      linear-gradient(to left, var(--under) 40%, transparent) 100% 0 / 2.5em 100% no-repeat local,
      linear-gradient(to right, var(--shade), transparent) 0 0 / 0.75em 100% no-repeat,
      linear-gradient(to left, var(--shade), transparent) 100% 0 / 0.75em 100% no-repeat;
  }
  .code pre {
    --under: var(--sunken);
    margin: 0;
    padding: calc(0.25 * var(--baton-rem)) calc(0.875 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    overflow-x: auto;
    overflow-wrap: normal;
    scrollbar-width: thin;
    outline-offset: -2px;
  }
  .code pre code {
    padding: 0;
    background: none;
  }
  .body table {
    --under: var(--ground);
    display: block;
    width: max-content;
    max-width: 100%;
    border-collapse: collapse;
    font-size: 0.9375em;
    overflow-x: auto;
    overflow-wrap: normal;
  }
  .body :is(th, td) {
    padding: calc(0.375 * var(--baton-rem)) calc(0.75 * var(--baton-rem));
    border-bottom: 1px solid var(--line);
    text-align: start;
  }
  .body [align='center'] {
    text-align: center;
  }
  .body [align='right'] {
    text-align: right;
  }
  .body [align='left'] {
    text-align: left;
  }
  .body th {
    white-space: nowrap;
  }

  .hljs-comment,
  .hljs-quote,
  .hljs-meta {
    color: var(--faint);
  }
  .hljs-keyword,
  .hljs-selector-tag,
  .hljs-name,
  .hljs-section,
  .hljs-deletion {
    color: light-dark(#a3195b, #ff9ecb);
  }
  .hljs-string,
  .hljs-regexp,
  .hljs-addition,
  .hljs-attr {
    color: light-dark(#166534, #86efac);
  }
  .hljs-number,
  .hljs-literal,
  .hljs-symbol,
  .hljs-attribute {
    color: light-dark(#9a3412, #fdba74);
  }
  .hljs-title,
  .hljs-built_in,
  .hljs-type,
  .hljs-selector-class,
  .hljs-selector-id {
    color: light-dark(#1e4fa3, #93c5fd);
  }
  @media print {
    .message.far {
      content-visibility: visible;
    }
    .foot .link,
    .action {
      display: none;
    }
    .body[data-folded] {
      max-height: none;
      mask-image: none;
    }
    .code pre,
    .body table {
      overflow: visible;
      white-space: pre-wrap;
    }
    .body table {
      max-width: none;
      white-space: normal;
    }
  }
  @media (forced-colors: active) {
    .user .body {
      border: 1px solid;
    }
  }
`;var hi=["lang","assistant","feedback"],ui=["server","userId","token","storage"],En=class extends yt{static styles=[gt,wn,xn,kn];static properties={lazy:{type:Boolean},closable:{type:Boolean}};#e=null;#t=()=>{};#n=()=>{};#s=()=>this.#c?.showAll();#r=()=>this.#p.settle();#i=te;#c=null;#l=null;#o=Oe([],nt);#d=null;#h="";#a=null;#u=new be(()=>this.requestUpdate(),()=>this.#o.strings);#p=new xe(this);#m=new me(()=>this.requestUpdate(),e=>this.#u.fail(e));#w=new Ee(()=>this.requestUpdate());#g=new we(()=>this.requestUpdate());#v={dismiss:()=>this.dispatchEvent(new CustomEvent("baton-dismiss")),begin:()=>{this.#p.close(),this.newConversation(),this.focusGently()},jump:()=>{this.#l?.jumpToEnd(),this.focusGently()},stop:()=>this.#u.attempt(this.stop()),reach:()=>this.connect(),said:({detail:e})=>this.#u.say(e),list:()=>{this.#N()},ask:e=>{this.send(e).catch(()=>{}),this.focusGently()},submit:e=>this.#I(e),attach:e=>{e!=null&&this.onattach!==null&&this.#m.add(e,this.onattach)},typed:()=>this.#M()};constructor(){super(),this.lazy=!1,this.closable=!1,it(this,"Escape")}get state(){return this.#e?.state??te}get client(){return this.#e}connect(){this.#e?.open().catch(()=>{})}async send(e){return this.#b(e,[])}async#b(e,t){if(await this.updateComplete,this.#e===null)throw new d("closed","the chat is not on the page");this.connect();let s=t.length===0?this.metadata:{...this.metadata,attachments:t},i=this.#e.send(nn(e,t),s??void 0);return this.#l?.jumpToEnd(),(await i).message}async stop(){await this.#e?.stop()}async regenerate(){await this.#e?.regenerate()}newConversation(){this.switchTo(null)}switchTo(e){this.#e?.switchTo(e),this.connect(),this.#l?.jumpToEnd()}async transcript(e="markdown"){let{transcriptOf:t}=await N(()=>import("./transcript-3XMA3XIZ.js"));for(;(this.state.messages[0]?.seq??1)>1&&await this.#e?.history(););return t(this.state.messages,e,this.#o)}async saveTranscript(){let e=`${this.#o.strings.conversation}.md`,t=async()=>(await import("./transcript-3XMA3XIZ.js")).saveText(e,await this.transcript());await this.#u.attempt(t())}suggest(e){this.#d={questions:e,after:this.state.messages.at(-1)?.id},this.requestUpdate()}prefill(e){let t=this.#f;t!==null&&(t.value=e,this.#M(),this.focus())}focus(e){this.#f?.focus({preventScroll:!0,...e})}focusGently(){matchMedia("(hover: hover)").matches?this.focus():this.#y(".scroller").focus({preventScroll:!0})}connectedCallback(){super.connectedCallback();let{display:e}=getComputedStyle(this);e==="inline"&&(this.style.cssText+="; display: block; height: calc(32 * var(--baton-rem))"),this.#n=rt(()=>this.#S()),addEventListener("beforeprint",this.#s),addEventListener("pagehide",this.#r),this.hasUpdated&&(this.#S(),this.#T())}disconnectedCallback(){super.disconnectedCallback(),this.#n(),removeEventListener("beforeprint",this.#s),removeEventListener("pagehide",this.#r),this.#p.settle(),this.#_(),this.#c?.stop(),this.#l?.stop()}willUpdate(){this.hasUpdated||(this.#o=this.#E())}updated(e){this.#c===null?(this.#C(),tn()?.then(()=>this.#C())):hi.some(t=>e.has(t))&&this.#S(),this.#O(),ui.some(t=>e.has(t))&&this.#T()}render(){let{state:e,heading:t,assistant:s,avatar:i,starters:r,closable:o}=this,a={state:e,heading:t,assistant:s,avatar:i,closable:o,questions:an(e,r,this.#d),locale:this.#o,problem:this.#u.problem,said:this.#u.said,unreachable:this.#w.isLate,loadingOlder:this.#g.isLoading,following:this.#l?.following??!0,hasDraft:this.#k,files:this.onattach===null?null:this.#m.render(this.#o.strings),hasPast:this.#p.hasAny||this.#p.isOpen,past:this.#p.render(this.#o)};return cn(a,this.#v)}get#k(){let e=(this.#f?.value??"").trim()==="";return this.#m.isReady&&!(e&&this.#m.isEmpty)}get#x(){return!document.hidden&&this.checkVisibility()}get#f(){return this.shadowRoot?.querySelector("textarea")??null}#y(e){let t=this.renderRoot.querySelector(e);if(t===null)throw new Error(`the chat has no ${e}`);return t}#E(){let e=Oe(this.languages,nt);return{...e,strings:{...e.strings,...this.assistant!==null&&{assistant:this.assistant}}}}#S(){this.#o=this.#E(),this.hasUpdated&&this.#C(),this.requestUpdate()}#C(){this.#c?.stop(),this.#l?.stop();let e=this.#y(".scroller");this.#l=new Se(e,this.#y(".content"),()=>this.requestUpdate()),this.#c=new ve(this.#y(".log"),e,this.#o,{regenerate:()=>this.#u.attempt(this.regenerate()),goOn:()=>this.#u.attempt(this.send(this.#o.strings.goOn)),retry:t=>this.#e?.retry(t),discard:t=>this.#e?.discard(t),rate:this.feedback?(t,s)=>this.#A("baton-feedback",{message:t,rating:s}):null}),this.#h="",this.#O(),e.onscroll=()=>this.#g.look(e,this.state,this.#e),this.#c.show(this.state)}#O(){let{strings:e}=this.#o,t=this.greeting??e.greeting;t!==this.#h&&(this.#h=t,pe(this.#y(".greeting"),e).finish(t))}#T(){this.#_(),this.#p.begin();let{server:e,userId:t,token:s,storage:i}=this,r=new K({url:e,storage:i,...t!==null&&{userId:t,resume:"latest"},...s!==null&&{token:s}});this.#e=r,this.#i=r.state,this.#t=r.subscribe(o=>this.#L(o)),(!this.lazy||r.hasStored)&&this.connect(),this.#R()}#_(){this.#t(),this.#e?.close(),this.#e=null,this.#w.watch(te),this.#a?.(),this.#a=null}#L(e){let t=this.#i;this.#i=e,this.#w.watch(e),this.#p.changed(t,e),this.#a??=vn(()=>this.#R()),e.session?.id!==t.session?.id&&this.#g.begin();for(let s of rn(t,e))this.#A("baton-message",{message:s}),this.sound&&s.role==="assistant"&&!this.#x&&import("./chime-H3DQUNJB.js").then(({chime:i})=>i());on(t,e)&&this.#A("baton-state",{state:e})}#R(){this.#a=null;let e=this.shadowRoot?.activeElement??null;this.#c?.show(this.state),this.requestUpdate(),e!==null&&this.updateComplete.then(()=>this.#P(e))}#P(e){(!e.isConnected||!e.checkVisibility())&&this.focusGently()}#A(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}async listChanged(){this.requestUpdate(),await this.updateComplete;let e=this.renderRoot.querySelector(".naming");e!==null?e.focus():this.shadowRoot?.activeElement==null&&this.#y(".list").focus()}async#N(){await this.#u.attempt(this.#p.toggle()),await this.updateComplete,this.#p.isOpen?matchMedia("(hover: hover)").matches?this.#y(".search").focus():this.#y(".list").focus():this.focusGently()}#I(e){e.preventDefault();let t=this.#f;t===null||!this.#k||(this.#b(t.value,this.#m.take()).catch(()=>{}),t.value="",this.#M(),t.focus())}#M(){let e=this.#f;e!==null&&!CSS.supports("field-sizing","content")&&(e.style.height="auto",e.style.height=`${e.scrollHeight}px`),this.requestUpdate()}};export{En as BatonChat};
//# sourceMappingURL=chat-element-M5KPIZA5.js.map
