#!/usr/bin/env python3
"""Draws loss and head scores of a run over its steps.   head_scores.py RUN_FOLDER OUT.png   (needs matplotlib)"""
import json
import os
import sys

import matplotlib

matplotlib.use("Agg")  # no display needed
import matplotlib.pyplot as plt

SCORES = {"previous_token": "previous token", "induction": "induction"}


def read_metrics(folder):
    with open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def draw(records, path):
    """One panel for the losses, one per score with a line per head. A score that is not defined (null) leaves a gap."""
    steps = [record["step"] for record in records]
    number = lambda x: float("nan") if x is None else x
    figure, panels = plt.subplots(1 + len(SCORES), 1, sharex=True, figsize=(7, 8), layout="constrained")
    for key, label in (("loss_new", "first time"), ("loss_rep", "repeated")):
        panels[0].plot(steps, [number(record[key]) for record in records], label=label)
    panels[0].set_ylabel("loss (nats)")
    panels[0].legend()
    for panel, (score, label) in zip(panels[1:], SCORES.items()):
        for i, head in enumerate(records[0]["heads"]):
            name = f"{head['layer']}.{head['head']}"
            panel.plot(steps, [number(record["heads"][i][score]) for record in records], label=name)
        panel.set_ylabel(f"{label} score")
        panel.set_ylim(0, 1)
    panels[1].legend(title="head", ncols=2, fontsize="small")
    panels[-1].set_xlabel("step")
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    draw(read_metrics(sys.argv[1]), sys.argv[2])
