"""The ways there and back tell what comes of them: .venv/bin/python tools/keras/hunt_trips_test.py"""

import unittest

from hunt_worker_test import LINEAR, Worker


class TripsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()

    def test_what_saving_leaves_where_it_fails_is_no_archive(self):
        text = LINEAR.replace("LAYER", "Fails(3)").replace("\ndef make", """
class Fails(keras.layers.Dense):
    def save_own_variables(self, store):
        raise ValueError('no')

def make""")
        answer = self.worker.case(text, formats=["keras", "fresh"])
        self.assertIn("error", answer["stages"]["keras/save"])
        self.assertNotIn("archive", answer)
        self.assertNotIn("fresh/load", answer["stages"])

    def test_every_way_there_and_back_is_tried(self):
        ways = ["keras", "h5", "weights", "reload", "reload_h5", "sharded", "config", "json", "clone", "clone_deep", "clone_inputs", "pickle", "copy",
                "unzipped", "by_name", "skipping"]
        answer = self.worker.case(LINEAR.replace("LAYER", "keras.layers.Dense(3)"), formats=ways)
        self.assertEqual({stage for stage, what in answer["stages"].items() if not isinstance(what, int)}, set())
        self.assertEqual({stage.split("/")[0] for stage in answer["stages"]} - {"before", "again", "reseeded"}, set(ways))

    def test_a_class_of_the_program_is_known_to_every_way(self):
        text = LINEAR.replace("LAYER", "Own()").replace("\ndef make", """
class Own(keras.layers.Layer):
    def call(self, v):
        return v * 2

def make""")
        ways = ["config", "json", "clone", "clone_deep", "clone_inputs", "pickle", "copy"]
        answer = self.worker.case(text, formats=ways)
        for way in ways:
            self.assertIn(f"{way}/loaded", answer["stages"])

    def test_a_copy_that_shares_variables_is_told(self):
        worker = Worker()
        self.addCleanup(worker.close)
        text = LINEAR.replace("LAYER", "keras.layers.Dense(3)")
        text += "\nkeras.models.clone_model = lambda model: keras.Sequential(model.layers)\n"
        answer = worker.case(text, formats=["clone"])
        self.assertIn("fact", answer["stages"]["clone/shared"])


if __name__ == "__main__":
    unittest.main()
