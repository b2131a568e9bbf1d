# One entity of one stream: a compact row array while it is small, leaves when it is large; base and panes when it has them.

ctypedef struct Extra:
    bint has_base
    PaneList* panes
    Fold* base

ctypedef struct Former
ctypedef struct Stream

ctypedef struct Entity:
    uint64_t hash
    int64_t* rows
    Big* big
    Extra* extra
    uint32_t colder
    uint32_t warmer
    uint16_t n
    uint16_t room
    uint8_t is_capped
    uint8_t layout
    uint8_t is_free
    uint8_t is_known

ctypedef struct Stream:
    uint64_t salt
    int key_parts
    int n_columns
    int n_base
    int n_groups
    bint has_days
    uint8_t* texts
    uint64_t mask_limit
    int64_t retention
    FoldSpec* base
    Group* groups
    Shape shape
    Entity* slab
    uint32_t used
    uint32_t slab_room
    uint32_t free_list
    uint64_t* slots
    uint32_t slot_room
    uint32_t coldest
    uint32_t warmest
    uint32_t count
    uint64_t evicted
    int64_t n_rows
    int64_t n_capped
    Former* formers
    Stream* twin
    uint32_t n_shared
    uint32_t swept
    uint8_t layout

ctypedef struct Moment:
    int64_t t
    int64_t watermark
    int64_t lateness
    int64_t bound


cdef int entity_extra(Stream* s, Entity* e) except -1:
    """Give the entity room for base and panes."""
    cdef int each
    if e.extra != NULL:
        return 0
    e.extra = <Extra*>get_memory(NULL, sizeof(Extra) + s.n_base * sizeof(Fold))
    e.extra.base = <Fold*>(<char*>e.extra + sizeof(Extra))
    e.extra.has_base = False
    e.extra.panes = NULL
    if s.n_groups:
        e.extra.panes = <PaneList*>get_memory(NULL, s.n_groups * sizeof(PaneList))
        memset(e.extra.panes, 0, s.n_groups * sizeof(PaneList))
    for each in range(s.n_base):
        fold_start(&e.extra.base[each], s.base[each].kind)
    return 0


cdef void entity_free(Stream* s, Entity* e) noexcept:
    cdef int each
    free(e.rows)
    if e.big != NULL:
        big_free(e.big, &s.shape)
    if e.extra != NULL:
        for each in range(s.n_base):
            fold_clear(&e.extra.base[each], s.base[each].kind)
        for each in range(s.n_groups):
            panes_free(&e.extra.panes[each], &s.groups[each])
        free(e.extra.panes)
        free(e.extra)
    e.rows = NULL
    e.big = NULL
    e.extra = NULL
    e.n = e.room = 0
    e.is_capped = False


cdef inline int64_t entity_rows(const Entity* e) noexcept nogil:
    return e.n if e.big == NULL else e.big.n


cdef int entity_reserve(Stream* s, Entity* e, int wanted) except -1:
    """Make room for `wanted` rows; small steps keep idle entities compact."""
    if wanted <= e.room and (e.room <= 8 or wanted * 3 > e.room):
        return 0
    e.room = <uint16_t>(wanted + (1 if wanted > 1 else 0) + wanted // 4)
    e.rows = <int64_t*>get_memory(e.rows, e.room * s.shape.stride * sizeof(int64_t))
    return 0


cdef int small_insert(Stream* s, Entity* e, const int64_t* row) except -1:
    """Put a row at its place in the row array."""
    cdef int stride = s.shape.stride
    cdef int at = e.n
    entity_reserve(s, e, e.n + 1)
    while at > 0 and e.rows[(at - 1) * stride] > row[0]:
        at -= 1
    memmove(e.rows + (at + 1) * stride, e.rows + at * stride, (e.n - at) * stride * sizeof(int64_t))
    memcpy(e.rows + at * stride, row, stride * sizeof(int64_t))
    e.n += 1
    return 0


cdef int entity_grow(Stream* s, Entity* e) except -1:
    """Go over from the row array to leaves."""
    cdef int each
    cdef Big* big = big_new(&s.shape)
    for each in range(e.n):
        big_append(big, &s.shape, e.rows + each * s.shape.stride)
    free(e.rows)
    e.rows = NULL
    e.n = e.room = 0
    e.big = big
    return 0


cdef int entity_shrink(Stream* s, Entity* e) except -1:
    """Go back from leaves to the row array."""
    cdef Big* big = e.big
    cdef int leaf, each
    e.big = NULL
    for leaf in range(big.first, big.end):
        for each in range(big.skip if leaf == big.first else 0, big.leaves[leaf].n):
            small_insert(s, e, big.leaves[leaf].rows + each * s.shape.stride)
    big_free(big, &s.shape)
    return 0


cdef bint is_in_order(int kind) noexcept nogil:
    return kind == FOLD_LAST or kind == FOLD_VALUES or kind == FOLD_SEQUENCE or kind == FOLD_ABSENCE


cdef int entity_fold(Stream* s, Entity* e, const int64_t* row) except -1:
    """Swallow a row into the base."""
    cdef int each
    if s.n_base == 0:
        return 0
    entity_extra(s, e)
    e.extra.has_base = True
    for each in range(s.n_base):
        if not (e.is_capped and is_in_order(s.base[each].kind)):
            fold_add(&e.extra.base[each], &s.base[each], row)
    return 0


cdef int entity_expire(Stream* s, Entity* e, const Moment* now) except -1:
    """Fold rows at or below the bound into the base, and drop panes that no window sees any more."""
    cdef int each
    cdef int64_t dead
    if not e.is_capped:
        if e.big != NULL:
            big_expire(s, e, now.bound)
        elif e.n and e.rows[0] <= now.bound:
            small_expire(s, e, now.bound)
    if e.extra != NULL:
        for each in range(s.n_groups):
            if e.extra.panes[each].n:
                dead = floor_div(now.watermark - s.groups[each].reach - now.lateness, s.groups[each].width)
                panes_cut(&e.extra.panes[each], &s.groups[each], dead)
    return 0


cdef int small_expire(Stream* s, Entity* e, int64_t bound) except -1:
    cdef int stride = s.shape.stride
    cdef int gone = 0
    while gone < e.n and e.rows[gone * stride] <= bound:
        entity_fold(s, e, e.rows + gone * stride)
        gone += 1
    e.n -= gone
    s.n_rows -= gone
    if e.n == 0:
        free(e.rows)
        e.rows = NULL
        e.room = 0
        return 0
    memmove(e.rows, e.rows + gone * stride, e.n * stride * sizeof(int64_t))
    return entity_reserve(s, e, e.n)


cdef int big_expire(Stream* s, Entity* e, int64_t bound) except -1:
    cdef Big* big = e.big
    cdef int stride = s.shape.stride
    cdef Leaf* leaf
    if big.oldest > bound:
        return 0
    tracks_cut(s, e, bound)
    while big.n:
        leaf = big.leaves[big.first]
        while big.skip < leaf.n and leaf.rows[big.skip * stride] <= bound:
            entity_fold(s, e, leaf.rows + big.skip * stride)
            big.skip += 1
            big.n -= 1
            s.n_rows -= 1
        if big.skip < leaf.n:
            big.oldest = leaf.rows[big.skip * stride]
            break
        free(leaf)
        big.first += 1
        big.skip = 0
    if big.n <= SMALL_ROWS // 3:
        entity_shrink(s, e)
    return 0


cdef bint entity_is_live(Stream* s, Entity* e) noexcept nogil:
    """Tell whether anything is left; expects `entity_expire` before."""
    cdef int each
    if e.is_capped or entity_rows(e):
        return True
    if e.extra == NULL:
        return False
    for each in range(s.n_groups):
        if e.extra.panes[each].n:
            return True
    for each in range(s.n_base):
        if not fold_is_empty(&e.extra.base[each], s.base[each].kind):
            return True
    return False


cdef int entity_copy(Stream* s, Entity* to, Entity* source) except -1:
    """Copy all but the place in the stream; `to` must be empty."""
    cdef int leaf, each
    to.is_capped = source.is_capped
    for each in range(source.n):
        small_insert(s, to, source.rows + each * s.shape.stride)
    if source.big != NULL:
        to.big = big_new(&s.shape)
        for leaf in range(source.big.first, source.big.end):
            for each in range(source.big.skip if leaf == source.big.first else 0, source.big.leaves[leaf].n):
                big_append(to.big, &s.shape, source.big.leaves[leaf].rows + each * s.shape.stride)
    if source.extra != NULL:
        entity_extra(s, to)
        to.extra.has_base = source.extra.has_base
        for each in range(s.n_base):
            fold_copy(&to.extra.base[each], &source.extra.base[each], s.base[each].kind)
        for each in range(s.n_groups):
            panes_copy(&to.extra.panes[each], &source.extra.panes[each], &s.groups[each])
    return 0
