/** What a replica says to Prometheus. */
export class Scrape {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  static async of(url: string): Promise<Scrape> {
    return new Scrape(await (await fetch(`${url}/metrics`)).text())
  }

  /** The sum over the series of that name whose labels include these; NaN where there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
    const values = this.text.split('\n').flatMap((line) => {
      const [, own, inner = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      return own === name && wanted.every((pair) => inner.split(',').includes(pair)) ? [Number(value)] : []
    })
    return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value)
  }
}
