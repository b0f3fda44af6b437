"""Which outputs are taken for the same: .venv/bin/python tools/keras/round_trip_test.py"""

import unittest

import numpy as np

import round_trip

TOLERANCE = round_trip.TOLERANCES["float32"]
ONE = np.float32([1, 100])
# Three tolerances from ONE.
NEAR = np.float32([1 + 6 * TOLERANCE, 100])


def refuse():
    raise AssertionError("float64 is asked where it need not be")


class DistanceTest(unittest.TestCase):
    def test_what_is_within_a_tolerance_asks_nobody(self):
        self.assertIsNone(round_trip.distance(np.float32([1 + TOLERANCE, 100]), ONE, TOLERANCE, refuse))

    def test_another_dtype_or_shape_is_no_matter_of_distance(self):
        self.assertIn("float64 (2,)", round_trip.distance(ONE.astype("float64"), ONE, TOLERANCE, refuse))
        self.assertIn("float32 (1, 2)", round_trip.distance(ONE[None], ONE, TOLERANCE, refuse))

    def test_what_is_apart_is_wrong_where_nobody_can_be_asked(self):
        self.assertIn("3 times the tolerance", round_trip.distance(NEAR, ONE, TOLERANCE))

    def test_float64_judges_what_is_apart(self):
        # Ours is right, and Keras' is not.
        self.assertIsNone(round_trip.distance(NEAR, ONE, TOLERANCE, lambda: NEAR.astype("float64")))
        # Both are as far from it, on either side.
        middle = (NEAR.astype("float64") + ONE) / 2
        self.assertIsNone(round_trip.distance(NEAR, ONE, TOLERANCE, lambda: middle))
        # Keras' is right.
        self.assertIn("where Keras' own is 0 times away",
                      round_trip.distance(NEAR, ONE, TOLERANCE, lambda: ONE.astype("float64")))
        # Ours is three times as far.
        quarter = (NEAR.astype("float64") + 3 * ONE) / 4
        self.assertIn("from Keras' in float64", round_trip.distance(NEAR, ONE, TOLERANCE, lambda: quarter))

    def test_numbers_that_are_none_agree_with_themselves_alone(self):
        numbers = np.float32([np.nan, np.inf])
        self.assertIsNone(round_trip.distance(numbers, numbers, TOLERANCE))
        self.assertIsNotNone(round_trip.distance(np.float32([1, np.inf]), ONE, TOLERANCE))
        self.assertIsNotNone(round_trip.distance(ONE, numbers, TOLERANCE))


if __name__ == "__main__":
    unittest.main()
