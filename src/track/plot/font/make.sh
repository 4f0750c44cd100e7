#!/bin/sh
# Makes inter-regular.otf and inter-semibold.otf from Debian's package fonts-inter (4.0~beta7+ds-1).
# Needs Python with fonttools. Digits are the tabular ones, so that columns of numbers stand still.
set -eu
src=${1:-/usr/share/fonts/opentype/inter}
out=${2:-$(dirname "$0")}
for weight in Regular SemiBold; do
  to=inter-$(echo "$weight" | tr 'A-Z' 'a-z').otf
  python3 - "$src/Inter-$weight.otf" "$out/full.otf" <<'PY'
import sys
from fontTools.ttLib import TTFont
font = TTFont(sys.argv[1])
gsub = font["GSUB"].table
swap = {}
for record in gsub.FeatureList.FeatureRecord:
    if record.FeatureTag == "tnum":
        for index in record.Feature.LookupListIndex:
            for sub in gsub.LookupList.Lookup[index].SubTable:
                swap.update(getattr(sub, "ExtSubTable", sub).mapping)
for table in font["cmap"].tables:
    if table.isUnicode():
        for code in list(range(0x30, 0x3A)) + [0x2B, 0x2D, 0x2E, 0x2212]:
            if code in table.cmap:
                table.cmap[code] = swap.get(table.cmap[code], table.cmap[code])
font.save(sys.argv[2])
PY
  pyftsubset "$out/full.otf" --output-file="$out/$to" --layout-features=mark --no-hinting \
    --drop-tables+=DSIG,STAT,meta --name-IDs=1,2,3,4,6,13,14,16,17 \
    --unicodes=U+20-7E,U+A0-17F,U+391-3A9,U+3B1-3C9,U+2010-2014,U+2018-201E,U+2022,U+2026,U+2032,U+2070-2079,U+207A-207B,U+20AC,U+2190-2193,U+2206,U+2212,U+221E,U+2248,U+2260,U+2264-2265,U+25B2,U+25BC,U+25CF
  rm "$out/full.otf"
done
