# SipHash-1-3 with a 128-bit key, 64-bit result, after the algorithm's definition (one compression round, three final rounds).

cdef inline uint64_t rotate(uint64_t x, int bits) noexcept nogil:
    return (x << bits) | (x >> (64 - bits))


cdef inline void sip_round(uint64_t* v) noexcept nogil:
    v[0] += v[1]
    v[1] = rotate(v[1], 13) ^ v[0]
    v[0] = rotate(v[0], 32)
    v[2] += v[3]
    v[3] = rotate(v[3], 16) ^ v[2]
    v[0] += v[3]
    v[3] = rotate(v[3], 21) ^ v[0]
    v[2] += v[1]
    v[1] = rotate(v[1], 17) ^ v[2]
    v[2] = rotate(v[2], 32)


cdef uint64_t sip_hash(uint64_t key0, uint64_t key1, const unsigned char* text, size_t size) noexcept nogil:
    cdef uint64_t v[4]
    cdef uint64_t word
    cdef size_t at = 0
    v[0] = key0 ^ <uint64_t>0x736F6D6570736575ULL
    v[1] = key1 ^ <uint64_t>0x646F72616E646F6DULL
    v[2] = key0 ^ <uint64_t>0x6C7967656E657261ULL
    v[3] = key1 ^ <uint64_t>0x7465646279746573ULL
    while at + 8 <= size:
        memcpy(&word, text + at, 8)
        v[3] ^= word
        sip_round(v)
        v[0] ^= word
        at += 8
    word = (<uint64_t>size) << 56
    while at < size:
        size -= 1
        word |= (<uint64_t>text[size]) << (8 * (size - at))
    v[3] ^= word
    sip_round(v)
    v[0] ^= word
    v[2] ^= 0xFF
    sip_round(v)
    sip_round(v)
    sip_round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


cdef class KeyedHash:
    """Keyed hash of a salt and texts; `salt` is given as its 8 bytes."""

    cdef uint64_t key0, key1
    cdef unsigned char* scratch
    cdef size_t room

    def __cinit__(self, bytes key):
        if len(key) != 16:
            raise ValueError("the key of the keyed hash has 16 bytes")
        cdef const unsigned char* raw = key
        memcpy(&self.key0, raw, 8)
        memcpy(&self.key1, raw + 8, 8)
        self.room = 256
        self.scratch = <unsigned char*>get_memory(NULL, self.room)

    def __dealloc__(self):
        free(self.scratch)

    cdef int join(self, uint64_t salt, PyObject** parts, int count, size_t* size) except -1:
        """Put salt and UTF-8 parts with separators into the scratch buffer."""
        cdef Py_ssize_t length
        cdef const char* text
        cdef size_t at = 8
        cdef int each
        memcpy(self.scratch, &salt, 8)
        for each in range(count):
            text = PyUnicode_AsUTF8AndSize(<object>parts[each], &length)
            if at + <size_t>length + 1 > self.room:
                self.room = 2 * (at + <size_t>length + 1)
                self.scratch = <unsigned char*>get_memory(self.scratch, self.room)
            if each:
                self.scratch[at] = 0x1F
                at += 1
            memcpy(self.scratch + at, text, <size_t>length)
            at += <size_t>length
        size[0] = at
        return 0

    cdef int hash_parts(self, uint64_t salt, PyObject** parts, int count, uint64_t* out) except -1:
        cdef size_t size = 0
        self.join(salt, parts, count, &size)
        out[0] = sip_hash(self.key0, self.key1, self.scratch, size)
        return 0
