"""The parts of check_gpu.py that need neither torch nor a GPU: python3 -m unittest discover native/test"""

import io
import pathlib
import pickletools
import subprocess
import sys
import unittest
import zipfile

NATIVE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(NATIVE))
import gpu_program  # noqa: E402


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

    def test_table_is_markdown(self):
        self.assertEqual("| a | b |\n|---|---|\n| 1 |  |", gpu_program.table([{"a": 1}], ["a", "b"]))

    def test_without_torch_it_says_so_and_ends_with_2(self):
        done = subprocess.run([sys.executable, "-S", "-c", "import sys; sys.path.insert(0, sys.argv[1]); sys.modules['torch'] = None; "
                               "import check_gpu; sys.argv = ['x']; sys.exit(check_gpu.main())", str(NATIVE)],
                              capture_output=True, text=True)
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertIn("no torch", done.stderr)


if __name__ == "__main__":
    unittest.main()
