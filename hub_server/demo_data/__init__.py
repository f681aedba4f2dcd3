"""Owns demo and load data: made only in a database that holds nothing else."""

from hub_server.demo_data.errors import NotForDemo
from hub_server.demo_data.load_data import load_data
from hub_server.demo_data.make_demo_data import make_demo_data

__all__ = ["NotForDemo", "load_data", "make_demo_data"]
