/** Two quiet notes. Browsers play them only where the visitor has touched the page before. */
export function chime(): void {
  const audio = new AudioContext()
  const volume = new GainNode(audio, { gain: 0.06 })
  volume.connect(audio.destination)
  ;[660, 880].forEach((frequency, place) => {
    const note = new OscillatorNode(audio, { frequency })
    note.connect(volume)
    note.start(audio.currentTime + place * 0.12)
    note.stop(audio.currentTime + place * 0.12 + 0.1)
    if (place === 1) note.onended = () => audio.close()
  })
}
