# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""The compiled table of event ids: the same shards, growth and dump as its pure-Python twin, in plain C memory."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

from anxin.engine.log.id_table import read_shard_head, read_words

cdef enum:
    SHARDS = 1024
    WORDS = 4
    SEQ_BITS = 40
    SMALLEST = 4
    HASH_SIZE = 16

cdef uint64_t MAX_SEQ = (<uint64_t>1 << SEQ_BITS) - 1

ctypedef struct Shard:
    uint64_t* words
    uint32_t count
    uint32_t size


cdef uint64_t* new_words(uint32_t size) except NULL:
    cdef uint64_t* words = <uint64_t*>calloc(size, sizeof(uint64_t))
    if words == NULL:
        raise MemoryError
    return words


cdef inline void put_words(uint64_t* words, uint32_t size, const uint64_t* entry) noexcept nogil:
    cdef uint32_t at = <uint32_t>(entry[0] & ((size >> 2) - 1)) << 2
    while words[at]:
        at = (at + WORDS) & (size - 1)
    memcpy(words + at, entry, WORDS * sizeof(uint64_t))


cdef int shard_grow(Shard* shard) except -1:
    cdef uint32_t at, size = shard.size * 2
    cdef uint64_t* words = new_words(size)
    for at in range(0, shard.size, WORDS):
        if shard.words[at]:
            put_words(words, size, shard.words + at)
    free(shard.words)
    shard.words = words
    shard.size = size
    return 0


cdef int split_hash(bytes hashed, uint64_t* tag, uint64_t* rest) except -1:
    cdef const char* raw = PyBytes_AS_STRING(hashed)
    if len(hashed) != HASH_SIZE:
        raise ValueError("a hash of an event id has 16 bytes")
    memcpy(tag, raw, 8)
    memcpy(rest, raw + 8, 8)
    if tag[0] == 0:
        tag[0] = 1
    return 0


cdef class IdTable:
    """The compiled table."""

    cdef Shard[SHARDS] shards

    def __cinit__(self):
        cdef int at
        for at in range(SHARDS):
            self.shards[at].words = NULL
        for at in range(SHARDS):
            self.shards[at].words = new_words(SMALLEST * WORDS)
            self.shards[at].size = SMALLEST * WORDS
            self.shards[at].count = 0

    def __dealloc__(self):
        cdef int at
        for at in range(SHARDS):
            free(self.shards[at].words)

    def __len__(self):
        cdef int at
        cdef Py_ssize_t total = 0
        for at in range(SHARDS):
            total += self.shards[at].count
        return total

    def find(self, bytes hashed not None):
        """Return (seq, digest) of what was added under this hash, or None."""
        cdef uint64_t tag, rest
        cdef uint64_t* words
        cdef uint32_t at
        cdef Shard* shard
        split_hash(hashed, &tag, &rest)
        shard = &self.shards[rest & (SHARDS - 1)]
        words = shard.words
        at = <uint32_t>(tag & ((shard.size >> 2) - 1)) << 2
        while words[at]:
            if words[at] == tag and words[at + 1] >> SEQ_BITS == rest >> SEQ_BITS:
                return words[at + 1] & MAX_SEQ, PyBytes_FromStringAndSize(<char*>(words + at + 2), 16)
            at = (at + WORDS) & (shard.size - 1)
        return None

    def add(self, bytes hashed not None, uint64_t seq, bytes digest not None):
        """Add a hash that `find` does not know; `seq` is at most 2⁴⁰ − 1."""
        cdef uint64_t[WORDS] entry
        cdef uint64_t rest
        cdef Shard* shard
        split_hash(hashed, &entry[0], &rest)
        if len(digest) != 16:
            raise ValueError("a digest has 16 bytes")
        entry[1] = (rest >> SEQ_BITS << SEQ_BITS) | seq
        memcpy(&entry[2], PyBytes_AS_STRING(digest), 16)
        shard = &self.shards[rest & (SHARDS - 1)]
        if <uint64_t>3 * (shard.count + 1) * WORDS > <uint64_t>2 * shard.size:
            shard_grow(shard)
        put_words(shard.words, shard.size, entry)
        shard.count += 1

    def dump(self, write):
        """Write all shards."""
        cdef int at
        cdef uint32_t[2] head
        for at in range(SHARDS):
            head[0], head[1] = self.shards[at].count, self.shards[at].size
            write(
                PyBytes_FromStringAndSize(<char*>head, sizeof(head))
                + PyBytes_FromStringAndSize(<char*>self.shards[at].words, self.shards[at].size * sizeof(uint64_t))
            )

    def load(self, read):
        """Read a dump in place of what is held; raise StateMismatch when it is cut off or no dump."""
        cdef int at
        cdef uint32_t count, size
        cdef uint64_t* words
        cdef bytes block
        for at in range(SHARDS):
            count, size = read_shard_head(read)
            block = read_words(read, size)
            words = new_words(size)
            memcpy(words, PyBytes_AS_STRING(block), size * sizeof(uint64_t))
            free(self.shards[at].words)
            self.shards[at].words = words
            self.shards[at].size = size
            self.shards[at].count = count
