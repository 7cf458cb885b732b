var o=null,l=null;function u(r){o=r}function n(){return o!==null&&(l??=o()),l}export{u as a,n as b};
//# sourceMappingURL=chunk-XISKKZQN.js.map
