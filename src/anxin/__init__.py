"""Anxin 安心: trust and safety operations for e-commerce and social commerce."""

__version__ = "0.1.0"
