/// Scheduling policies without prices, each a small class on the same scheduler, so that every claim of the
/// priced one can be checked against its rivals: by arrival, priority, predicted length, tenant's service,
/// value density.
@NullMarked
package dev.pigou.scheduler.policy;

import org.jspecify.annotations.NullMarked;
