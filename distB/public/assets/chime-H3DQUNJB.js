import"./chunk-MZZV7NDX.js";function i(){let e=new AudioContext,t=new GainNode(e,{gain:.06});t.connect(e.destination);for(let[o,c]of[660,880].entries()){let n=new OscillatorNode(e,{frequency:c});n.connect(t),n.start(e.currentTime+o*.12),n.stop(e.currentTime+o*.12+.1),o===1&&(n.onended=()=>e.close())}}export{i as chime};
//# sourceMappingURL=chime-H3DQUNJB.js.map
