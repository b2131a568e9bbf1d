"""Build the compiled kernels; without a compiler the pure-Python references serve instead."""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

SOURCES = sorted(Path("src").rglob("*.pyx"))


class OptionalBuild(build_ext):
    """Build each kernel, and say loudly which one could not be built."""

    def build_extension(self, ext: Extension) -> None:
        try:
            super().build_extension(ext)
        except (BaseError, CCompilerError, OSError) as problem:
            sys.stderr.write(f"anxin: {ext.name} was not compiled ({problem}); the pure-Python reference will serve.\n")


def kernels() -> list[Extension]:
    """Return one extension per .pyx file, translated by Cython when it is there."""
    extensions = [
        Extension(
            ".".join(source.with_suffix("").parts[1:]),
            [str(source)],
            extra_compile_args=["-O3", "-fno-plt", "-fwrapv"],
            depends=[str(each) for each in source.parent.glob("*.h")],
        )
        for source in SOURCES
    ]
    try:
        from Cython.Build import cythonize
    except ImportError:
        return []
    compiled = cythonize(extensions, language_level=3)
    for each in compiled:
        each.optional = True  # else what was not built is missed when it is put in place
    return compiled


setup(ext_modules=kernels(), cmdclass={"build_ext": OptionalBuild})
