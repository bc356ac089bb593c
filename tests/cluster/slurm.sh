#!/usr/bin/env bash
# docs/cluster/slurm.sh as it stands, on Slurm's own daemons: a cluster of one node on the loopback interface, with its key,
# configuration and state in a scratch folder. Needs root, as slurmd does (Debian: slurmctld slurmd slurm-client munge).
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cluster/common.sh
. tests/cluster/common.sh
for tool in slurmctld slurmd sbatch munged; do
  command -v "$tool" >/dev/null || PATH=$PATH:/usr/sbin
  command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: slurmctld slurmd slurm-client munge)"; exit 1; }
done
[ "$(id -u)" -eq 0 ] || { echo "slurmd needs root"; exit 1; }

STARTED=()
end() {
  for id in "${STARTED[@]}"; do kill "$id" 2>/dev/null || true; done
  wait
  rm -rf "$SCRATCH"
}
trap end EXIT

# daemon COMMAND…: in the background; its log is shown when something fails.
daemon() {
  "$@" >>"$SCRATCH/daemons.log" 2>&1 &
  STARTED+=($!)
}
mkdir -p "$SCRATCH/munge" "$SCRATCH/state" "$SCRATCH/spool"
# munged insists that nobody else can write above its files.
chmod 755 "$SCRATCH" "$SCRATCH/munge"
head -c 1024 /dev/urandom >"$SCRATCH/munge/key"
chmod 400 "$SCRATCH/munge/key"
daemon munged --foreground --force --key-file="$SCRATCH/munge/key" --socket="$SCRATCH/munge/socket" --pid-file="$SCRATCH/munge/pid" \
  --log-file="$SCRATCH/munge/log" --seed-file="$SCRATCH/munge/seed"

HOST=$(hostname -s)
cat >"$SCRATCH/slurm.conf" <<TXT
ClusterName=loopback
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
AuthInfo=socket=$SCRATCH/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$SCRATCH/state
SlurmdSpoolDir=$SCRATCH/spool
SlurmctldPidFile=$SCRATCH/slurmctld.pid
SlurmdPidFile=$SCRATCH/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1
ReturnToService=2
MpiDefault=none
NodeName=$HOST NodeAddr=127.0.0.1 CPUs=$(nproc)
PartitionName=all Nodes=ALL Default=YES State=UP
TXT
export SLURM_CONF=$SCRATCH/slurm.conf
until_true 10 test -S "$SCRATCH/munge/socket"
daemon slurmctld -D -f "$SLURM_CONF"
daemon slurmd -D -f "$SLURM_CONF"
node_is_idle() { sinfo --noheader --format=%t | grep -qx idle; }
until_true 60 node_is_idle

(cd "$SCRATCH" && sbatch --parsable --array=0-3 "$OLDPWD/docs/cluster/slurm.sh" spec.json results) >"$SCRATCH/job"
queue_is_empty() { [ -z "$(squeue --noheader)" ]; }
until_true 120 queue_is_empty
cat "$SCRATCH"/induction-sweep-*.log
induction merge "$SCRATCH"/results/shard-* --out "$SCRATCH/all"
compare "four tasks of a Slurm job array" "$SCRATCH/all"
