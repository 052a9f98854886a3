"""A short soak with a fixed seed; soak.py plays longer ones by hand."""
import unittest

from faults import Case
from soak import soak

RUNS = {("quectel-ec2x", "huawei-e1xx"): 7, ("simcom-7600", "ml307"): 8, ("sim800", "air780epv"): 9}  # seeds


class Soak(Case):
    def test_the_books_agree(self):
        self.none_wrong({" ".join(profiles): lambda p=profiles, seed=seed: soak(15, seed, p, log=False)
                         for profiles, seed in RUNS.items()})


if __name__ == "__main__":
    unittest.main()
