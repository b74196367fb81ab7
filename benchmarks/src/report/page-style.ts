/** The looks of the report's page, light or dark as the reader has it, from narrow to wide. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --back: #f4f6f8; --card: #ffffff; --line: #e3e7ec; --own: #e8f0fd; --good: #18794e; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7ecf3; --soft: #9aa6b6; --back: #0d1117; --card: #161b22; --line: #2b333e; --own: #1b2940; --good: #4cc38a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 16px; }
h1 { margin: 8px 0; font-size: 26px; } h2 { margin: 0 0 6px; font-size: 19px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px; margin: 16px 0; }
article { margin: 18px 0 26px; } article + article { border-top: 1px solid var(--line); padding-top: 14px; }
.soft { color: var(--soft); } .good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
svg.bars { display: block; width: 100%; max-width: 860px; height: auto; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; } th { color: var(--soft); font-weight: 600; }
th.text, td.text { text-align: left; white-space: normal; } tr.own td { background: var(--own); }
summary { cursor: pointer; color: var(--soft); margin: 8px 0; } p { margin: 4px 0 10px; }
@media (max-width: 560px) { main { padding: 8px; } section { padding: 10px; } .scroll { margin: 0 -4px; } }
`
