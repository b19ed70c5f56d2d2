/** A table of figures; the first column names the row. */
import type { ComponentChildren } from "preact";
import { useTexts } from "../texts/index.js";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Figures stand at the end of their cell. */
  readonly numeric?: boolean;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  readonly isActive?: (row: Row) => boolean;
}

export function DataTable<Row>({ caption, columns, rows, keyOf, isActive }: DataTableProps<Row>) {
  return (
    <div class="table-wrap" tabIndex={0} role="group" aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={column.numeric ? "end" : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-active={isActive?.(row)}>
              {columns.map((column, at) => {
                const attributes = { key: column.title, class: column.numeric ? "end" : undefined };
                return at === 0 ? (
                  <th {...attributes} scope="row">
                    {column.cell(row)}
                  </th>
                ) : (
                  <td {...attributes}>{column.cell(row)}</td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same figures as a chart's, for who cannot or does not want to read the picture. */
export function AsTable<Row>(props: DataTableProps<Row>) {
  const texts = useTexts();
  return (
    <details class="as-table">
      <summary>{texts.states.asTable}</summary>
      <DataTable {...props} />
    </details>
  );
}
