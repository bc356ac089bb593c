# What the cluster tests share. Source it from the root: a scratch folder, a tiny spec, the comparison of two sweeps.
set -euo pipefail
INDUCTION=${INDUCTION:-$PWD/build/release/native/induction}
[ -x "$INDUCTION" ] || { echo "$INDUCTION is not built; set INDUCTION to the binary"; exit 1; }
PATH=$(dirname "$INDUCTION"):$PATH
SCRATCH=$(mktemp -d)
export PATH

cat >"$SCRATCH/spec.json" <<'TXT'
{
  "base": {"n_heads": 2, "d_model": 16, "d_vocab": 8, "n_ctx": 12, "batch": 8, "period_min": 3, "period_max": 5, "steps": 30, "probe_every": 10},
  "grid": {"lr": [0.01, 0.02], "n_layers": [1, 2]},
  "seeds": 3
}
TXT

# until_true SECONDS COMMAND…: waits for it.
until_true() {
  local left=$((10 * $1))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { echo "gave up on: $*"; tail -n 30 "$SCRATCH"/*.log; exit 1; }
    sleep 0.1
  done
}
free_port() { node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"; }

# The lines of a sweep, ordered, without the seconds that its machine took.
lines_of() { sed 's/,"seconds":[0-9.e-]*}$/}/' "$1/results.jsonl" | sort; }

# compare WHAT FOLDER: is it the sweep of one machine?
compare() {
  [ -d "$SCRATCH/whole" ] || induction sweep "$SCRATCH/spec.json" --out "$SCRATCH/whole" --quiet
  if [ "$(lines_of "$2" | wc -l)" -eq 12 ] && diff <(lines_of "$SCRATCH/whole") <(lines_of "$2"); then
    echo "ok - $1: 12 runs, the same as on one machine"
    echo "1 passed, 0 failed"
  else
    echo "not ok - $1: other runs than on one machine"
    echo "0 passed, 1 failed"
    exit 1
  fi
}
