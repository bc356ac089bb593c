"""Our training step against PyTorch's, one thread each, taking turns. What decides is the processor's time, which other programs on the
machine disturb least; `induction bench` tells the clock's besides."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

import torch  # noqa: E402  (after its number of threads)
from peer_torch import SIZES, fastest  # noqa: E402

STEPS = {"S": 100, "M": 20, "L": 2}  # PyTorch's in a turn
OURS = {"S": (100, 900), "M": (10, 130), "L": (1, 6)}  # a short run and a long one: their difference is training alone
AIMS = {"exact": {"S": 5, "M": 2.5, "L": 3}, "fast": {"S": 6, "M": 3.5, "L": 4}}
INDUCTION = os.environ["INDUCTION"]


def modes():
    """fast only where this command line knows it."""
    text = subprocess.run([INDUCTION, "bench", "--help"], capture_output=True, text=True, check=True).stdout
    return ["exact", "fast"] if "--numerics" in text else ["exact"]


def flags_of(mode):
    return ["--threads", "1", *(["--numerics", mode] if mode != "exact" else [])]


def bench(size, mode):
    command = [INDUCTION, "bench", "--size", size, "--steps", str(OURS[size][1] // 4 + 1), *flags_of(mode)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def processor_seconds(size, mode, steps):
    s = SIZES[size]
    knobs = {**s, "n_layers": 2, "positions": "shortformer", "optimizer": "adamw", "lr": 1e-3, "steps": steps}
    knobs |= {"period_min": s["n_ctx"] // 4, "period_max": s["n_ctx"] // 2, "probe_every": 1000000}
    command = [INDUCTION, "train", *flags_of(mode), *(f"--{name}={value}" for name, value in knobs.items())]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def our_processor_ms(size, mode):
    short, long = OURS[size]
    return 1e3 * (processor_seconds(size, mode, long) - processor_seconds(size, mode, short)) / (long - short)


def quantiles(ms):
    ms = sorted(ms)
    return [ms[round(share * (len(ms) - 1))] for share in (0.5, 0.1, 0.9)]


def parameters_here(size):
    """As the model is described: one matrix for each of q, k, v and o, no biases."""
    s = SIZES[size]
    return s["d_model"] * (2 * s["d_vocab"] + s["n_ctx"] + 2 * 4 * s["d_model"])


def check(size, peer):
    """It must be the same model, and it must learn."""
    if peer.parameters() != parameters_here(size):
        sys.exit(f"PyTorch's model of size {size} has {peer.parameters()} parameters, ours {parameters_here(size)}")
    # Of its first batch, again and again: at L a few steps teach nothing that helps with the next one.
    losses = []
    for _ in range(8 if size == "L" else 40):
        peer.at = 0
        losses.append(peer.step().item())
    peer.at = 0
    if not losses[-1] < losses[0]:
        sys.exit(f"PyTorch's loss at size {size} does not fall: {losses[0]} to {losses[-1]}")
    return losses[0], losses[-1]


def turns_of(size, rounds, peer):
    """{who: [processor's ms per step of each turn]}, and the same of the clock's single steps."""
    processor, clock = {"PyTorch": []}, {"PyTorch": []}
    for _ in range(rounds):
        ms, used = peer.times(STEPS[size])
        processor["PyTorch"].append(used)
        clock["PyTorch"].append(quantiles(ms))
        for mode in modes():
            processor.setdefault(mode, []).append(our_processor_ms(size, mode))
            found = bench(size, mode)
            clock.setdefault(mode, []).append([found["ms_per_step"], found["ms_p10"], found["ms_p90"]])
    return processor, {who: [statistics.median(turn[i] for turn in turns) for i in range(3)] for who, turns in clock.items()}


def compare(size, rounds):
    name, peer, tried = fastest(size, STEPS[size])
    first, last = check(size, peer)
    processor, clock = turns_of(size, rounds, peer)
    ratios = {
        mode: {
            "median": statistics.median(t / o for t, o in zip(processor["PyTorch"], processor[mode], strict=True)),
            "least": min(processor["PyTorch"]) / min(processor[mode]),
            "aim": AIMS[mode][size],
        }
        for mode in list(processor)[1:]
    }
    return {
        "size": size,
        "parameters": peer.parameters(),
        "peer": name,
        "tried_processor_ms": tried,
        "loss": [first, last],
        "processor_ms": {who: quantiles(ms) for who, ms in processor.items()},
        "clock_ms": clock,
        "ratios": ratios,
    }


def table(results):
    lines = [
        f"PyTorch {torch.__version__}, eager, one thread; milliseconds per step, median (10–90 %): a processor's, of turns; the clock's, of steps.",
        "",
        "| size | mode | PyTorch, processor | here, processor | ratio | of the least | aim | PyTorch, clock | here, clock |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    shown = lambda q: f"{q[0]:.3g} ({q[1]:.3g}–{q[2]:.3g})"  # noqa: E731
    for r in results:
        for mode, ratio in r["ratios"].items():
            cells = [r["size"], mode, shown(r["processor_ms"]["PyTorch"]), shown(r["processor_ms"][mode])]
            cells += [f"{ratio['median']:.2f}", f"{ratio['least']:.2f}", f"{ratio['aim']}"]
            cells += [shown(r["clock_ms"]["PyTorch"]), shown(r["clock_ms"][mode])]
            lines.append("| " + " | ".join(cells) + " |")
    lines += ["", *(f"{r['size']}: {r['peer']}; loss {r['loss'][0]:.2f} to {r['loss'][1]:.2f}" for r in results)]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="S,M,L")
    parser.add_argument("--rounds", type=int, default=7)
    flags = parser.parse_args()
    torch.set_num_threads(1)
    results = []
    for size in flags.sizes.split(","):
        if size not in SIZES:
            sys.exit(f"--sizes has '{size}'; it must name some of S, M, L")
        results.append(compare(size, flags.rounds))
        print(json.dumps(results[-1]), file=sys.stderr, flush=True)
    load = os.getloadavg()
    os.makedirs("build/compare", exist_ok=True)
    with open("build/compare/native.json", "w", encoding="utf-8") as out:
        json.dump({"torch": torch.__version__, "load": load, "results": results}, out, indent=2)
    print(table(results))
    print(f"load of the machine meanwhile: {load[0]:.1f}")


main()
