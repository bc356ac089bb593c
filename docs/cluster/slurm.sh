#!/bin/bash
# A sweep as a Slurm job array: one task per shard. Submit it where the spec lies; results go to results/.
#   sbatch --array=0-15 docs/cluster/slurm.sh spec.json results
# When it is over (or at any time):
#   induction merge results/shard-* --out results/all
# Submitted again, it makes only what is missing.
#SBATCH --job-name=induction-sweep
#SBATCH --cpus-per-task=1
#SBATCH --output=%x-%a.log
set -eu
SPEC=$1 OUT=$2
exec induction sweep "$SPEC" --out "$OUT/shard-$SLURM_ARRAY_TASK_ID" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
