#!/bin/sh
# Checks the products and makes the page: make-page.sh SOURCE DESTINATION
set -eu
source=$1 destination=$2
mkdir -p "$destination"

awk -F '\t' '
  NR > 1 && (NF != 3 || $3 !~ /^[0-9]+\.[0-9][0-9]$/) { print "products.tsv:" NR ": expected name, text, price" > "/dev/stderr"; bad = 1 }
  NR > 1 { printf "      <article><h2>%s</h2><p>%s</p><b>$%s</b></article>\n", $1, $2, $3 }
  END { exit bad }
' "$source/products.tsv" > "$destination/products.html"

sed -e "/@PRODUCTS@/{r $destination/products.html
d
}" -e "s/@BUILT_ON@/$(uname -m)/" "$source/layout.html" > "$destination/home.html"
rm "$destination/products.html"
cp "$source/style.css" "$destination/style.css"
