"""A short time of cabinets and people at random with a fixed seed; cabinet_soak.py holds longer ones by hand."""
import os
import unittest

try:
    import pymodbus  # noqa: F401 pylint: disable=unused-import
except ImportError as missing:
    raise unittest.SkipTest(f"python3-pymodbus is not installed: {missing}") from missing

from cabinet_soak import soak


class CabinetSoak(unittest.TestCase):
    maxDiff = None

    def test_the_books_agree(self):
        self.assertEqual(soak(int(os.environ.get("YISHI_SEED", "4")), acts=18), [])


if __name__ == "__main__":
    unittest.main()
