#!/bin/sh
# Makes the files in this folder again from the program itself. A test fails when they are not current.
set -eu
cd "$(dirname "$0")/.."
cargo build --locked
mls=${CARGO_TARGET_DIR:-target}/debug/mls
for shell in bash elvish fish powershell zsh; do
    "$mls" completions "$shell" > "completions/mls.$shell"
done
rm -rf completions/man
"$mls" man completions/man
