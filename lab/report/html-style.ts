/** Light and dark as the reader has it; contrast of text at least 4.5 : 1 in both. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f8f9, #101417); --paper: light-dark(#fff, #1b2125);
  --text: light-dark(#1b2125, #dfe6ea); --quiet: light-dark(#4d5b65, #a5b2bb);
  --line: light-dark(#d5dde1, #323d44); --accent: light-dark(#0c5363, #7cc4d4);
  --good: light-dark(#1b6e3c, #7fd6a0); --bad: light-dark(#a61b1b, #ff9b9b); --open: light-dark(#7a5200, #f0c36d);
  --control: light-dark(#4d5b65, #a5b2bb); --failure: light-dark(#b3261e, #ff8a80); --remedy: light-dark(#17677a, #6fc7da);
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
h1, h2, h3 { line-height: 1.2; margin: 0 0 .4rem } h2 { font-size: 1.25rem } h3 { font-size: 1rem; margin-top: 1rem }
header p, small, dt, caption { color: var(--quiet) } small { display: block; font-size: .8rem }
th small, li small { display: inline }
p { margin: .15rem 0; max-width: 60rem } a { color: var(--accent) }
article, section { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: 1rem 0 }
article { overflow-x: auto } article table { margin-top: .8rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: left; font-size: .85rem; padding-bottom: .3rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-top: 1px solid var(--line); font-weight: 400 }
thead th { color: var(--quiet); font-size: .85rem; border: 0 } tbody th { font-weight: 600 }
.badge { display: inline-block; font-size: .85rem; font-weight: 600; border: 1px solid currentColor; border-radius: 99px; padding: 0 .6rem; white-space: nowrap }
.passed, .met { color: var(--good) } .not-as-hypothesised, .failed, .not-met { color: var(--bad) } .inconclusive { color: var(--open) } .skipped { color: var(--quiet) }
i { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .35rem; background: var(--control) }
i.failure { background: var(--failure) } i.remedy { background: var(--remedy) }
svg line { stroke-width: 2; stroke: var(--control) } svg circle { fill: var(--control) } svg .axis { stroke: var(--line); stroke-width: 1 }
svg line.failure { stroke: var(--failure) } svg circle.failure { fill: var(--failure) }
svg line.remedy { stroke: var(--remedy) } svg circle.remedy { fill: var(--remedy) }
dl { margin: 1rem 0 0; font-size: .8rem } dl div { display: flex; gap: .6rem } dt { min-width: 6rem } dd { margin: 0; overflow-wrap: anywhere }
ul { margin: 0; padding-left: 1.2rem }
`
