# Memory in use by a stream.

cdef size_t stream_bytes(Stream* s) noexcept nogil:
    """Return the bytes a stream holds, with the allocator's share of each block."""
    cdef size_t total = s.slab_room * sizeof(Entity) + s.slot_room * sizeof(uint64_t)
    cdef uint32_t index
    # Free places hold nothing; in the order of the slab, memory is read one after the other.
    for index in range(s.used):
        total += entity_bytes(shell_of(s, &s.slab[index]), &s.slab[index])
    return total


cdef inline size_t block(size_t size) noexcept nogil:
    return (size + 8 + 15) & ~<size_t>15


cdef size_t entity_bytes(Stream* s, const Entity* e) noexcept nogil:
    cdef size_t total = 0
    cdef int each
    if e.rows != NULL:
        total += block(e.room * s.shape.stride * sizeof(int64_t))
    if e.big != NULL:
        total += big_bytes(e.big, &s.shape)
    if e.extra == NULL:
        return total
    total += block(sizeof(Extra) + s.n_base * sizeof(Fold))
    for each in range(s.n_base):
        total += fold_bytes(&e.extra.base[each], s.base[each].kind)
    for each in range(s.n_groups):
        total += sizeof(PaneList) + panes_bytes(&e.extra.panes[each], &s.groups[each])
    return total


cdef size_t fold_bytes(const Fold* fold, int kind) noexcept nogil:
    if kind == FOLD_DISTINCT and fold.number != 0:
        return block(sizeof(Bag)) + bag_bytes(fold_bag(fold))
    return block(<size_t>fold.n * sizeof(int64_t)) if kind == FOLD_VALUES else 0


cdef size_t big_bytes(const Big* big, const Shape* shape) noexcept nogil:
    cdef size_t leaf = LEAF_HEAD + shape.n_pairs * sizeof(Sum) + LEAF_ROWS * shape.stride * sizeof(int64_t)
    cdef size_t total = (big.end - big.first) * block(leaf) + block(sizeof(Big))
    cdef int each
    total += big.room * (sizeof(Leaf*) + sizeof(int64_t))
    total += (big.room // GROUP_LEAVES) * shape.n_pairs * sizeof(Sum)
    for each in range(shape.n_tracks):
        total += sizeof(Track) + bag_bytes(&big.tracks[each].bag)
    return total
