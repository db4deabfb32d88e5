# Sourced by the commands beside it. Sets $root and $node: installs the npm packages when they are missing or not those of the lockfile,
# so that the Node 24 among them can run everything else.
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
node=$root/node_modules/.bin/node
installed=$root/node_modules/.installed-lockfile

for tool in git node npm; do
  command -v "$tool" >/dev/null || { echo "$(basename "$0"): $tool is needed and not on PATH" >&2; exit 2; }
done

if ! [ -x "$node" ]; then
  echo 'Installing the npm packages…' >&2
  (cd "$root" && npm ci --no-audit --no-fund --loglevel=error >&2 && cp package-lock.json "$installed")
elif ! cmp -s "$root/package-lock.json" "$installed"; then
  (cd "$root" && npm install --no-audit --no-fund --loglevel=error >&2 && cp package-lock.json "$installed")
fi
