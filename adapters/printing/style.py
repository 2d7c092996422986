"""How a printed document looks: A4 and US Letter alike, black on white, nothing clipped."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
@page {
  margin: 10mm 13mm 13mm;
  @bottom-left { content: "FOOT"; font: 8pt Arial, sans-serif; width: 80%; }
  @bottom-right {
    content: "page " counter(page) " of " counter(pages); font: 8pt Arial, sans-serif;
  }
}
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body {
  font: 8.8pt/1.2 "Helvetica Neue", Arial, "Liberation Sans", sans-serif;
  margin: 0; overflow-wrap: anywhere;
}
@media screen { body { margin: 0 auto; max-width: 188mm; padding: 10mm 4mm; } }
header { border-bottom: 1.5pt solid #000; padding-bottom: 1.6mm; margin-bottom: 2.6mm; }
header p { margin: 0.4mm 0 0; }
header dl, dl.wide { columns: 1; }
dl.wide + dl.wide { margin-top: 2mm; }
header dt { flex-basis: 23mm; }
header .state { font-size: 10pt; font-weight: bold; margin-top: 1mm; }
header .kind { font-weight: bold; letter-spacing: 0.06em; text-transform: uppercase;
  font-size: 8pt; }
h1 { font-size: 15pt; line-height: 1.15; margin: 0.6mm 0 0.8mm; }
h2 { font-size: 10pt; line-height: 1.2; margin: 0 0 0.6mm; break-after: avoid; }
section { margin: 0 0 2mm; break-inside: avoid; }
section.framed, section.long, section:last-of-type { break-inside: auto; }
section.framed { border: 1.5pt solid #000; padding: 2mm 2.4mm 1.6mm; }
section.framed table { margin-bottom: 0; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; font-size: 8.2pt; }
thead { display: table-header-group; }
th { text-align: left; overflow-wrap: normal; font-size: 8pt; font-weight: bold;
  padding: 0 1.6mm 0.4mm 0;
  border-bottom: 0.75pt solid #000; vertical-align: bottom; }
td { padding: 0.35mm 1.6mm 0.35mm 0; vertical-align: top; border-bottom: 0.4pt solid #999;
  unicode-bidi: isolate; }
tr { break-inside: avoid; }
tbody tr:nth-child(2), tbody tr:nth-last-child(-n+2) { break-before: avoid; }
tr:last-child td { border-bottom: 0; }
time { white-space: nowrap; }
td small { display: block; font-size: 7.8pt; line-height: 1.2; }
dl { columns: 2; column-gap: 6mm; margin: 0; }
dl div { display: flex; break-inside: avoid; padding: 0.25mm 0; }
dt { flex: 0 0 33mm; color: #333; }
dd { margin: 0; flex: 1 1 0; min-width: 0; unicode-bidi: isolate; }
ul { margin: 0 0 0.6mm; padding-left: 4mm; font-size: 8.2pt; }
li { margin: 0 0 0.2mm; unicode-bidi: isolate; }
p { margin: 0 0 0.8mm; orphans: 2; widows: 2; unicode-bidi: isolate; }
h2 + p { break-after: avoid; }
.small { font-size: 7.8pt; line-height: 1.28; }
table + table, table + dl, dl + table, dl + p, table + p, p + table { margin-top: 1.2mm; }
"""
"""Colours and fonts are those of any computer; `FOOT` is the running foot, escaped."""

OF_PAGES: Final = ' " of " counter(pages)'

SHEET: Final = """
@page sheet {
  counter-increment: page 0;
  @bottom-left { content: "FOOT"; }
  @bottom-right { content: "not part of the letter"; }
}
article.sheet { page: sheet; break-after: page; }
@media screen { article.sheet { border-bottom: 1pt dashed #000; margin-bottom: 10mm; } }
"""
"""A first page that is no part of the document: for the one who sends it."""
