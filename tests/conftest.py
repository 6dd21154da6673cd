"""Options and fixtures for all tests."""


def pytest_addoption(parser):
    parser.addoption("--vectors", metavar="FILE", help="check the models against FILE instead of tests/vectors.csv")
