# Entity records of the saved form (see saved.py), written to and read from one buffer.

ctypedef struct Buffer:
    char* at
    size_t n
    size_t room

ctypedef struct Reader:
    const char* at
    size_t left


cdef int buffer_reserve(Buffer* out, size_t more) except -1:
    if out.n + more > out.room:
        out.room = 2 * (out.n + more)
        out.at = <char*>get_memory(out.at, out.room)
    return 0


cdef int put(Buffer* out, const void* source, size_t size) except -1:
    if size == 0:
        return 0
    buffer_reserve(out, size)
    memcpy(out.at + out.n, source, size)
    out.n += size
    return 0


cdef inline int put_number(Buffer* out, int64_t number) except -1:
    return put(out, &number, 8)


cdef inline int put_short(Buffer* out, uint32_t number) except -1:
    return put(out, &number, 4)


cdef int compare_values(const void* a, const void* b) noexcept nogil:
    cdef int64_t left = (<const int64_t*>a)[0]
    cdef int64_t right = (<const int64_t*>b)[0]
    return (left > right) - (left < right)


cdef int put_fold(Buffer* out, const Fold* fold, int kind) except -1:
    if kind == FOLD_DISTINCT:
        return put_bag(out, fold_bag(fold))
    if kind == FOLD_VALUES:
        put_short(out, <uint32_t>fold.n)
        return put(out, fold_values(fold), fold.n * 8)
    put_number(out, fold.n)
    put_number(out, fold.number)
    return put_number(out, fold.high) if kind == FOLD_TOTAL else 0


cdef int put_bag(Buffer* out, const Bag* bag) except -1:
    """Write a set's values in ascending order."""
    cdef uint32_t each
    cdef size_t start
    if bag == NULL:
        return put_short(out, 0)
    put_short(out, bag.size)
    start = out.n
    for each in range(bag.room):
        if bag.times[each]:
            put_number(out, bag.keys[each])
    qsort(out.at + start, bag.size, 8, compare_values)
    return 0


cdef bint has_base(Stream* s, const Entity* e) noexcept nogil:
    cdef int each
    if e.extra == NULL or not e.extra.has_base:
        return False
    for each in range(s.n_base):
        if not fold_is_empty(&e.extra.base[each], s.base[each].kind):
            return True
    return False


cdef bint has_panes(Stream* s, const Entity* e) noexcept nogil:
    cdef int each
    if e.extra != NULL:
        for each in range(s.n_groups):
            if e.extra.panes[each].n:
                return True
    return False


cdef int put_entity(Buffer* out, Stream* s, const Entity* e) except -1:
    """Write one entity's record."""
    cdef uint8_t flags = HAS_BASE * has_base(s, e) | HAS_PANES * has_panes(s, e) | IS_CAPPED * e.is_capped
    cdef int each, leaf, first
    cdef size_t row = s.shape.stride * sizeof(int64_t)
    put(out, &e.hash, 8)
    put_short(out, <uint32_t>entity_rows(e))
    put(out, &flags, 1)
    if e.n:
        put(out, e.rows, e.n * row)
    if e.big != NULL:
        for leaf in range(e.big.first, e.big.end):
            first = e.big.skip if leaf == e.big.first else 0
            put(out, e.big.leaves[leaf].rows + first * s.shape.stride, (e.big.leaves[leaf].n - first) * row)
    if flags & HAS_BASE:
        for each in range(s.n_base):
            put_fold(out, &e.extra.base[each], s.base[each].kind)
    if flags & HAS_PANES:
        for each in range(s.n_groups):
            put_panes(out, &e.extra.panes[each], &s.groups[each])
    return 0


cdef int put_converted(Buffer* out, Stream* s, uint32_t index) except -1:
    """Write the record of an entity that lies as an earlier plan kept it, and leave it so."""
    cdef Entity made
    entity_made(s, index, &made)
    put_entity(out, s, &made)
    entity_free(s, &made)
    return 0


cdef int put_panes(Buffer* out, const PaneList* panes, const Group* group) except -1:
    cdef int at, each
    put_short(out, panes.n)
    for at in range(panes.n):
        put_number(out, panes.numbers[at])
        for each in range(group.n_folds):
            put_fold(out, &panes.folds[at * group.n_folds + each], group.folds[each].kind)
    return 0


cdef const char* take(Reader* source, size_t size) except NULL:
    """Return the next bytes; raise StateMismatch when fewer are left."""
    cdef const char* at = source.at
    if size > source.left:
        raise StateMismatch(reason="a record is cut")
    source.at += size
    source.left -= size
    return at


cdef int64_t take_number(Reader* source) except? -1:
    cdef int64_t number
    memcpy(&number, take(source, 8), 8)
    return number


cdef uint32_t take_short(Reader* source) except? 0xFFFFFFFF:
    cdef uint32_t number
    memcpy(&number, take(source, 4), 4)
    return number


cdef int take_fold(Reader* source, Fold* fold, int kind) except -1:
    cdef uint32_t n, each
    if kind == FOLD_DISTINCT or kind == FOLD_VALUES:
        n = take_short(source)
        for each in range(n):
            fold_add_value(fold, kind, take_number(source))
        return 0
    fold.n = take_number(source)
    fold.number = take_number(source)
    if kind == FOLD_TOTAL:
        fold.high = take_number(source)
    return 0


cdef int take_rows(Reader* source, Stream* s, Entity* e, uint32_t n) except -1:
    cdef size_t width = s.shape.stride * sizeof(int64_t)
    cdef const char* rows = take(source, n * width)
    cdef uint32_t each
    # A copy of each row keeps reads aligned whatever the record's place in the block.
    cdef int64_t[2 + MAX_COLUMNS] row
    s.n_rows += n
    if n <= SMALL_ROWS or n <= LATEST and e.is_capped:
        if n:
            entity_reserve(s, e, n)
            memcpy(e.rows, rows, n * width)
            e.n = <uint16_t>n
        return 0
    e.big = big_new(&s.shape)
    for each in range(n):
        memcpy(row, rows + each * width, width)
        big_append(e.big, &s.shape, row)
    return 0


cdef int take_entity(Reader* source, Stream* s) except -1:
    """Read one record and place its entity at the warm end."""
    cdef uint64_t hashed = <uint64_t>take_number(source)
    cdef uint32_t n = take_short(source)
    cdef uint8_t flags = (<const uint8_t*>take(source, 1))[0]
    cdef int each
    cdef Entity* e
    if table_find(s, hashed) != NOBODY:
        raise StateMismatch(reason="an entity comes twice")
    e = &s.slab[entity_place(s, hashed)]
    e.is_capped = (flags & IS_CAPPED) != 0
    s.n_capped += e.is_capped
    take_rows(source, s, e, n)
    if flags & (HAS_BASE | HAS_PANES | IS_CAPPED):
        entity_extra(s, e)
    if flags & HAS_BASE:
        e.extra.has_base = True
        for each in range(s.n_base):
            take_fold(source, &e.extra.base[each], s.base[each].kind)
    if flags & HAS_PANES:
        for each in range(s.n_groups):
            take_panes(source, &e.extra.panes[each], &s.groups[each])
    return 0


cdef int take_panes(Reader* source, PaneList* panes, const Group* group) except -1:
    cdef uint32_t n = take_short(source)
    cdef uint32_t at
    cdef int each
    for at in range(n):
        panes_open(panes, group, at, take_number(source))
        for each in range(group.n_folds):
            take_fold(source, &panes.folds[at * group.n_folds + each], group.folds[each].kind)
    return 0
