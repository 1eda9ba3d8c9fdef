"""The parts of check_gpu.py that need neither torch nor a GPU: python3 -m unittest discover native/test"""

import io
import pathlib
import pickletools
import subprocess
import sys
import tempfile
import unittest
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

NATIVE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(NATIVE))
import check_gpu  # noqa: E402
import gpu_program  # noqa: E402
import gpu_sanitize  # noqa: E402


class ProgramTest(unittest.TestCase):
    def test_archive_is_stored_and_its_pickle_is_sound(self):
        shape = gpu_program.SHAPES["tiny"]
        file = zipfile.ZipFile(io.BytesIO(gpu_program.archive("code", gpu_program.attributes(shape, 15, 16))))
        self.assertTrue(all(entry.compress_type == zipfile.ZIP_STORED for entry in file.infolist()))
        opcodes = [op.name for op, _, _ in pickletools.genops(file.read("m/data.pkl"))]
        self.assertEqual(["PROTO", "GLOBAL", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "MARK"], opcodes[:6])
        self.assertEqual(["SETITEMS", "BUILD", "STOP"], opcodes[-3:])

    def test_attributes_are_those_the_program_declares_in_order(self):
        text = gpu_program.PROGRAM
        declared = [line.split(":")[0].strip() for line in text.splitlines() if line.startswith("  ") and " : " in line
                    and not line.strip().startswith("#")]
        self.assertEqual(declared, list(gpu_program.attributes(gpu_program.SHAPES["tiny"], 15, 16)))

    def test_batch_names_every_token_and_slot_once(self):
        ints, counts, groups, slots = gpu_program.batch([([1, 2, 3], 5), ([4], 16)], 4, 2)
        self.assertEqual([4, 4, 4, 7, 8, 2, 0, 0, 2] + [0] * 8 + [2], counts)
        self.assertEqual(sum(counts[:17]), len(ints))
        self.assertEqual([1, 2, 3, 4, 5, 6, 7, 16, 5, 6, 7, 24], ints[:12])
        self.assertEqual(([1, 3, 2, 8, 1, 1, 5, 17], 28), (groups, slots))

    def test_batch_asks_for_no_log_probabilities_unless_told_to(self):
        ints, counts, groups, slots = gpu_program.batch([([1, 2, 3], 5), ([4], 16)], 4)
        self.assertEqual([4, 4, 4, 7, 8, 2] + [0] * 12, counts)
        self.assertEqual(sum(counts[:17]), len(ints))
        self.assertEqual([0, 1], gpu_program.batch([([1], 0), ([2], 0)], 4, 0)[0][-2:], "the sampled rows, 0 of the likeliest")

    def test_table_is_markdown(self):
        self.assertEqual("| a | b |\n|---|---|\n| 1 |  |", gpu_program.table([{"a": 1}], ["a", "b"]))

    def test_without_torch_it_says_so_and_ends_with_2(self):
        done = subprocess.run([sys.executable, "-S", "-c", "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['torch'] = None; "
                               "import check_gpu; sys.argv = ['x']; sys.exit(check_gpu.main())", str(NATIVE)],
                              capture_output=True, text=True)
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertIn("no torch", done.stderr)


class SanitizeTest(unittest.TestCase):
    def tool(self, folder, body):
        """A stand-in for compute-sanitizer."""
        program = pathlib.Path(folder, "compute-sanitizer")
        program.write_text("#!/bin/sh\n" + body)
        program.chmod(0o755)
        return str(program)

    def test_every_kernel_is_instrumented_and_a_finding_is_an_exit_code(self):
        line = gpu_sanitize.command("cs", "racecheck", "program", "argument")
        self.assertEqual(["cs", "--tool", "racecheck"], line[:3])
        self.assertFalse([argument for argument in line if "kernel" in argument])
        self.assertEqual(str(gpu_sanitize.FOUND), line[line.index("--error-exitcode") + 1])
        self.assertEqual(["program", "argument"], line[-2:])

    def test_tensors_get_memory_of_their_own(self):
        self.assertEqual("1", gpu_sanitize.environment()["PYTORCH_NO_CUDA_MEMORY_CACHING"])

    def test_outcomes(self):
        summary = "x\n========= ERROR SUMMARY: 3 errors\n"
        self.assertEqual(("memcheck: ok, 12 s", True), gpu_sanitize.outcome("memcheck", 0, "ERROR SUMMARY: 0 errors", 12))
        self.assertEqual(("memcheck: FAILED: ERROR SUMMARY: 3 errors", False), gpu_sanitize.outcome("memcheck", gpu_sanitize.FOUND, summary, 12))
        self.assertEqual(("memcheck: FAILED: a check failed", False), gpu_sanitize.outcome("memcheck", 1, "norms: FAILED: x", 12))
        self.assertEqual(("memcheck: FAILED: it ended with -11", False), gpu_sanitize.outcome("memcheck", -11, "", 12))
        self.assertFalse(gpu_sanitize.outcome("memcheck", None, "", 300)[1])

    def test_a_tool_that_misses_the_fault_made_for_it_is_not_believed(self):
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()) as said:
            self.assertFalse(gpu_sanitize.sees_its_fault(self.tool(folder, "exit 0\n"), "memcheck", "faults"))
            self.assertIn("did not find the fault", said.getvalue())
            self.assertTrue(gpu_sanitize.sees_its_fault(self.tool(folder, f"exit {gpu_sanitize.FOUND}\n"), "memcheck", "faults"))

    def test_every_tool_has_its_fault(self):
        for tool in gpu_sanitize.TOOLS:
            self.assertIn(f"__global__ void {tool}(", gpu_sanitize.FAULTS)

    def test_without_the_sanitizer_it_says_loudly_that_nothing_was_done(self):
        with mock.patch.object(gpu_sanitize, "find", return_value=None), redirect_stderr(io.StringIO()) as said:
            self.assertEqual(2, gpu_sanitize.main())
        self.assertIn("NOTHING WAS SANITIZED", said.getvalue())

    def test_what_a_sanitizer_cannot_bear_is_refused(self):
        for name in ("program", "step"):
            with mock.patch.object(sys, "argv", ["check_gpu.py", "--sanitize", "--only", name]), redirect_stderr(io.StringIO()) as said:
                self.assertRaises(SystemExit, check_gpu.main)
            self.assertIn(f"{name} is not one of the kernels' checks", said.getvalue())


if __name__ == "__main__":
    unittest.main()
