/** Two quiet notes. Browsers play them only where the visitor has touched the page before. */
export function chime() {
    const audio = new AudioContext();
    const volume = new GainNode(audio, { gain: 0.06 });
    volume.connect(audio.destination);
    for (const [place, frequency] of [660, 880].entries()) {
        const note = new OscillatorNode(audio, { frequency });
        note.connect(volume);
        note.start(audio.currentTime + place * 0.12);
        note.stop(audio.currentTime + place * 0.12 + 0.1);
        if (place === 1)
            note.onended = () => audio.close();
    }
}
//# sourceMappingURL=chime.js.map