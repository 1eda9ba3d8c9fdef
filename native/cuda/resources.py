"""Compiles every kernel for every architecture and writes what each takes: registers a thread, shared memory, spills.

    python3 resources.py NVCC OUTPUT
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ARCHITECTURES = ["80", "86", "89", "90a", "100"]
HERE = pathlib.Path(__file__).resolve().parent


def compile_report(nvcc, source, architecture, folder):
    command = [nvcc, "-std=c++20", "-O3", "-Xptxas", "-v", "-gencode", f"arch=compute_{architecture},code=sm_{architecture}",
               "-c", str(source), "-o", str(pathlib.Path(folder) / "kernel.o")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr + done.stdout


def demangled(name):
    text = subprocess.run(["c++filt", name], capture_output=True, text=True, check=True).stdout.strip()
    text = re.sub(r"pigou::cuda::|pigou::|\(anonymous namespace\)::|^void ", "", text)
    text = text.replace("(Format)4", "int4").replace("(Format)5", "grouped_int4").replace("(Format)8", "int8").replace("(Format)9", "fp8")
    return re.sub(r"\(.*", "", text)


def kernels(report):
    """(name, registers, bytes of static shared memory, bytes of stack, of spill stores, of spill loads) of each."""
    for part in report.split("Compiling entry function '")[1:]:
        name = demangled(part[:part.index("'")])
        stack, stores, loads = map(int, re.search(
            r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", part).groups())
        registers = int(re.search(r"Used (\d+) registers", part).group(1))
        shared = re.search(r"(\d+) bytes smem", part)
        yield name, registers, int(shared.group(1)) if shared else 0, stack, stores, loads


def main(nvcc, output):
    version = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    lines = ["# Made by native/cuda/resources.py (target cuda_resources). " + re.search(r"release [\d.]+, V[\d.]+", version).group(0),
             "# Shared memory is what is fixed at compile time; attention_decode.cu, attention_prefill.cu and linear_dense.cu set theirs at launch.",
             f"{'kernel':44} {'sm':>4} {'registers':>9} {'shared':>7} {'stack':>6} {'spill stores':>12} {'spill loads':>11}"]
    with tempfile.TemporaryDirectory() as folder:
        for source in sorted(HERE.glob("*.cu")):
            rows = []
            for architecture in ARCHITECTURES:
                for name, *numbers in kernels(compile_report(nvcc, source, architecture, folder)):
                    rows.append((name, architecture, numbers))
            rows.sort(key=lambda row: row[0])
            for name, architecture, (registers, shared, stack, stores, loads) in rows:
                lines.append(f"{name:44} {architecture:>4} {registers:9} {shared:7} {stack:6} {stores:12} {loads:11}")
    pathlib.Path(output).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
