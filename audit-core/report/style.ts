/** The page's style: system fonts, editor colours where the page is shown in an editor, print rules. */
export const style = `
:root{--ink:#1d2330;--soft:#5b6475;--line:#d9dee7;--paper:#fff;--card:#f6f8fb;--a:#0b62c4;--b:#b4541a;--bad:#b3261e;--good:#1a7f4b;--band:#0b62c426}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaf0;--soft:#a3acbd;--line:#3a4150;--paper:#171a21;--card:#1f242e;--a:#6cb0ff;--b:#f0a06a;--bad:#ff8a80;--good:#6fd6a0;--band:#6cb0ff2e}}
body.vscode-light{--ink:var(--vscode-editor-foreground);--paper:var(--vscode-editor-background)}
body.vscode-dark,body.vscode-high-contrast{--ink:var(--vscode-editor-foreground);--paper:var(--vscode-editor-background);--soft:#a3acbd;--line:#3a4150;--card:#8881;--a:#6cb0ff;--b:#f0a06a;--bad:#ff8a80;--good:#6fd6a0;--band:#6cb0ff2e}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:960px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:1.7rem;line-height:1.2;margin:.3rem 0;overflow-wrap:anywhere}
h2{font-size:1.12rem;margin:2.2rem 0 .6rem}
.meta,.note{color:var(--soft);font-size:.875rem}
.plain{max-width:46rem;font-size:1.03rem}.plain h2{margin:1.5rem 0 .3rem}.plain p{margin:.35rem 0}.part{border-top:2px solid var(--line);padding-top:1.4rem;margin-top:2.6rem;font-size:1.35rem}
.sentence{border-left:3px solid var(--a);padding:.2rem 0 .2rem .9rem;max-width:46rem}
.badge{display:inline-block;margin:0;padding:.15rem .7rem;border-radius:99px;font-weight:600;font-size:.85rem;border:1px solid currentColor}
.leaks,.exposed,.contradicted,.stopped{color:var(--bad)}.quiet{color:var(--good)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.4rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.n{white-space:normal}
tr.failed td{color:var(--bad);font-weight:600}
.figures{display:grid;grid-template-columns:1fr;gap:1.2rem;margin-top:2rem}
figure{margin:0;background:var(--card);border-radius:10px;padding:14px}
figcaption{font-weight:600;margin-bottom:6px}
svg{display:block;width:100%;height:auto}
.grid{stroke:var(--line)}.axis{stroke:var(--soft)}
.tick{fill:var(--soft);font-size:12px}.label{fill:var(--ink);font-size:13px}
.line{stroke-width:2.2;stroke:var(--a)}.s0{stroke:var(--a)}.s1{stroke:var(--b)}.k1{stroke:var(--b);stroke-width:9}.k0{stroke:var(--a);stroke-width:9}
.chance{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:5 4}
.other{stroke:var(--soft);stroke-width:1;opacity:.6}
.band{fill:var(--band)}.null-band{fill:var(--soft);opacity:.18}.name{fill:var(--soft);font-size:10px}
.ci{stroke:var(--a);stroke-width:2}.point{fill:var(--a)}.ci.person,.point.person{stroke:var(--b)}.point.person{fill:var(--b)}.bar{opacity:.55}.b0{fill:var(--a)}.b1{fill:var(--b)}
.whisker{stroke:var(--ink);stroke-width:1.5}.dot{fill:var(--ink)}
ul{padding-left:1.2rem;max-width:46rem}li{margin:.3rem 0}
blockquote{margin:0;padding:.8rem 1rem;background:var(--card);border-radius:8px;max-width:46rem}
@page{margin:14mm}
@media print{:root{--ink:#000;--paper:#fff;--card:#fff;--soft:#444;--line:#bbb;--a:#0b62c4;--b:#b4541a;--bad:#b3261e;--good:#1a7f4b;--band:#0b62c426}body{font-size:13px}.plain{font-size:13px;max-width:none}.plain h2{margin:.9rem 0 .2rem}main{max-width:none;padding:0}figure,tr,.plain>section{break-inside:avoid}.part{break-before:page;border:0}h2{break-after:avoid}.line.s0,.k0{stroke:#0b62c4}.scroll{overflow:visible}}
`.trim();
