#!/usr/bin/env python3
"""One table of rnn_bench: the time of a training step in each form, beside oneDNN's primitive called by hand or (birnn) two LSTMs, and
how many GFLOP/s of products the recorded form does beside one large sgemm.

    python3 tests/bench/layer_table.py [--bench build/release/bench/rnn_bench] [--filter 'T:100/'] [--cell 'lstm|ntm'] [--repetitions 5]

All forms of a cell and shape are measured in one run, interleaved at random, and of the repetitions the fastest counts: whatever else
the machine does only ever adds time. Times are processor time of one thread.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

FORMS = ("chosen", "recorded", "lowered", "onednn", "two_lstms", "sgemm")


def measure(bench, pattern, repetitions):
    command = [bench, f"--benchmark_filter={pattern}", "--benchmark_min_time=0.05", f"--benchmark_repetitions={repetitions}",
               "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    times, flops = collections.defaultdict(lambda: float("inf")), 0  # us; MFLOP
    for run in json.loads(done.stdout)["benchmarks"]:
        if run["run_type"] == "iteration":
            name = run["name"].split("/process_time")[0]
            times[name] = min(times[name], run["cpu_time"])
            flops = run["MFLOP"]
    return times, flops


def names(bench):
    listed = subprocess.run([bench, "--benchmark_list_tests"], capture_output=True, text=True, check=True).stdout
    return [line.split("/process_time")[0] for line in listed.splitlines()]


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, default=root / "build/release/bench/rnn_bench")
    parser.add_argument("--filter", default="", help="only shapes whose name holds this")
    parser.add_argument("--cell", default="", help="only cells whose whole name this regular expression matches")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()

    shapes = collections.OrderedDict()  # "T:100/..." -> cells
    for name in names(options.bench):
        kind, cell, form, shape = (name.split("/", 3) + [""] * 3)[:4]
        if kind == "training_step" and options.filter in shape and (options.cell == "" or re.fullmatch(options.cell, cell)):
            shapes.setdefault(shape, collections.OrderedDict())[cell] = None
    heads = ("chosen", "recorded", "lowered", "oneDNN", "two LSTMs", "sgemm")
    print(f"{'cell and shape':40}" + "".join(f" {head:>10}" for head in heads) + "   to oneDNN: chosen recorded   to two LSTMs   GFLOP/s: recorded sgemm")
    for shape, cells in shapes.items():
        for cell in cells:
            times, flops = measure(options.bench, f"^training_step/{re.escape(cell)}/[a-z_]*/{shape}/", options.repetitions)
            row = {form: times.get(f"training_step/{cell}/{form}/{shape}") for form in FORMS}
            text = "".join(f" {row[form]:8.0f}us" if row[form] else f" {'-':>10}" for form in FORMS)
            ratio = "".join(f" {row[form] / row['onednn']:8.2f}" if row["onednn"] else f" {'-':>8}" for form in ("chosen", "recorded"))
            twice = f"{row['recorded'] / row['two_lstms']:8.2f}" if row["two_lstms"] else f"{'-':>8}"
            print(f"{cell + ' ' + shape:40}{text}            {ratio}       {twice}            {1e3 * flops / row['recorded']:8.1f} {1e3 * flops / row['sgemm']:8.1f}", flush=True)


if __name__ == "__main__":
    main()
