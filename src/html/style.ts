// The one style sheet of all pages: what a tone and a kind of mark look like, by day, by night and on
// paper. Colours are those of Okabe and Ito, which the colour-blind tell apart; none of them says anything alone.

export const STYLE = `
:root{color-scheme:light dark;
--bg:#fff;--card:#f6f7f9;--ink:#1b1f24;--quiet:#5a6472;--rule:#d9dde3;--link:#0b5cad;
--good:#0a6b4d;--note:#0b5cad;--warn:#8a4b00;--bad:#b3261e;
--initiator:#0072b2;--target:#d55e00;--both:#009e73;--tcp:#9a4d7c;--heat:#0b5cad;--ground:#e4e7ec;
--critical-bg:#fdecea;--warning-bg:#fdf3e3;--note-bg:#eaf2fb;--good-bg:#e8f5f0}
@media (prefers-color-scheme:dark){:root{
--bg:#14171b;--card:#1d2127;--ink:#e4e7eb;--quiet:#a0a9b5;--rule:#343a43;--link:#7cb7f5;
--good:#58c9a3;--note:#7cb7f5;--warn:#f0b35a;--bad:#ff8a80;
--initiator:#56b4e9;--target:#e69f00;--both:#2fc79a;--tcp:#d79ac0;--heat:#7cb7f5;--ground:#2a3038;
--critical-bg:#3a1f1e;--warning-bg:#35290f;--note-bg:#182a3d;--good-bg:#14302a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
a{color:var(--link)}
.page{display:grid;grid-template-columns:minmax(0,1fr);max-width:1320px;margin:0 auto;padding:0 1.25rem 4rem}
header.top{padding:1.75rem 0 .5rem}
header.top .kind{margin:0;color:var(--quiet);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.15rem 0 .25rem;font-size:1.7rem;line-height:1.25;font-weight:650;overflow-wrap:anywhere}
header.top .sub{margin:0;color:var(--quiet)}
nav.toc{margin:1rem 0}
nav.toc summary{cursor:pointer;color:var(--quiet);font-weight:600}
nav.toc ol{margin:.5rem 0 0;padding:0;list-style:none;columns:2 11rem;column-gap:1.5rem}
nav.toc li{margin:.15rem 0;break-inside:avoid}
nav.toc a{text-decoration:none}
nav.toc a:hover,nav.toc a:focus{text-decoration:underline}
section{margin:2.4rem 0 0;min-width:0}
h2{margin:0 0 .8rem;padding-bottom:.35rem;border-bottom:1px solid var(--rule);font-size:1.25rem;font-weight:650}
h3{margin:1.5rem 0 .5rem;font-size:1.02rem;font-weight:650;overflow-wrap:anywhere}
h3 small,h2 small{font-weight:400;color:var(--quiet);font-size:.87em}
p{margin:.4rem 0}
.prose{max-width:46rem}
.flow{display:grid;grid-template-columns:5.6rem minmax(0,1fr);gap:.1rem .75rem;margin:.22rem 0}
.flow.nested{margin-left:1rem}
.label{color:var(--quiet);overflow-wrap:anywhere}
.items,.line,.prose,td{overflow-wrap:anywhere}
.dot{color:var(--quiet)}
.t-strong,.strong{font-weight:600}.t-title{font-weight:650}.t-quiet,.quiet{color:var(--quiet)}
.t-good{color:var(--good)}.t-note{color:var(--note)}.t-warn{color:var(--warn)}.t-bad{color:var(--bad);font-weight:600}
.scroll,.chart{overflow-x:auto;max-width:100%;-webkit-overflow-scrolling:touch}
.scroll:focus,.chart:focus{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:.87rem;font-variant-numeric:tabular-nums;margin:.3rem 0 .6rem}
th{color:var(--quiet);font-weight:600;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
th,td{padding:.28rem .9rem .28rem 0;vertical-align:top}
td{white-space:nowrap;border-bottom:1px solid color-mix(in srgb,var(--rule) 45%,transparent)}
td.w{white-space:normal;min-width:18rem;max-width:30rem}
.r{text-align:right}
.verdict{margin:1.1rem 0 0;padding:.9rem 1.1rem;border-left:5px solid var(--good);background:var(--good-bg);border-radius:.3rem}
.verdict.critical,.incident.critical{border-color:var(--bad)}.verdict.critical{background:var(--critical-bg)}
.verdict.warning,.incident.warning{border-color:var(--warn)}.verdict.warning{background:var(--warning-bg)}
.verdict.note,.incident.note{border-color:var(--note)}.verdict.note{background:var(--note-bg)}
.verdict p{margin:.1rem 0;display:grid;grid-template-columns:4.8rem minmax(0,1fr);gap:.6rem}
.verdict p.whole{display:block}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.3rem,1fr));gap:.6rem;margin:1.1rem 0 0}
.tile{background:var(--card);border-radius:.35rem;padding:.55rem .8rem}
.tile b{display:block;font-size:1.22rem;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--quiet);font-size:.82rem}
.incident,.card{margin:1.1rem 0 0;padding:.9rem 1.1rem 1rem;background:var(--card);border-left:5px solid var(--rule);border-radius:.3rem;min-width:0}
.incident h3,.card h3{margin:.1rem 0 .35rem}
.badge{display:inline-block;margin-right:.5rem;padding:.02rem .5rem;border-radius:.25rem;border:1px solid currentColor;font-size:.78rem;font-weight:650;vertical-align:.08em;white-space:nowrap}
.badge.critical{color:var(--bad)}.badge.warning{color:var(--warn)}.badge.note{color:var(--note)}.badge.good{color:var(--good)}
.next{margin:.5rem 0;padding-left:.8rem;border-left:3px solid var(--note)}
.fact{color:var(--quiet);font-size:.92rem}
details{margin:.6rem 0 0}
.card:not([open]){padding:.45rem 1.1rem;margin-top:.45rem}
details>summary{cursor:pointer;font-weight:600;overflow-wrap:anywhere}
details>summary .quiet{font-weight:400}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.6rem 1.5rem;max-width:60rem}
.chart{margin:.5rem 0}
.chart svg{display:block;width:100%;min-width:700px;max-width:960px;height:auto}
.chart.part svg{min-width:300px;max-width:470px}
.legend{list-style:none;margin:.2rem 0 .4rem;padding:0;font-size:.9rem;font-variant-numeric:tabular-nums}
.legend.in-line li{display:inline-block;margin-right:1.3rem}
.key{display:inline-block;width:.8rem;height:.8rem;margin-right:.5rem;border-radius:.15rem;vertical-align:-.08em}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .ax{font-size:11px;fill:var(--quiet)}svg .det{font-size:12px}
svg .end{text-anchor:end}svg .mid{text-anchor:middle}svg text.strong{font-weight:600}
svg .quiet{fill:var(--quiet)}svg .t-warn{fill:var(--warn)}svg .t-bad{fill:var(--bad);font-weight:600}svg .t-good{fill:var(--good)}
svg .t-note{fill:var(--note)}svg .t-quiet{fill:var(--quiet)}svg .t-strong{font-weight:600}
svg .halo{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round;fill:var(--ink)}
.incident svg .halo{stroke:var(--card)}
.grid{stroke:var(--rule);stroke-width:.6}.base{stroke:var(--quiet);stroke-width:1}.lane{stroke:var(--rule);stroke-width:2}
.mark{stroke:var(--target);stroke-width:1.3;stroke-dasharray:4 3}
.w-initiator,.w-target{fill:none;stroke-width:1.6}.w-initiator{stroke:var(--initiator)}.w-target{stroke:var(--target)}
.p-initiator{fill:var(--initiator)}.p-target{fill:var(--target)}.p-both{fill:var(--both)}
.k-initiator{background:var(--initiator)}.k-target{background:var(--target)}.k-both{background:var(--both)}
.c-bar,.c-iops{fill:var(--initiator)}.c-read{fill:var(--both)}.c-write{fill:var(--tcp)}.c-slow{fill:var(--target)}.c-depth{fill:var(--quiet)}
.heat{fill:var(--heat)}.ground{fill:var(--ground)}
.s-critical{fill:var(--bad)}.s-warning{fill:var(--warn)}.s-note{fill:var(--note)}
footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--rule);color:var(--quiet);font-size:.87rem}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
@media (min-width:1180px){
.page{grid-template-columns:13.5rem minmax(0,1fr);column-gap:2.5rem}
header.top{grid-column:2}main{grid-column:2}
nav.toc{grid-column:1;grid-row:1/span 2;position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;margin:0;padding:2.1rem 0 1rem}
nav.toc summary{list-style:none;cursor:default}nav.toc summary::-webkit-details-marker{display:none}
nav.toc ol{columns:1}}
@media (min-width:1700px){.page{max-width:1640px}.chart svg{max-width:1100px}.chart.part svg{max-width:520px}.charts{max-width:68rem}}
@media (max-width:600px){body{font-size:14.5px}.page{padding:0 .9rem 3rem}h1{font-size:1.3rem}
.flow{grid-template-columns:4.6rem minmax(0,1fr)}.flow.nested{margin-left:0}
.verdict p{grid-template-columns:minmax(0,1fr);gap:0}.incident,.card{padding:.7rem .8rem .8rem}}
@media print{:root{color-scheme:light;--bg:#fff;--card:#fff;--ink:#000;--quiet:#444;--rule:#bbb;--link:#000;
--good:#0a6b4d;--note:#0b5cad;--warn:#8a4b00;--bad:#b3261e;--initiator:#0072b2;--target:#d55e00;--both:#009e73;--tcp:#9a4d7c;--heat:#0b5cad;--ground:#e4e7ec;
--critical-bg:#fff;--warning-bg:#fff;--note-bg:#fff;--good-bg:#fff}
@page{margin:14mm 12mm}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:9.5pt}.page{display:block;max-width:none;padding:0}nav.toc{display:none}
section{margin-top:1.4rem}h2,h3{break-after:avoid}.tile,.incident>h3,tr,.chart{break-inside:avoid}
.scroll,.chart{overflow:visible}table{font-size:7.5pt}th,td{padding-right:.5rem}.chart svg,.chart.part svg{min-width:0}
details::details-content{content-visibility:visible;height:auto}details>summary{list-style:none}
.verdict,.incident,.card,.tile{border:1px solid var(--rule);border-left-width:5px}.tile{border-left-width:1px}}
`;
