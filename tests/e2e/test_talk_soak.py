"""A short conversation at random with a fixed seed; talk_soak.py holds longer ones by hand."""
import os
import unittest

from talk_soak import talk


class TalkSoak(unittest.TestCase):
    maxDiff = None

    def test_the_books_agree(self):
        self.assertEqual(talk(15, int(os.environ.get("YISHI_SEED", "4"))), [])


if __name__ == "__main__":
    unittest.main()
