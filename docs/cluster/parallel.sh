#!/bin/sh
# A sweep over several hosts with GNU parallel: one job per shard, whichever host is free gets the next.
#   docs/cluster/parallel.sh spec.json results 16 host1,host2,:          (':' is this computer)
# Each host needs `induction` on its PATH, rsync, and ssh without a password. Shards are tried again on another host when one
# fails. Called again, it makes what is missing: a shard's folder travels to the host that goes on with it.
set -eu
SPEC=$1 OUT=$2 SHARDS=$3 HOSTS=$4
for shard in $(seq 0 $((SHARDS - 1))); do mkdir -p "$OUT/shard-$shard"; done
# --workdir ...: a folder of its own on the host, removed at the end. --jobs 1: induction itself uses all cores of a host.
seq 0 $((SHARDS - 1)) | parallel --sshlogin "$HOSTS" --jobs 1 --retries 3 --workdir ... --transferfile "$SPEC" --transferfile "$OUT/shard-{}" \
  --return "$OUT/shard-{}" --cleanup induction sweep "$SPEC" --out "$OUT/shard-{}" --shard "{}/$SHARDS" --quiet
induction merge "$OUT"/shard-* --out "$OUT/all"
