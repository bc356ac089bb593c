#!/usr/bin/env bash
# docs/cluster/kubernetes.yaml: against the schema of the Kubernetes API (kubernetes-validate of Python's registry, installed
# into build/), and each index's command as it stands, with the two volumes as folders here.
cd "$(dirname "$0")/../.."
# shellcheck source=tests/cluster/common.sh
. tests/cluster/common.sh
trap 'rm -rf "$SCRATCH"' EXIT
MANIFEST=docs/cluster/kubernetes.yaml
VENV=build/cluster/venv
[ -x "$VENV/bin/kubernetes-validate" ] || { python3 -m venv "$VENV" && "$VENV/bin/pip" install --quiet kubernetes-validate; }
"$VENV/bin/kubernetes-validate" --strict "$MANIFEST"

# One line per index: the container's command, as an indexed Job starts it.
"$VENV/bin/python" - "$MANIFEST" >"$SCRATCH/commands" <<'TXT'
import sys, yaml
job = yaml.safe_load(open(sys.argv[1]))
spec, pod = job['spec'], job['spec']['template']['spec']
container, = pod['containers']
assert spec['completionMode'] == 'Indexed' and pod['restartPolicy'] in ('OnFailure', 'Never')
mounts = {mount['name']: mount['mountPath'] for mount in container['volumeMounts']}
assert mounts == {'spec': '/spec', 'results': '/results'} and set(mounts) == {volume['name'] for volume in pod['volumes']}
shell, flag, script = container['command']
assert (shell, flag) == ('/bin/sh', '-c') and script.endswith(f"/{spec['completions']}")
for index in range(spec['completions']):
    print(f'{index}\t{script}')
TXT
mkdir "$SCRATCH/results"
while IFS=$'\t' read -r index script; do
  script=${script//\/results\//$SCRATCH/results/}
  JOB_COMPLETION_INDEX=$index /bin/sh -c "${script//\/spec\//$SCRATCH/}" >/dev/null 2>&1 </dev/null
done <"$SCRATCH/commands"
induction merge "$SCRATCH"/results/shard-* --out "$SCRATCH/all"
compare "sixteen indices of a Kubernetes Job" "$SCRATCH/all"
