# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""Windows compiled: the answers of the reference, from compact C structs outside the garbage collector's sight."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.list cimport PyList_New, PyList_SET_ITEM
from cpython.ref cimport Py_INCREF, PyObject
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, qsort, realloc
from libc.string cimport memcpy, memmove, memset

from anxin.engine.errors import StateMismatch
from anxin.engine.windows import layout as layouts_of
from anxin.engine.windows import saved
from anxin.engine.windows.adoption import claims_of
from anxin.engine.windows.contract import Donor, Held, StreamStats
from anxin.engine.windows.keyed import key_check
from anxin.engine.windows.reference import Touch as TouchPlan

cdef extern from *:
    """
    typedef __int128_t int128;
    #if defined(__GNUC__) || defined(__clang__)
    #define fetch_ahead(at) __builtin_prefetch(at)
    #else
    #define fetch_ahead(at) ((void)(at))
    #endif
    """
    ctypedef long long int128
    void fetch_ahead(const void* at) noexcept nogil

cdef extern from "Python.h":
    const char* PyUnicode_AsUTF8AndSize(object text, Py_ssize_t* size) except NULL
    bint PyUnicode_Check(PyObject* thing)
    bint PyLong_Check(PyObject* thing)
    long long PyLong_AsLongLongAndOverflow(object number, int* overflow) except? -1
    object PySequence_Fast(object things, const char* problem)
    Py_ssize_t PySequence_Fast_GET_SIZE(object things)
    PyObject** PySequence_Fast_ITEMS(object things)
    PyObject* Py_None

cdef enum:
    MAX_STEPS = 16
    MAX_COLUMNS = 64
    MAX_STREAMS = 256
    LEAF_ROWS = 64
    LEAF_HEAD = 32
    GROUP_LEAVES = 64
    SMALL_ROWS = 64
    LATEST = 256
    SWEEP = 2
    HAS_BASE = 1
    HAS_PANES = 2
    IS_CAPPED = 4
    AHEAD = 8
    ROWS_PER_WORK = 16
    MOST_FORMERS = 200

cdef enum:
    COUNT = 0
    SUM = 1
    AVG = 2
    MIN = 3
    MAX = 4
    DISTINCT = 5
    LAST = 6
    FIRST_SEEN = 7
    SINCE = 8
    MEDIAN = 9
    MAD = 10
    QUANTILE = 11
    SEQUENCE = 12
    ABSENCE = 13

cdef enum:
    FOLD_COUNT = 0
    FOLD_TOTAL = 1
    FOLD_LOWEST = 2
    FOLD_HIGHEST = 3
    FOLD_DISTINCT = 4
    FOLD_LAST = 5
    FOLD_FIRST = 6
    FOLD_LATEST = 7
    FOLD_VALUES = 8
    FOLD_SEQUENCE = 9
    FOLD_ABSENCE = 10

cdef uint32_t NOBODY = 0xFFFFFFFF
cdef int64_t MOST = 0x7FFFFFFFFFFFFFFF
cdef int64_t MISSING = -MOST - 1
cdef int64_t TIME_LIMIT = <int64_t>1 << 61
cdef int64_t BEFORE_ALL = -(<int64_t>1 << 62)
cdef int64_t AFTER_ALL = <int64_t>1 << 62
cdef int64_t EXACT_FLOAT = <int64_t>1 << 53


cdef void* get_memory(void* old, size_t size) except NULL:
    """Return memory of `size` bytes, with the content of `old` when that is not NULL."""
    cdef void* found = realloc(old, size if size else 1)
    if found == NULL:
        raise MemoryError
    return found


cdef void* get_zeros(size_t size) except NULL:
    """Return memory of `size` zero bytes; much of it costs nothing before it is used."""
    cdef void* found = calloc(size if size else 1, 1)
    if found == NULL:
        raise MemoryError
    return found


include "hash.pxi"
include "sets.pxi"
include "tables.pxi"
include "leaves.pxi"
include "folds.pxi"
include "panes.pxi"
include "entity.pxi"
include "tracks.pxi"
include "formers.pxi"
include "twins.pxi"
include "answers.pxi"
include "values.pxi"
include "table.pxi"
include "records.pxi"
include "sizes.pxi"
include "streams.pxi"
include "windows.pxi"
include "adoption.pxi"

