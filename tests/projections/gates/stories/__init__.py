"""Stories before gates; every module beside this one is read by `test_stories.py`."""
