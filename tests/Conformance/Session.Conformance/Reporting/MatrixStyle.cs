namespace ServerSessions.Conformance;

/// <summary>The style of the page with the matrix.</summary>
internal static class MatrixStyle
{
    // On a phone and on paper a row is a block: the case, its rule, then a pair of name and sign for each store.
    public const string Css = """
        :root {
          color-scheme: light; --line: #8886; --paper: #fff; --ink: #1a1a1a;
          --good: #1a7f37; --bad: #c0202b; --odd: #8a5a00; --none: #666;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root { color-scheme: dark; --good: #3fb950; --bad: #ff7b72; --odd: #d29922; --none: #9a9a9a; --ink: #eee; --paper: #161616; }
        }
        * { box-sizing: border-box; }
        body { font: 1rem/1.45 system-ui, sans-serif; margin: 1rem; overflow-wrap: break-word; }
        body { background: var(--paper); color: var(--ink); }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 0 0 .25rem; }
        p { margin: .25rem 0 .5rem; } ul { margin: .25rem 0 .75rem; padding-left: 1.25rem; } li { margin-bottom: .25rem; }
        .stores { display: grid; gap: 1rem; align-items: start; }
        .stores { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
        .stores section { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; min-width: 0; }
        .levels { list-style: none; padding: 0; }
        summary { min-height: 2.75rem; padding: .6rem 0; cursor: pointer; }
        label { display: inline-flex; align-items: center; gap: .6rem; min-height: 2.75rem; }
        #all { flex: none; width: 1.4rem; height: 1.4rem; }
        body:not(:has(#all:checked)) tr.same { display: none; }
        table { border-collapse: collapse; }
        th, td { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; }
        tbody th { white-space: nowrap; font-variant-numeric: tabular-nums; }
        .cell { text-align: center; white-space: nowrap; }
        .good { color: var(--good); }
        .bad { color: var(--bad); font-weight: bold; } .odd { color: var(--odd); } .none { color: var(--none); }
        @media screen and (min-width: 48.001rem) {
          .grid { overflow: auto; max-height: 90vh; }
          thead th { position: sticky; top: 0; z-index: 1; background: var(--paper); }
          tr > :first-child { position: sticky; left: 0; background: var(--paper); }
          thead tr > :first-child { z-index: 2; }
        }
        @media print, screen and (max-width: 48rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
          table, tbody { display: block; }
          tr { display: flex; flex-wrap: wrap; gap: .1rem .9rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
          th, td { border: 0; padding: 0; min-width: 0; overflow-wrap: anywhere; }
          .rule { flex-basis: 100%; }
          .cell { white-space: normal; }
          .cell::before { content: attr(data-store) " "; color: var(--ink); font-weight: normal; }
          .cell:empty { display: none; }
        }
        """;
}
