"""Owns adjustments: money that people move by hand, proposed by one admin and approved by another."""
