#!/usr/bin/env bash
# docs/cluster/parallel.sh as it stands, with GNU parallel on two hosts: this computer, and this computer through an ssh server
# of its own on the loopback interface (Debian: parallel openssh-server openssh-client rsync).
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cluster/common.sh
. tests/cluster/common.sh
PATH=$PATH:/usr/sbin
for tool in parallel sshd ssh rsync; do command -v "$tool" >/dev/null || { echo "$tool is not installed (Debian: parallel openssh-server openssh-client rsync)"; exit 1; }; done
sshd_id=
end() {
  [ -z "$sshd_id" ] || kill "$sshd_id" 2>/dev/null || true
  wait
  rm -rf "$SCRATCH"
}
trap end EXIT

# `induction` here says where it was called, so that the test knows that both hosts worked.
mkdir "$SCRATCH/bin"
cat >"$SCRATCH/bin/induction" <<TXT
#!/bin/sh
echo "\${INDUCTION_HOST:-here} \$1" >>"$SCRATCH/calls"
exec "$INDUCTION" "\$@"
TXT
chmod +x "$SCRATCH/bin/induction"

PORT=$(free_port)
ssh-keygen -q -t ed25519 -N '' -f "$SCRATCH/key"
chmod 700 "$SCRATCH"
cp "$SCRATCH/key.pub" "$SCRATCH/authorized"
cat >"$SCRATCH/sshd_config" <<TXT
ListenAddress 127.0.0.1
Port $PORT
HostKey $SCRATCH/key
AuthorizedKeysFile $SCRATCH/authorized
PidFile none
StrictModes no
PermitRootLogin yes
SetEnv PATH=$SCRATCH/bin:$PATH INDUCTION_HOST=loopback
TXT
[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
"$(command -v sshd)" -D -e -f "$SCRATCH/sshd_config" >"$SCRATCH/sshd.log" 2>&1 &
sshd_id=$!
remote="ssh -p $PORT -i $SCRATCH/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR $(id -un)@127.0.0.1"
until_true 20 $remote true

export PATH=$SCRATCH/bin:$PATH PARALLEL_HOME=$SCRATCH/parallel
mkdir -p "$PARALLEL_HOME"
touch "$PARALLEL_HOME/will-cite"

script=$PWD/docs/cluster/parallel.sh
(cd "$SCRATCH" && "$script" spec.json results 4 "$remote,:")
for host in loopback here; do grep -qx "$host sweep" "$SCRATCH/calls" || { echo "not ok - no shard ran on '$host'"; cat "$SCRATCH/calls"; exit 1; }; done
compare "four shards over two hosts with GNU parallel" "$SCRATCH/results/all"
