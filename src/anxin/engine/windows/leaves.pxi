# The row log of a large entity: leaves of rows in (t, seq) order, each with sums per (filter, column) pair, and sums of
# groups of leaves above them. A window is answered from two partial leaves and the sums between.

ctypedef struct Sum:
    int128 total
    int64_t n
    int64_t lowest
    int64_t highest

ctypedef struct Leaf:
    int n
    int64_t* rows
    Sum* sums

ctypedef struct Track:
    int64_t low
    int64_t high
    bint is_on
    Bag bag

ctypedef struct Big:
    Leaf** leaves
    int64_t* lasts
    Sum* groups
    Track* tracks
    int first
    int end
    int room
    int skip
    int64_t n
    int64_t oldest

ctypedef struct Pos:
    int leaf
    int row

ctypedef struct Shape:
    int stride
    int n_pairs
    int n_tracks
    Pair* pairs
    TrackSpec* tracks


cdef inline void sum_clear(Sum* total) noexcept nogil:
    total.total = 0
    total.n = 0
    total.lowest = MOST
    total.highest = MISSING


cdef inline void sum_value(Sum* total, int64_t value) noexcept nogil:
    total.n += 1
    total.total += value
    if value < total.lowest:
        total.lowest = value
    if value > total.highest:
        total.highest = value


cdef inline void sum_join(Sum* total, const Sum* other) noexcept nogil:
    total.n += other.n
    total.total += other.total
    if other.lowest < total.lowest:
        total.lowest = other.lowest
    if other.highest > total.highest:
        total.highest = other.highest


cdef inline void sum_rows(Sum* total, const int64_t* row, int count, int stride, int64_t bit, int column) noexcept nogil:
    cdef int each
    if column < 0:
        for each in range(count):
            total.n += (row[1] & bit) != 0
            row += stride
        return
    for each in range(count):
        if row[1] & bit and row[2 + column] != MISSING:
            sum_value(total, row[2 + column])
        row += stride


cdef inline void sum_row(Sum* sums, const Shape* shape, const int64_t* row) noexcept nogil:
    cdef int each
    for each in range(shape.n_pairs):
        sum_rows(&sums[each], row, 1, shape.stride, shape.pairs[each].bit, shape.pairs[each].column)


cdef Leaf* leaf_new(const Shape* shape) except NULL:
    cdef size_t rows = LEAF_ROWS * shape.stride * sizeof(int64_t)
    cdef size_t sums = shape.n_pairs * sizeof(Sum)
    cdef char* memory = <char*>get_memory(NULL, LEAF_HEAD + sums + rows)
    cdef Leaf* leaf = <Leaf*>memory
    cdef int each
    leaf.n = 0
    leaf.sums = <Sum*>(memory + LEAF_HEAD)
    leaf.rows = <int64_t*>(memory + LEAF_HEAD + sums)
    for each in range(shape.n_pairs):
        sum_clear(&leaf.sums[each])
    return leaf


cdef void leaf_sum(Leaf* leaf, const Shape* shape) noexcept nogil:
    cdef int each
    for each in range(shape.n_pairs):
        sum_clear(&leaf.sums[each])
        sum_rows(
            &leaf.sums[each], leaf.rows, leaf.n, shape.stride, shape.pairs[each].bit, shape.pairs[each].column
        )


cdef void groups_sum(Big* big, const Shape* shape, int leaf) noexcept nogil:
    """Work out the sums of the groups from the one that holds `leaf` on."""
    cdef int group = leaf // GROUP_LEAVES
    cdef int at, each
    cdef Sum* sums
    while group * GROUP_LEAVES < big.end:
        sums = &big.groups[group * shape.n_pairs]
        for each in range(shape.n_pairs):
            sum_clear(&sums[each])
        for at in range(max(big.first, group * GROUP_LEAVES), min(big.end, (group + 1) * GROUP_LEAVES)):
            for each in range(shape.n_pairs):
                sum_join(&sums[each], &big.leaves[at].sums[each])
        group += 1


cdef Big* big_new(const Shape* shape) except NULL:
    cdef Big* big = <Big*>get_memory(NULL, sizeof(Big))
    memset(big, 0, sizeof(Big))
    big.oldest = MOST
    big.tracks = <Track*>get_memory(NULL, (shape.n_tracks + 1) * sizeof(Track))
    memset(big.tracks, 0, (shape.n_tracks + 1) * sizeof(Track))
    big_reserve(big, shape)
    return big


cdef int big_reserve(Big* big, const Shape* shape) except -1:
    """Make room for one more leaf, by moving whole groups to the front or by growing."""
    cdef int shift
    if big.end < big.room:
        return 0
    shift = (big.first // GROUP_LEAVES) * GROUP_LEAVES
    if shift * 2 >= big.room and shift:
        memmove(big.leaves, big.leaves + shift, (big.end - shift) * sizeof(Leaf*))
        memmove(big.lasts, big.lasts + shift, (big.end - shift) * sizeof(int64_t))
        big.first -= shift
        big.end -= shift
        groups_sum(big, shape, big.first)
        return 0
    big.room = GROUP_LEAVES if big.room == 0 else big.room * 2
    big.leaves = <Leaf**>get_memory(big.leaves, big.room * sizeof(Leaf*))
    big.lasts = <int64_t*>get_memory(big.lasts, big.room * sizeof(int64_t))
    big.groups = <Sum*>get_memory(big.groups, (big.room // GROUP_LEAVES) * shape.n_pairs * sizeof(Sum))
    return 0


cdef int big_open(Big* big, const Shape* shape, int at) except -1:
    """Put an empty leaf at index `at`."""
    big_reserve(big, shape)
    memmove(&big.leaves[at + 1], &big.leaves[at], (big.end - at) * sizeof(Leaf*))
    memmove(&big.lasts[at + 1], &big.lasts[at], (big.end - at) * sizeof(int64_t))
    big.leaves[at] = leaf_new(shape)
    big.end += 1
    return 0


cdef int big_append(Big* big, const Shape* shape, const int64_t* row) except -1:
    """Put a row after all others."""
    cdef Leaf* leaf
    cdef int each, group
    if big.first == big.end or big.leaves[big.end - 1].n == LEAF_ROWS:
        big_reserve(big, shape)
        big_open(big, shape, big.end)
        if (big.end - 1) % GROUP_LEAVES == 0 or big.end - 1 == big.first:
            group = (big.end - 1) // GROUP_LEAVES
            for each in range(shape.n_pairs):
                sum_clear(&big.groups[group * shape.n_pairs + each])
    leaf = big.leaves[big.end - 1]
    memcpy(leaf.rows + leaf.n * shape.stride, row, shape.stride * sizeof(int64_t))
    leaf.n += 1
    big.n += 1
    big.oldest = min(big.oldest, row[0])
    big.lasts[big.end - 1] = row[0]
    sum_row(leaf.sums, shape, row)
    sum_row(&big.groups[((big.end - 1) // GROUP_LEAVES) * shape.n_pairs], shape, row)
    return 0


cdef Pos big_upper(const Big* big, int stride, int64_t t) noexcept nogil:
    """Return the place after the last row at or before `t`."""
    cdef Pos pos
    cdef int low = big.first, high = big.end, middle
    cdef const int64_t* rows
    if big.end > big.first and big.lasts[big.end - 1] <= t:
        pos.leaf = big.end - 1
        pos.row = big.leaves[pos.leaf].n
        return pos
    while low < high:
        middle = (low + high) >> 1
        if big.lasts[middle] <= t:
            low = middle + 1
        else:
            high = middle
    pos.leaf = low
    rows = big.leaves[low].rows
    low, high = 0, big.leaves[low].n
    while low < high:
        middle = (low + high) >> 1
        if rows[middle * stride] <= t:
            low = middle + 1
        else:
            high = middle
    pos.row = low
    return pos


cdef int big_split(Big* big, const Shape* shape, int at) except -1:
    """Share a full leaf's rows between two leaves."""
    cdef Leaf* left
    cdef Leaf* right
    cdef int half = LEAF_ROWS // 2
    # Reserving may move whole groups to the front, which moves the leaf too.
    cdef int shift = big.first
    big_reserve(big, shape)
    at -= shift - big.first
    big_open(big, shape, at + 1)
    left, right = big.leaves[at], big.leaves[at + 1]
    memcpy(right.rows, left.rows + half * shape.stride, (LEAF_ROWS - half) * shape.stride * sizeof(int64_t))
    left.n, right.n = half, LEAF_ROWS - half
    big.lasts[at] = left.rows[(half - 1) * shape.stride]
    big.lasts[at + 1] = right.rows[(right.n - 1) * shape.stride]
    leaf_sum(left, shape)
    leaf_sum(right, shape)
    groups_sum(big, shape, at)
    return 0


cdef int big_insert(Big* big, const Shape* shape, const int64_t* row) except -1:
    """Put a row at its place: after the rows at the same time."""
    cdef Pos pos
    cdef Leaf* leaf
    cdef int stride = shape.stride
    if big.end == big.first or row[0] >= big.lasts[big.end - 1]:
        return big_append(big, shape, row)
    pos = big_upper(big, stride, row[0])
    if big.leaves[pos.leaf].n == LEAF_ROWS:
        if pos.leaf == big.first:
            big_unskip(big, shape)
        if big.leaves[pos.leaf].n == LEAF_ROWS:
            big_split(big, shape, pos.leaf)
        pos = big_upper(big, stride, row[0])
    leaf = big.leaves[pos.leaf]
    memmove(
        leaf.rows + (pos.row + 1) * stride,
        leaf.rows + pos.row * stride,
        (leaf.n - pos.row) * stride * sizeof(int64_t),
    )
    memcpy(leaf.rows + pos.row * stride, row, stride * sizeof(int64_t))
    leaf.n += 1
    big.n += 1
    big.oldest = min(big.oldest, row[0])
    sum_row(leaf.sums, shape, row)
    sum_row(&big.groups[(pos.leaf // GROUP_LEAVES) * shape.n_pairs], shape, row)
    return 0


cdef void big_unskip(Big* big, const Shape* shape) noexcept:
    """Take the rows that are already gone out of the first leaf."""
    cdef Leaf* leaf = big.leaves[big.first]
    if big.skip == 0:
        return
    leaf.n -= big.skip
    memmove(leaf.rows, leaf.rows + big.skip * shape.stride, leaf.n * shape.stride * sizeof(int64_t))
    big.skip = 0
    leaf_sum(leaf, shape)


cdef void big_free(Big* big, const Shape* shape) noexcept:
    cdef int each
    for each in range(big.first, big.end):
        free(big.leaves[each])
    for each in range(shape.n_tracks):
        bag_clear(&big.tracks[each].bag)
    free(big.leaves)
    free(big.lasts)
    free(big.groups)
    free(big.tracks)
    free(big)
