#!/bin/sh
# A sweep over several hosts with GNU parallel: one job per shard, one host after the other gets the next.
#   docs/cluster/parallel.sh spec.json results 16 host1,host2,:          (':' is this computer)
# Each host needs `induction` on its PATH and ssh without a password. Folders that a killed job left on this computer are sent
# along, so that it goes on.
set -eu
SPEC=$1 OUT=$2 SHARDS=$3 HOSTS=$4
mkdir -p "$OUT"
# --transfer and --return copy the spec there and the folder back; --jobs 1: induction itself uses all cores of a host.
seq 0 $((SHARDS - 1)) | parallel --sshlogin "$HOSTS" --jobs 1 --retries 3 --transferfile "$SPEC" --return "$OUT/shard-{}" --cleanup \
  induction sweep "$SPEC" --out "$OUT/shard-{}" --shard "{}/$SHARDS" --quiet
induction merge "$OUT"/shard-* --out "$OUT/all"
