import type { ComponentChildren } from 'preact'

/** Table is a table with a title; where it is too wide it scrolls by itself, also with the arrow keys. The first
 * column names its row, the others from the given one on are numbers. */
export function Table({ title, head, rows, numbers, empty, children }: { title: string; head: string[]; rows: ComponentChildren[][]; numbers: number; empty?: string; children?: ComponentChildren }) {
  const align = (i: number) => (i >= numbers ? 'number' : undefined)
  return (
    <section class="usage-part">
      <div class="section-head">
        <h2>{title}</h2>
        {children}
      </div>
      {rows.length === 0 ? <p class="muted">{empty}</p> : <div class="table-box" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>{head.map((h, i) => <th key={h} scope="col" class={align(i)}>{h}</th>)}</tr>
          </thead>
          <tbody>
            {rows.map((cells, y) => (
              <tr key={y}>
                {cells.map((c, i) => (i === 0 ? <th key={i} scope="row">{c}</th> : <td key={i} class={align(i)}>{c}</td>))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>}
    </section>
  )
}
