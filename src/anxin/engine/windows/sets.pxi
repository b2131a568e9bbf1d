# A counted set of 64-bit integers: open addressing, linear probing, deletion by shifting back.

ctypedef struct Bag:
    int64_t* keys
    uint32_t* times
    uint32_t size
    uint32_t room


cdef inline uint32_t spread(int64_t key) noexcept nogil:
    cdef uint64_t x = <uint64_t>key
    x = (x ^ (x >> 32)) * <uint64_t>0x9E3779B97F4A7C15ULL
    return <uint32_t>(x >> 32)


cdef inline int64_t bag_find(const Bag* bag, int64_t key) noexcept nogil:
    """Return the slot of a key, or −1."""
    cdef uint32_t at
    if bag.size == 0:
        return -1
    at = spread(key) & (bag.room - 1)
    while bag.times[at]:
        if bag.keys[at] == key:
            return at
        at = (at + 1) & (bag.room - 1)
    return -1


cdef int bag_resize(Bag* bag, uint32_t room) except -1:
    cdef Bag old = bag[0]
    cdef uint32_t each, at
    bag.keys = <int64_t*>get_memory(NULL, room * sizeof(int64_t))
    bag.times = <uint32_t*>get_memory(NULL, room * sizeof(uint32_t))
    memset(bag.times, 0, room * sizeof(uint32_t))
    bag.room = room
    for each in range(old.room):
        if old.times[each]:
            at = spread(old.keys[each]) & (room - 1)
            while bag.times[at]:
                at = (at + 1) & (room - 1)
            bag.keys[at] = old.keys[each]
            bag.times[at] = old.times[each]
    free(old.keys)
    free(old.times)
    return 0


cdef int bag_add(Bag* bag, int64_t key) except -1:
    """Count a key once more."""
    cdef uint32_t at
    if bag.size * 4 >= bag.room * 3:
        bag_resize(bag, 4 if bag.room == 0 else bag.room * 2)
    at = spread(key) & (bag.room - 1)
    while bag.times[at]:
        if bag.keys[at] == key:
            bag.times[at] += 1
            return 0
        at = (at + 1) & (bag.room - 1)
    bag.keys[at] = key
    bag.times[at] = 1
    bag.size += 1
    return 0


cdef int bag_know(Bag* bag, int64_t key) except -1:
    """Put a key in once, however often it comes."""
    if bag_find(bag, key) < 0:
        bag_add(bag, key)
    return 0


cdef int bag_take(Bag* bag, int64_t key) except -1:
    """Count a key once less, and drop it at zero."""
    cdef int64_t found = bag_find(bag, key)
    cdef uint32_t hole, at, home, last
    if found < 0:
        return 0
    hole = <uint32_t>found
    bag.times[hole] -= 1
    if bag.times[hole]:
        return 0
    bag.size -= 1
    last = bag.room - 1
    at = (hole + 1) & last
    while bag.times[at]:
        home = spread(bag.keys[at]) & last
        if ((at - home) & last) >= ((at - hole) & last):
            bag.keys[hole] = bag.keys[at]
            bag.times[hole] = bag.times[at]
            bag.times[at] = 0
            hole = at
        at = (at + 1) & last
    if bag.room > 64 and bag.size * 8 < bag.room:
        bag_resize(bag, bag.room // 4)
    return 0


cdef int bag_copy(Bag* to, const Bag* source) except -1:
    to[0] = source[0]
    if source.room:
        to.keys = <int64_t*>get_memory(NULL, source.room * sizeof(int64_t))
        to.times = <uint32_t*>get_memory(NULL, source.room * sizeof(uint32_t))
        memcpy(to.keys, source.keys, source.room * sizeof(int64_t))
        memcpy(to.times, source.times, source.room * sizeof(uint32_t))
    return 0


cdef int bag_join(Bag* to, const Bag* source) except -1:
    """Put in every key of another set once."""
    cdef uint32_t each
    for each in range(source.room):
        if source.times[each]:
            bag_know(to, source.keys[each])
    return 0


cdef void bag_clear(Bag* bag) noexcept:
    free(bag.keys)
    free(bag.times)
    memset(bag, 0, sizeof(Bag))


cdef inline size_t bag_bytes(const Bag* bag) noexcept nogil:
    return bag.room * (sizeof(int64_t) + sizeof(uint32_t))
