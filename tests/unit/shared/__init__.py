"""Tests of the package both programs share."""
