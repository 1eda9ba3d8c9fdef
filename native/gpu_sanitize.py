"""Runs check_gpu.py's kernel checks under NVIDIA's compute-sanitizer, tool by tool: what `check_gpu.py --sanitize` does.

Each tool is first shown a kernel with the fault that it is there to find, under the same options. One that does not see it
would call anything clean.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = ("memcheck", "racecheck", "initcheck")
MOST_SECONDS = 300  # of one tool
LINES_SHOWN = 40
FOUND = 86  # what the sanitizer ends with if it found something
MISSING = ("check_gpu: there is no compute-sanitizer on the PATH, beside nvcc or in /usr/local/cuda/bin. It comes with the CUDA toolkit; "
           "in a package of its own it is called cuda-sanitizer. NOTHING WAS SANITIZED")

# One fault for each tool. The race is between the warps of one block.
FAULTS = r"""
#include <cstdio>
#include <cstring>
namespace pigou {
__global__ void memcheck(int* p) { p[blockDim.x + threadIdx.x] = 1; }
__global__ void racecheck(int* p) {
    __shared__ int shared[128];
    shared[threadIdx.x] = static_cast<int>(threadIdx.x);
    p[threadIdx.x] = shared[127 - threadIdx.x];
}
__global__ void initcheck(int* p) {
    if (p[threadIdx.x] == 7) p[0] = 1;
}
}
int main(int, char** arguments) {
    int* p = nullptr;
    if (cudaMalloc(&p, 128 * sizeof(int)) != cudaSuccess) return 3;
    if (!std::strcmp(arguments[1], "memcheck")) pigou::memcheck<<<1, 128>>>(p);
    if (!std::strcmp(arguments[1], "racecheck")) pigou::racecheck<<<1, 128>>>(p);
    if (!std::strcmp(arguments[1], "initcheck")) pigou::initcheck<<<1, 128>>>(p);
    cudaDeviceSynchronize();
    return 0;
}
"""


def find(name):
    """The program on the PATH, beside nvcc, or where the toolkit puts itself; None if it is nowhere."""
    nvcc = shutil.which("nvcc")
    places = [os.environ.get("PATH", ""), str(pathlib.Path(nvcc).resolve().parent) if nvcc else "", "/usr/local/cuda/bin"]
    return shutil.which(name, path=os.pathsep.join(filter(None, places)))


def command(sanitizer, tool, *program):
    """Not a child process (a build, say). Every kernel is instrumented, torch's too: with a filter for ours racecheck breaks off
    with an internal error, and initcheck does not see what torch's kernels initialise."""
    return [sanitizer, "--tool", tool, "--target-processes", "application-only",
            "--error-exitcode", str(FOUND), "--print-limit", "20", *program]


def environment():
    """Every tensor in an allocation of its own: within one large block of torch's cache all addresses are valid."""
    return {**os.environ, "PYTORCH_NO_CUDA_MEMORY_CACHING": "1"}


def outcome(tool, code, output, seconds):
    """A line about one tool's run, and whether it was clean."""
    if code is None:
        return f"{tool}: FAILED: not done after {seconds:.0f} s", False
    if code == 0:
        return f"{tool}: ok, {seconds:.0f} s", True
    summary = [line.strip("= ") for line in output.splitlines() if "SUMMARY" in line]
    why = summary[-1] if summary else "a check failed" if "FAILED" in output else f"it ended with {code}"
    return f"{tool}: FAILED: {why}", False


def run(line):
    """Exit code (None if it took too long), all output, seconds."""
    begin = time.monotonic()
    try:
        done = subprocess.run(line, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=MOST_SECONDS)
        return done.returncode, done.stdout, time.monotonic() - begin
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace"), time.monotonic() - begin


def sees_its_fault(sanitizer, tool, faults):
    code, output, _ = run(command(sanitizer, tool, faults, tool))
    if code != FOUND:
        print(output[-2000:])
        print(f"{tool}: FAILED: it did not find the fault made for it (it ended with {code}): what it says of our kernels means nothing", flush=True)
    return code == FOUND


def build_faults(folder):
    source, program = pathlib.Path(folder, "faults.cu"), pathlib.Path(folder, "faults")
    source.write_text(FAULTS)
    subprocess.run([find("nvcc") or "nvcc", "-arch=native", "-o", str(program), str(source)], check=True)
    return str(program)


def main(only=None, tools=TOOLS):
    """0 if every tool found its own fault and none in our kernels, 1 if not, 2 if there is no sanitizer."""
    sanitizer = find("compute-sanitizer")
    if not sanitizer:
        print(MISSING, file=sys.stderr)
        return 2
    clean = True
    with tempfile.TemporaryDirectory() as folder:
        faults = build_faults(folder)
        for tool in tools:
            if not sees_its_fault(sanitizer, tool, faults):
                clean = False
                continue
            checks = [sys.executable, str(HERE / "check_gpu.py"), "--small", *(["--only", only] if only else [])]
            code, output, seconds = run(command(sanitizer, tool, *checks))
            line, good = outcome(tool, code, output, seconds)
            if not good:
                print("\n".join(output.splitlines()[-LINES_SHOWN:]))
            print(line, flush=True)
            clean &= good
    return 0 if clean else 1
