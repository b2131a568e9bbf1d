# Folds: what remains of rows that left the log, or that live only in panes. Set and list kinds hold a pointer in `number`.

ctypedef struct Fold:
    int64_t n
    int64_t number
    int64_t high


cdef inline int128 fold_total(const Fold* fold) noexcept nogil:
    return (<int128>fold.high << 64) | <int128><uint64_t>fold.number


cdef inline void fold_set_total(Fold* fold, int128 total) noexcept nogil:
    fold.number = <int64_t>total
    fold.high = <int64_t>(total >> 64)


cdef inline Bag* fold_bag(const Fold* fold) noexcept nogil:
    return <Bag*><size_t>fold.number


cdef inline int64_t* fold_values(const Fold* fold) noexcept nogil:
    return <int64_t*><size_t>fold.number


cdef inline bint fold_is_empty(const Fold* fold, int kind) noexcept nogil:
    if kind == FOLD_SEQUENCE or kind == FOLD_ABSENCE:
        return fold.number == 0
    return fold.n == 0


cdef void fold_start(Fold* fold, int kind) noexcept nogil:
    cdef bint is_number = (
        kind == FOLD_LOWEST or kind == FOLD_HIGHEST or kind == FOLD_LAST or kind == FOLD_FIRST or kind == FOLD_LATEST
    )
    fold.n = 0
    fold.high = 0
    fold.number = MISSING if is_number else 0


cdef int fold_add(Fold* fold, const FoldSpec* spec, const int64_t* row) except -1:
    """Swallow one row; rows of last, values, sequence and absence must come in order."""
    cdef int64_t value
    if spec.kind == FOLD_SEQUENCE:
        if fold.number < spec.n_steps and row[1] & spec.steps[fold.number]:
            fold.number += 1
        return 0
    if spec.kind == FOLD_ABSENCE:
        if row[1] & spec.bit:
            fold.number = 1
        elif row[1] & spec.without:
            fold.number = 0
        return 0
    if row[1] & spec.bit == 0:
        return 0
    if spec.column < 0:
        fold_add_time(fold, spec.kind, row[0])
        return 0
    value = row[2 + spec.column]
    return 0 if value == MISSING else fold_add_value(fold, spec.kind, value)


cdef void fold_add_time(Fold* fold, int kind, int64_t t) noexcept nogil:
    if kind == FOLD_COUNT:
        fold.n += 1
        return
    fold.n = 1
    if fold.number == MISSING or (t < fold.number if kind == FOLD_FIRST else t > fold.number):
        fold.number = t


cdef int fold_add_value(Fold* fold, int kind, int64_t value) except -1:
    if kind == FOLD_DISTINCT:
        return fold_know(fold, value)
    if kind == FOLD_VALUES:
        return fold_push(fold, value)
    if kind == FOLD_LAST:
        fold.n = 1
        fold.number = value
        return 0
    fold.n += 1
    if kind == FOLD_TOTAL:
        fold_set_total(fold, fold_total(fold) + value)
    elif fold.number == MISSING or (value < fold.number if kind == FOLD_LOWEST else value > fold.number):
        fold.number = value
    return 0


cdef int fold_know(Fold* fold, int64_t value) except -1:
    cdef Bag* bag = fold_bag(fold)
    if bag == NULL:
        bag = <Bag*>get_memory(NULL, sizeof(Bag))
        memset(bag, 0, sizeof(Bag))
        fold.number = <int64_t><size_t>bag
    bag_know(bag, value)
    fold.n = bag.size
    return 0


cdef int fold_push(Fold* fold, int64_t value) except -1:
    """Put a value last; only the latest LATEST are kept."""
    cdef int64_t* values = fold_values(fold)
    if fold.n == LATEST:
        memmove(values, values + 1, (LATEST - 1) * sizeof(int64_t))
        values[LATEST - 1] = value
        return 0
    # Room doubles at powers of two from four on.
    if fold.n == 0 or (fold.n >= 4 and fold.n & (fold.n - 1) == 0):
        values = <int64_t*>get_memory(values, max(<int64_t>4, 2 * fold.n) * sizeof(int64_t))
        fold.number = <int64_t><size_t>values
    values[fold.n] = value
    fold.n += 1
    return 0


cdef int fold_copy(Fold* to, const Fold* source, int kind) except -1:
    cdef Bag* bag
    cdef int64_t each
    to[0] = source[0]
    if source.number == 0:
        return 0
    if kind == FOLD_DISTINCT:
        bag = <Bag*>get_memory(NULL, sizeof(Bag))
        bag_copy(bag, fold_bag(source))
        to.number = <int64_t><size_t>bag
    elif kind == FOLD_VALUES:
        to.n = to.number = 0
        for each in range(source.n):
            fold_push(to, fold_values(source)[each])
    return 0


cdef void fold_clear(Fold* fold, int kind) noexcept:
    if kind == FOLD_DISTINCT and fold.number != 0:
        bag_clear(fold_bag(fold))
        free(fold_bag(fold))
    elif kind == FOLD_VALUES:
        free(fold_values(fold))
    fold_start(fold, kind)


cdef inline void fold_sum(Sum* total, const Fold* fold, int kind) noexcept nogil:
    """Join a number fold into a sum."""
    total.n += fold.n
    if kind == FOLD_TOTAL:
        total.total += fold_total(fold)
    elif kind == FOLD_LOWEST and fold.n and fold.number < total.lowest:
        total.lowest = fold.number
    elif kind == FOLD_HIGHEST and fold.n and fold.number > total.highest:
        total.highest = fold.number
