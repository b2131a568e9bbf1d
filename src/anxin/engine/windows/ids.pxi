# IdTable: a compact map of 64-bit numbers with two generations, for idempotency.

ctypedef struct Generation:
    uint64_t* keys
    uint64_t* values
    uint64_t size
    uint64_t room


cdef inline uint64_t id_slot(const Generation* table, uint64_t key) noexcept nogil:
    """Return the slot of a key, or the free slot where it belongs; a stored key is never 0."""
    cdef uint64_t x = (key ^ (key >> 32)) * <uint64_t>0x9E3779B97F4A7C15ULL
    cdef uint64_t at = (x >> 20) & (table.room - 1)
    while table.keys[at] and table.keys[at] != key:
        at = (at + 1) & (table.room - 1)
    return at


cdef int generation_grow(Generation* table) except -1:
    cdef Generation old = table[0]
    cdef uint64_t each, at
    table.room = 64 if old.room == 0 else old.room * 2
    table.keys = <uint64_t*>get_memory(NULL, table.room * sizeof(uint64_t))
    table.values = <uint64_t*>get_memory(NULL, table.room * sizeof(uint64_t))
    memset(table.keys, 0, table.room * sizeof(uint64_t))
    for each in range(old.room):
        if old.keys[each]:
            at = id_slot(table, old.keys[each])
            table.keys[at] = old.keys[each]
            table.values[at] = old.values[each]
    free(old.keys)
    free(old.values)
    return 0


cdef class IdTable:
    """Map of unsigned 64-bit keys to unsigned 64-bit values in two generations; `rotate` drops the older."""

    cdef Generation[2] tables
    cdef int young
    cdef bint[2] has_zero
    cdef uint64_t[2] zero

    def __dealloc__(self):
        cdef int each
        for each in range(2):
            free(self.tables[each].keys)
            free(self.tables[each].values)

    def put(self, uint64_t key, uint64_t value):
        """Set a key in the younger generation."""
        cdef Generation* table = &self.tables[self.young]
        cdef uint64_t at
        if key == 0:
            self.has_zero[self.young] = True
            self.zero[self.young] = value
            return
        if (table.size + 1) * 10 > table.room * 7:
            generation_grow(table)
        at = id_slot(table, key)
        table.size += table.keys[at] == 0
        table.keys[at] = key
        table.values[at] = value

    def get(self, uint64_t key):
        """Return the newest value of a key, or None."""
        cdef int each, number
        cdef uint64_t at
        for each in range(2):
            number = self.young ^ each
            if key == 0 and self.has_zero[number]:
                return self.zero[number]
            if key and self.tables[number].size:
                at = id_slot(&self.tables[number], key)
                if self.tables[number].keys[at]:
                    return self.tables[number].values[at]
        return None

    def rotate(self):
        """Drop the older generation; the younger becomes the older."""
        cdef int old = self.young ^ 1
        free(self.tables[old].keys)
        free(self.tables[old].values)
        memset(&self.tables[old], 0, sizeof(Generation))
        self.has_zero[old] = False
        self.young = old

    def __len__(self):
        """Return how many entries both generations hold; a key put in both counts twice."""
        return self.tables[0].size + self.tables[1].size + self.has_zero[0] + self.has_zero[1]

    @property
    def bytes(self):
        """Return the memory held, in bytes."""
        return (self.tables[0].room + self.tables[1].room) * 16
