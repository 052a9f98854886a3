#include "base/metric_kinds.h"

const struct metric_kind_info metric_kinds[METRIC_KIND_COUNT] = {
#define X(id, type, name, labels, what) [METRIC_##id] = {#type, name, labels, what},
    METRIC_KINDS(X)
#undef X
};
